/**
 * Migration 2: rooms that were joined without their members. Never edited once released. See PartialJoinRow in
 * ../../rows-of-directory.ts.
 */
export const partialJoins = `
CREATE TABLE partial_joins (
  room_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  via TEXT NOT NULL,
  servers TEXT NOT NULL,
  joined_at INTEGER NOT NULL,
  PRIMARY KEY (room_id, event_id)
) WITHOUT ROWID;
`
