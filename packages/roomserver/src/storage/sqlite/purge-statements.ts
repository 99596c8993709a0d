/**
 * The statements of a purge. Each takes away so many rows of a table at most, found by an index or by the primary key.
 */

/** Rows of a table without row IDs, or of one that is found by an index: by a column that the room's ID or number stands in. */
function some(table: string, by: string, key: string): string {
  const list = key.includes(',') ? `(${key})` : key
  return `DELETE FROM ${table} WHERE ${by} = ?1 AND ${list} IN (SELECT ${key} FROM ${table} WHERE ${by} = ?1 LIMIT ?2)`
}

/** Rows whose primary key is a number of the room: from the first such number up to those of the next room. */
function someInRange(table: string, key: string): string {
  return `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${key} >= ?1 AND ${key} < ?2 LIMIT ?3)`
}

export const purgeTexts = {
  purgeInvites: some('invites', 'room_id', 'user'),
  purgeAliases: some('room_aliases', 'room_id', 'alias'),
  purgePublished: some('published', 'room_id', 'network, appservice'),
  purgeForgotten: some('forgotten', 'room_id', 'user'),
  purgePeeks: some('peeks', 'room_id', 'user, device'),
  purgeInboundPeeks: some('inbound_peeks', 'room_id', 'server, peek'),
  purgePartialJoins: some('partial_joins', 'room_id', 'event_id'),
  purgeQueue: some('input_log', 'room_id', 'queue_row'),
  purgeMemberships: some('membership', 'room', 'user'),
  purgeJoinedServers: some('joined_servers', 'room', 'server'),
  purgeRedactions: some('redactions', 'room', 'redaction'),
  purgeWaits: some('waits', 'room', 'on_event, event'),
  purgeIdentities: some('state_identities', 'room', 'inputs'),
  purgeSnapshots: someInRange('state_snapshots', 'snapshot'),
  purgeBlocks: someInRange('state_blocks', 'block'),
  purgeJson: someInRange('event_json', 'event'),
  purgeEvents: someInRange('events', 'event'),
  readPurge: 'SELECT room_id, purge_phase, outputs_after FROM rooms WHERE room = ?',
  setPurge: 'UPDATE rooms SET purge_phase = ?2, outputs_after = ?3 WHERE room = ?1',
  deleteRoom: 'DELETE FROM rooms WHERE room = ?',
  /** The last output that may be emptied, where there are more. */
  readOutputOf: `SELECT position FROM output_log WHERE position > ?1 AND position <= ?2 AND room = ?3
    ORDER BY position LIMIT 1 OFFSET ?4`,
  emptyOutputs: `UPDATE output_log SET room = 0, payload = ?4 WHERE position > ?1 AND position <= ?2 AND room = ?3`,
} as const

export type PurgeText = keyof typeof purgeTexts
