/**
 * The statements of changes that are no commit, by the kind of change; their values are in directory-columns.ts.
 */
import type { RowChangeKind } from '../directory-columns.ts'

export const directoryTexts = {
  'put-alias': 'INSERT INTO room_aliases (alias, room_id, creator, created_at) VALUES (?, ?, ?, ?)',
  'remove-alias': 'DELETE FROM room_aliases WHERE alias = ?',
  publish: 'INSERT OR IGNORE INTO published (network, room_id, appservice) VALUES (?, ?, ?)',
  unpublish: 'DELETE FROM published WHERE network = ? AND room_id = ? AND appservice = ?',
  'put-invite': `INSERT OR REPLACE INTO invites (room_id, user, kind, event_id, sender, room_version, pdu, state,
    received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  'end-invite': 'DELETE FROM invites WHERE room_id = ? AND user = ?',
  forget: 'INSERT OR IGNORE INTO forgotten (user, room_id) VALUES (?, ?)',
  remember: 'DELETE FROM forgotten WHERE user = ? AND room_id = ?',
  'block-room': 'INSERT OR REPLACE INTO blocked_rooms (room_id, blocked_by, reason, blocked_at) VALUES (?, ?, ?, ?)',
  'unblock-room': 'DELETE FROM blocked_rooms WHERE room_id = ?',
  'add-report': `INSERT INTO event_reports (room_id, event_id, reporter, reason, score, reported_at)
    VALUES (?, ?, ?, ?, ?, ?)`,
  'remove-report': 'DELETE FROM event_reports WHERE report = ?',
  'put-peek': 'INSERT OR IGNORE INTO peeks (room_id, user, device) VALUES (?, ?, ?)',
  'remove-peek': 'DELETE FROM peeks WHERE room_id = ? AND user = ? AND device = ?',
  'put-inbound-peek': `INSERT OR REPLACE INTO inbound_peeks (room_id, server, peek, renewal_interval, renewed_at)
    VALUES (?, ?, ?, ?, ?)`,
  'remove-inbound-peek': 'DELETE FROM inbound_peeks WHERE room_id = ? AND server = ? AND peek = ?',
  'put-partial-join': `INSERT OR REPLACE INTO partial_joins (room_id, event_id, via, servers, joined_at)
    VALUES (?, ?, ?, ?, ?)`,
  'end-partial-join': 'DELETE FROM partial_joins WHERE room_id = ? AND event_id = ?',
} as const satisfies Readonly<Record<RowChangeKind, string>>
