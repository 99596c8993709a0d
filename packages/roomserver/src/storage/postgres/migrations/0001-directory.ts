/**
 * Migration 1, what belongs to no commit of a room, as in sqlite/migrations/0001-directory.ts.
 */
export const directory = `
CREATE TABLE room_aliases (
  alias bytea PRIMARY KEY,
  room_id bytea NOT NULL,
  creator bytea NOT NULL,
  created_at bigint NOT NULL
);

CREATE INDEX room_aliases_by_room ON room_aliases (room_id, alias);

CREATE TABLE published (
  network bytea NOT NULL,
  room_id bytea NOT NULL,
  appservice bytea NOT NULL,
  PRIMARY KEY (network, room_id, appservice)
);

CREATE INDEX published_by_room ON published (room_id);

CREATE TABLE invites (
  room_id bytea NOT NULL,
  invited bytea NOT NULL,
  kind text NOT NULL,
  event_id bytea NOT NULL,
  sender bytea NOT NULL,
  room_version bytea NOT NULL,
  pdu bytea NOT NULL,
  state bytea NOT NULL,
  received_at bigint NOT NULL,
  PRIMARY KEY (room_id, invited)
);

CREATE INDEX invites_by_user ON invites (invited, room_id);

CREATE TABLE forgotten (member bytea NOT NULL, room_id bytea NOT NULL, PRIMARY KEY (member, room_id));
CREATE INDEX forgotten_by_room ON forgotten (room_id);

CREATE TABLE blocked_rooms (
  room_id bytea PRIMARY KEY,
  blocked_by bytea NOT NULL,
  reason bytea NOT NULL,
  blocked_at bigint NOT NULL
);

-- Not a sequence: a transaction that fails gives its number back.
CREATE TABLE report_ids (next bigint NOT NULL);
INSERT INTO report_ids (next) VALUES (1);

CREATE TABLE event_reports (
  report bigint PRIMARY KEY,
  room_id bytea NOT NULL,
  event_id bytea NOT NULL,
  reporter bytea NOT NULL,
  reason bytea,
  score bigint,
  reported_at bigint NOT NULL
);

CREATE TABLE peeks (
  room_id bytea NOT NULL,
  peeker bytea NOT NULL,
  device bytea NOT NULL,
  PRIMARY KEY (room_id, peeker, device)
);

CREATE TABLE inbound_peeks (
  room_id bytea NOT NULL,
  server bytea NOT NULL,
  peek bytea NOT NULL,
  renewal_interval bigint NOT NULL,
  renewed_at bigint NOT NULL,
  PRIMARY KEY (room_id, server, peek)
);
`
