/**
 * Migration 2: rooms that were joined without their members, as in sqlite/migrations/0002-partial-joins.ts.
 */
export const partialJoins = `
CREATE TABLE partial_joins (
  room_id bytea NOT NULL,
  event_id bytea NOT NULL,
  via bytea NOT NULL,
  servers bytea NOT NULL,
  joined_at bigint NOT NULL,
  PRIMARY KEY (room_id, event_id)
);
`
