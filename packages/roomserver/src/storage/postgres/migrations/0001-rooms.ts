/**
 * Migration 1: rooms, events, state and the logs, as in sqlite/migrations/0001-rooms.ts, where what differs between the two is said.
 *
 * Text from outside is bytea: PostgreSQL's text holds neither NUL nor lone surrogates, and two names must never become one
 * by that (packed/text.ts).
 */
export const rooms = `
CREATE SEQUENCE room_nids MAXVALUE 33554431;
CREATE SEQUENCE event_type_nids START 65536 MAXVALUE 16777215;
CREATE SEQUENCE state_key_nids START 65536 MAXVALUE 536870911;

CREATE TABLE event_types (type bigint PRIMARY KEY, name bytea NOT NULL UNIQUE);
CREATE TABLE event_state_keys (state_key bigint PRIMARY KEY, name bytea NOT NULL UNIQUE);

CREATE TABLE rooms (
  room bigint PRIMARY KEY,
  room_id bytea NOT NULL,
  room_version text NOT NULL,
  counter bigint NOT NULL,
  next_event bigint NOT NULL,
  next_snapshot bigint NOT NULL,
  next_block bigint NOT NULL,
  current_snapshot bigint NOT NULL,
  forward_extremities bytea NOT NULL,
  joined_members bigint NOT NULL DEFAULT 0,
  invited_members bigint NOT NULL DEFAULT 0,
  purge_phase bigint NOT NULL DEFAULT 0,
  outputs_after bigint NOT NULL
);

CREATE UNIQUE INDEX rooms_by_id ON rooms (room_id) WHERE purge_phase = 0;
CREATE INDEX purging_rooms ON rooms (room) WHERE purge_phase <> 0;

-- depth is text: old room versions allow any whole number (packed/depth.ts).
CREATE TABLE events (
  event bigint PRIMARY KEY,
  id_head bytea NOT NULL,
  id_tail bytea,
  type bigint NOT NULL,
  state_key bigint NOT NULL,
  flags bigint NOT NULL,
  depth text NOT NULL,
  "timestamp" bigint NOT NULL,
  links bytea NOT NULL,
  snapshot_before bigint NOT NULL,
  snapshot_after bigint,
  origin bytea NOT NULL,
  reason bytea
);

CREATE INDEX events_by_id ON events ((event >> 28), id_head);
CREATE INDEX state_events ON events (event) WHERE state_key <> 0;
CREATE INDEX provisional_events ON events (event) WHERE flags & 8 <> 0;

CREATE INDEX events_by_time ON events ((event >> 28), "timestamp", event) WHERE flags & 23 = 0;

CREATE TABLE event_json (event bigint PRIMARY KEY, json bytea NOT NULL);
CREATE TABLE state_blocks (block bigint PRIMARY KEY, data bytea NOT NULL);
CREATE TABLE state_snapshots (snapshot bigint PRIMARY KEY, form bytea NOT NULL);

CREATE TABLE state_identities (
  room bigint NOT NULL,
  inputs bytea NOT NULL,
  result bigint NOT NULL,
  PRIMARY KEY (room, inputs)
);

CREATE TABLE membership (
  room bigint NOT NULL,
  member bigint NOT NULL,
  event bigint NOT NULL,
  membership bigint NOT NULL,
  PRIMARY KEY (room, member)
);

CREATE INDEX membership_by_user ON membership (member, room);

CREATE TABLE joined_servers (
  room bigint NOT NULL,
  server bytea NOT NULL,
  members bigint NOT NULL,
  PRIMARY KEY (room, server)
);

CREATE INDEX joined_servers_by_server ON joined_servers (server, room);

CREATE TABLE redactions (
  room bigint NOT NULL,
  redaction bytea NOT NULL,
  target bytea NOT NULL,
  applied bigint NOT NULL,
  PRIMARY KEY (room, redaction)
);

CREATE INDEX redactions_by_target ON redactions (room, target);

CREATE TABLE waits (
  room bigint NOT NULL,
  on_event bytea NOT NULL,
  event bigint NOT NULL,
  PRIMARY KEY (room, on_event, event)
);

CREATE INDEX waits_by_event ON waits (event);

CREATE TABLE input_log (
  queue_row bigserial PRIMARY KEY,
  room_id bytea NOT NULL,
  item bytea NOT NULL,
  not_before bigint NOT NULL DEFAULT 0,
  attempts bigint NOT NULL DEFAULT 0,
  waits_for bytea NOT NULL DEFAULT ''
);

CREATE INDEX input_log_by_room ON input_log (room_id, queue_row);

CREATE TABLE output_log (
  partition bigint NOT NULL,
  position bigint NOT NULL,
  room bigint NOT NULL,
  payload bytea NOT NULL,
  PRIMARY KEY (partition, position)
);

CREATE TABLE partitions (partition bigint PRIMARY KEY, epoch bigint NOT NULL, position bigint NOT NULL);

INSERT INTO event_types (type, name) VALUES
  (1, 'm.room.create'), (2, 'm.room.power_levels'), (3, 'm.room.join_rules'), (4, 'm.room.third_party_invite'),
  (5, 'm.room.member'), (6, 'm.room.redaction'), (7, 'm.room.history_visibility');

INSERT INTO event_state_keys (state_key, name) VALUES (1, '');
`
