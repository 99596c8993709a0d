/**
 * What the client head keeps of rooms, read off the room server's output: which events came in which order, and what the state was at
 * each position. Events themselves stay with the room server. And receipts, which are no events.
 */
export const rooms = `
-- How far the output was taken in, in one row: the room server's position, and ours.
CREATE TABLE room_index (
  one             INTEGER PRIMARY KEY CHECK (one = 1),
  output_position TEXT NOT NULL,
  position        INTEGER NOT NULL
);
INSERT INTO room_index VALUES (1, '', 0);

CREATE TABLE timeline (
  room_id        TEXT NOT NULL,
  -- In the order in which they came, with room between them for history that is fetched later.
  position       INTEGER NOT NULL,
  event_id       TEXT NOT NULL,
  type           TEXT NOT NULL,
  sender         TEXT NOT NULL,
  -- NULL: no state event.
  state_key      TEXT,
  has_url        INTEGER NOT NULL,
  -- Something before it is not here.
  after_gap      INTEGER NOT NULL,
  depth          INTEGER NOT NULL,
  -- What it relates to, as m.relates_to has it.
  relates_to     TEXT,
  relation       TEXT,
  -- The device that sent it, and what it called it.
  session        TEXT,
  transaction_id TEXT,
  PRIMARY KEY (room_id, position)
) WITHOUT ROWID;
CREATE UNIQUE INDEX timeline_by_event ON timeline (room_id, event_id);
CREATE INDEX timeline_gaps ON timeline (room_id, depth) WHERE after_gap = 1;
CREATE INDEX timeline_by_transaction ON timeline (sender, session, transaction_id) WHERE transaction_id IS NOT NULL;
CREATE INDEX timeline_by_relation ON timeline (room_id, relates_to, position) WHERE relates_to IS NOT NULL;

-- Entries of the current state, each from one position on, up to but without another: the greatest there is while it counts.
CREATE TABLE room_state (
  room_id       TEXT NOT NULL,
  type          TEXT NOT NULL,
  state_key     TEXT NOT NULL,
  from_position INTEGER NOT NULL,
  to_position   INTEGER NOT NULL,
  event_id      TEXT NOT NULL,
  -- Of member events.
  membership    TEXT,
  PRIMARY KEY (room_id, type, state_key, from_position)
) WITHOUT ROWID;
CREATE INDEX room_state_changes ON room_state (room_id, from_position);
CREATE INDEX room_state_members ON room_state (state_key, room_id) WHERE type = 'm.room.member';

-- Invites and knocks of local users to rooms that this server is not in. NULL: it stands still.
CREATE TABLE outside_invites (
  user_id       TEXT NOT NULL,
  room_id       TEXT NOT NULL,
  from_position INTEGER NOT NULL,
  to_position   INTEGER,
  membership    TEXT NOT NULL,
  event_id      TEXT NOT NULL,
  PRIMARY KEY (user_id, room_id)
) WITHOUT ROWID;

-- What was written in events, for searching: the words themselves lie in event_words under the same number.
CREATE TABLE event_texts (
  number   INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id  TEXT NOT NULL,
  event_id TEXT NOT NULL,
  -- content.body, content.name, content.topic
  key      TEXT NOT NULL,
  position INTEGER NOT NULL,
  UNIQUE (room_id, event_id)
);
CREATE VIRTUAL TABLE event_words USING fts5 (text);

CREATE TABLE receipts (
  room_id   TEXT NOT NULL,
  user_id   TEXT NOT NULL,
  -- m.read, m.read.private
  type      TEXT NOT NULL,
  -- Empty: of no thread.
  thread_id TEXT NOT NULL,
  event_id  TEXT NOT NULL,
  -- Milliseconds since 1970.
  at        INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id, type, thread_id)
) WITHOUT ROWID;
CREATE INDEX receipts_by_position ON receipts (room_id, position);
`

/** How invites and knocks of rooms that this server is not in ended: the member event, as JSON. NULL: nobody said. */
export const outsideLeaves = 'ALTER TABLE outside_invites ADD COLUMN leave TEXT'
