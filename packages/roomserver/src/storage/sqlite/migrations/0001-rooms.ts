/**
 * Migration 1: rooms, events, state and the logs; what belongs to no commit is in 0001-directory.ts. Never edited once released: changes are further migrations.
 *
 * In-room NIDs are the primary key of their tables, so a room's rows lie together and can be found by a range. References to
 * other rows of the room are local numbers. Names and event IDs may be bytes where they are no plain text: see packed/.
 */
export const rooms = `
CREATE TABLE event_types (
  type INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE event_state_keys (
  state_key INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

-- purge_phase: sqlite/purge.ts; 0 where the room is not being purged. outputs_after: no output row up to this position is of
-- the room; its purge moves it on.
CREATE TABLE rooms (
  room INTEGER PRIMARY KEY,
  room_id TEXT NOT NULL,
  room_version TEXT NOT NULL,
  counter INTEGER NOT NULL,
  next_event INTEGER NOT NULL,
  next_snapshot INTEGER NOT NULL,
  next_block INTEGER NOT NULL,
  current_snapshot INTEGER NOT NULL,
  forward_extremities BLOB NOT NULL,
  joined_members INTEGER NOT NULL,
  invited_members INTEGER NOT NULL,
  purge_phase INTEGER NOT NULL DEFAULT 0,
  outputs_after INTEGER NOT NULL
);

-- An ID leads to one room that is not being purged.
CREATE UNIQUE INDEX rooms_by_id ON rooms (room_id) WHERE purge_phase = 0;
CREATE INDEX purging_rooms ON rooms (room) WHERE purge_phase <> 0;

-- id_head and id_tail: packed/event-id.ts. flags: packed/event-flags.ts. links: packed/event-links.ts.
-- snapshot_after is NULL where it is the one before.
CREATE TABLE events (
  event INTEGER PRIMARY KEY,
  id_head BLOB NOT NULL,
  id_tail BLOB,
  type INTEGER NOT NULL,
  state_key INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  links BLOB NOT NULL,
  snapshot_before INTEGER NOT NULL,
  snapshot_after INTEGER,
  origin TEXT NOT NULL,
  reason TEXT
);

-- event >> 28 is the room.
CREATE INDEX events_by_id ON events (event >> 28, id_head);

-- What state resolution walks, without the messages between.
CREATE INDEX state_events ON events (event) WHERE state_key <> 0;

-- Verdicts that new information may change: few, but for rooms that were joined with partial state. 8 is the provisional flag.
CREATE INDEX provisional_events ON events (event) WHERE flags & 8 <> 0;

-- Accepted events that are no outliers: 7 masks the status, of which accepted is 0, and 16 is the outlier flag.
CREATE INDEX events_by_time ON events (event >> 28, timestamp) WHERE flags & 23 = 0;

CREATE TABLE event_json (
  event INTEGER PRIMARY KEY,
  json TEXT NOT NULL
);

CREATE TABLE state_blocks (
  block INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);

-- form: packed/snapshot-form.ts.
CREATE TABLE state_snapshots (
  snapshot INTEGER PRIMARY KEY,
  form BLOB NOT NULL
);

CREATE TABLE state_identities (
  room INTEGER NOT NULL,
  inputs BLOB NOT NULL,
  result INTEGER NOT NULL,
  PRIMARY KEY (room, inputs)
) WITHOUT ROWID;

CREATE TABLE membership (
  room INTEGER NOT NULL,
  user INTEGER NOT NULL,
  event INTEGER NOT NULL,
  membership INTEGER NOT NULL,
  PRIMARY KEY (room, user)
) WITHOUT ROWID;

CREATE INDEX membership_by_user ON membership (user, room);

CREATE TABLE joined_servers (
  room INTEGER NOT NULL,
  server TEXT NOT NULL,
  members INTEGER NOT NULL,
  PRIMARY KEY (room, server)
) WITHOUT ROWID;

CREATE INDEX joined_servers_by_server ON joined_servers (server, room);

CREATE TABLE redactions (
  room INTEGER NOT NULL,
  redaction BLOB NOT NULL,
  target BLOB NOT NULL,
  applied INTEGER NOT NULL,
  PRIMARY KEY (room, redaction)
) WITHOUT ROWID;

CREATE INDEX redactions_by_target ON redactions (room, target);

-- What provisional events wait for. on_event is an event ID, as in redactions.
CREATE TABLE waits (
  room INTEGER NOT NULL,
  on_event BLOB NOT NULL,
  event INTEGER NOT NULL,
  PRIMARY KEY (room, on_event, event)
) WITHOUT ROWID;

CREATE INDEX waits_by_event ON waits (event);

-- The room may not be known yet, so rows are found by its ID.
CREATE TABLE input_log (
  queue_row INTEGER PRIMARY KEY,
  room_id TEXT NOT NULL,
  item TEXT NOT NULL,
  not_before INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  waits_for TEXT NOT NULL DEFAULT ''
);

CREATE INDEX input_log_by_room ON input_log (room_id);

-- room is 0 where it is of none that is stored.
CREATE TABLE output_log (
  position INTEGER PRIMARY KEY,
  room INTEGER NOT NULL,
  payload TEXT NOT NULL
);

CREATE TABLE partitions (
  partition INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  position INTEGER NOT NULL
);

INSERT INTO partitions (partition, epoch, position) VALUES (1, 0, 0);

-- The next number of each kind that no process has taken yet.
CREATE TABLE nid_ranges (
  kind TEXT PRIMARY KEY,
  next INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO nid_ranges (kind, next) VALUES ('room', 1), ('event type', 65536), ('state key', 65536), ('queue row', 1);

INSERT INTO event_types (type, name) VALUES
  (1, 'm.room.create'), (2, 'm.room.power_levels'), (3, 'm.room.join_rules'), (4, 'm.room.third_party_invite'),
  (5, 'm.room.member'), (6, 'm.room.redaction'), (7, 'm.room.history_visibility');

INSERT INTO event_state_keys (state_key, name) VALUES (1, '');
`
