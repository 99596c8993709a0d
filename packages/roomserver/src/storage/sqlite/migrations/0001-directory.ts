/**
 * Migration 1, what belongs to no commit of a room: see ../../rows-of-directory.ts. Found by room IDs, which may be bytes where they
 * are no plain text (packed/text.ts). Each table can be searched by room ID, so that a purge finds its rows.
 */
export const directory = `
CREATE TABLE room_aliases (
  alias TEXT PRIMARY KEY,
  room_id TEXT NOT NULL,
  creator TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX room_aliases_by_room ON room_aliases (room_id);

CREATE TABLE published (
  network TEXT NOT NULL,
  room_id TEXT NOT NULL,
  appservice TEXT NOT NULL,
  PRIMARY KEY (network, room_id, appservice)
) WITHOUT ROWID;

CREATE INDEX published_by_room ON published (room_id);

-- state: the JSON of the events that came along.
CREATE TABLE invites (
  room_id TEXT NOT NULL,
  user TEXT NOT NULL,
  kind TEXT NOT NULL,
  event_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  room_version TEXT NOT NULL,
  pdu TEXT NOT NULL,
  state TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (room_id, user)
);

CREATE INDEX invites_by_user ON invites (user, room_id);

CREATE TABLE forgotten (
  user TEXT NOT NULL,
  room_id TEXT NOT NULL,
  PRIMARY KEY (user, room_id)
) WITHOUT ROWID;

CREATE INDEX forgotten_by_room ON forgotten (room_id);

CREATE TABLE blocked_rooms (
  room_id TEXT PRIMARY KEY,
  blocked_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  blocked_at INTEGER NOT NULL
) WITHOUT ROWID;

-- No ID is used twice, also where the last report was removed.
CREATE TABLE event_reports (
  report INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  reporter TEXT NOT NULL,
  reason TEXT,
  score INTEGER,
  reported_at INTEGER NOT NULL
);

CREATE TABLE peeks (
  room_id TEXT NOT NULL,
  user TEXT NOT NULL,
  device TEXT NOT NULL,
  PRIMARY KEY (room_id, user, device)
) WITHOUT ROWID;

CREATE TABLE inbound_peeks (
  room_id TEXT NOT NULL,
  server TEXT NOT NULL,
  peek TEXT NOT NULL,
  renewal_interval INTEGER NOT NULL,
  renewed_at INTEGER NOT NULL,
  PRIMARY KEY (room_id, server, peek)
) WITHOUT ROWID;
`
