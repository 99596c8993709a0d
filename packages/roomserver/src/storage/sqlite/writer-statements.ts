/**
 * Every statement that writes. Plain inserts where a row must be new: a NID that is there already is a fault, never replaced.
 */
import type { DatabaseSync } from 'node:sqlite'
import { directoryTexts } from './directory-statements.ts'
import type { Faults } from './faults.ts'
import { purgeTexts } from './purge-statements.ts'
import { prepare, type Sql } from './sql.ts'

const texts = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  readPartition: 'SELECT epoch, position FROM partitions WHERE partition = 1',
  movePosition: 'UPDATE partitions SET position = ? WHERE partition = 1',
  insertEventType: 'INSERT INTO event_types (type, name) VALUES (?, ?)',
  insertStateKey: 'INSERT INTO event_state_keys (state_key, name) VALUES (?, ?)',
  takeRange: 'UPDATE nid_ranges SET next = next + ?2 WHERE kind = ?1 RETURNING next',
  readRange: 'SELECT next FROM nid_ranges WHERE kind = ?',
  setRange: 'UPDATE nid_ranges SET next = ?2 WHERE kind = ?1',
  readCounter: 'SELECT counter, purge_phase FROM rooms WHERE room = ?',
  readRoomById: 'SELECT room FROM rooms WHERE room_id = ? AND purge_phase = 0',
  insertRoom: `INSERT INTO rooms (room, room_id, room_version, counter, next_event, next_snapshot, next_block,
    current_snapshot, forward_extremities, joined_members, invited_members, outputs_after)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  updateRoom: `UPDATE rooms SET counter = ?2, next_event = ?3, next_snapshot = ?4, next_block = ?5,
    current_snapshot = ifnull(?6, current_snapshot), forward_extremities = ifnull(?7, forward_extremities),
    joined_members = ifnull(?8, joined_members), invited_members = ifnull(?9, invited_members) WHERE room = ?1`,
  insertEvent: `INSERT INTO events (event, id_head, id_tail, type, state_key, flags, depth, timestamp, links,
    snapshot_before, snapshot_after, origin, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  updateEvent: `UPDATE events SET type = ?, state_key = ?, flags = ?, depth = ?, timestamp = ?, links = ?,
    snapshot_before = ?, snapshot_after = ?, origin = ?, reason = ? WHERE event = ?`,
  insertJson: 'INSERT INTO event_json (event, json) VALUES (?, ?)',
  insertBlock: 'INSERT INTO state_blocks (block, data) VALUES (?, ?)',
  insertSnapshot: 'INSERT INTO state_snapshots (snapshot, form) VALUES (?, ?)',
  insertIdentity: 'INSERT INTO state_identities (room, inputs, result) VALUES (?, ?, ?)',
  putMembership: `INSERT INTO membership (room, user, event, membership) VALUES (?, ?, ?, ?)
    ON CONFLICT (room, user) DO UPDATE SET event = excluded.event, membership = excluded.membership`,
  deleteMembership: 'DELETE FROM membership WHERE room = ? AND user = ?',
  joinServer: `INSERT INTO joined_servers (room, server, members) VALUES (?, ?, ?)
    ON CONFLICT (room, server) DO UPDATE SET members = members + excluded.members`,
  leaveServer: 'UPDATE joined_servers SET members = members + ?3 WHERE room = ?1 AND server = ?2 RETURNING members',
  deleteServer: 'DELETE FROM joined_servers WHERE room = ? AND server = ?',
  putRedaction: 'INSERT OR REPLACE INTO redactions (room, redaction, target, applied) VALUES (?, ?, ?, ?)',
  deleteBlock: 'DELETE FROM state_blocks WHERE block = ?',
  deleteSnapshot: 'DELETE FROM state_snapshots WHERE snapshot = ?',
  deleteIdentity: 'DELETE FROM state_identities WHERE room = ? AND inputs = ?',
  putWait: 'INSERT OR REPLACE INTO waits (room, on_event, event) VALUES (?, ?, ?)',
  deleteWaits: 'DELETE FROM waits WHERE event = ?',
  insertOutput: 'INSERT INTO output_log (position, room, payload) VALUES (?, ?, ?)',
  insertQueueRow: 'INSERT INTO input_log (queue_row, room_id, item) VALUES (?, ?, ?)',
  retryQueueRow: 'UPDATE input_log SET not_before = ?, attempts = ?, waits_for = ? WHERE queue_row = ?',
  deleteQueueRow: 'DELETE FROM input_log WHERE queue_row = ?',
  endInvite: 'DELETE FROM invites WHERE room_id = (SELECT room_id FROM rooms WHERE room = ?1) AND user = ?2',
  readAlias: 'SELECT 1 FROM room_aliases WHERE alias = ?',
  ...directoryTexts,
  ...purgeTexts,
} as const

export type WriterStatements = { readonly [Name in keyof typeof texts]: Sql }

/** @param faults fault points around every run; undefined in production */
export function prepareWriter(database: DatabaseSync, faults: Faults | undefined): WriterStatements {
  const entries = Object.entries(texts).map(([name, text]) => {
    const statement = prepare(database, text)
    return [name, faults === undefined ? statement : faults.watch(statement, name)]
  })
  return Object.fromEntries(entries) as WriterStatements
}
