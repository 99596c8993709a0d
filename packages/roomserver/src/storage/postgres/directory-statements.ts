/**
 * The statements of changes that are no commit, by the kind of change; their values are in directory-columns.ts.
 */
import type { RowChangeKind } from '../directory-columns.ts'

export const directoryTexts = {
  'put-alias': 'INSERT INTO room_aliases (alias, room_id, creator, created_at) VALUES ($1, $2, $3, $4)',
  'remove-alias': 'DELETE FROM room_aliases WHERE alias = $1',
  publish: 'INSERT INTO published (network, room_id, appservice) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
  unpublish: 'DELETE FROM published WHERE network = $1 AND room_id = $2 AND appservice = $3',
  'put-invite': `INSERT INTO invites (room_id, invited, kind, event_id, sender, room_version, pdu, state, received_at)
    VALUES ($1, $2, convert_from($3, 'UTF8'), $4, $5, $6, $7, $8, $9)
    ON CONFLICT (room_id, invited) DO UPDATE SET kind = excluded.kind, event_id = excluded.event_id,
    sender = excluded.sender, room_version = excluded.room_version, pdu = excluded.pdu, state = excluded.state,
    received_at = excluded.received_at`,
  'end-invite': 'DELETE FROM invites WHERE room_id = $1 AND invited = $2',
  forget: 'INSERT INTO forgotten (member, room_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
  remember: 'DELETE FROM forgotten WHERE member = $1 AND room_id = $2',
  'block-room': `INSERT INTO blocked_rooms (room_id, blocked_by, reason, blocked_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (room_id) DO UPDATE SET blocked_by = excluded.blocked_by, reason = excluded.reason,
    blocked_at = excluded.blocked_at`,
  'unblock-room': 'DELETE FROM blocked_rooms WHERE room_id = $1',
  'add-report': `WITH id AS (UPDATE report_ids SET next = next + 1 RETURNING next - 1 AS report)
    INSERT INTO event_reports (report, room_id, event_id, reporter, reason, score, reported_at)
    SELECT report, $1::bytea, $2::bytea, $3::bytea, $4::bytea, $5::bigint, $6::bigint FROM id`,
  'remove-report': 'DELETE FROM event_reports WHERE report = $1',
  'put-peek': 'INSERT INTO peeks (room_id, peeker, device) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
  'remove-peek': 'DELETE FROM peeks WHERE room_id = $1 AND peeker = $2 AND device = $3',
  'put-inbound-peek': `INSERT INTO inbound_peeks (room_id, server, peek, renewal_interval, renewed_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (room_id, server, peek)
    DO UPDATE SET renewal_interval = excluded.renewal_interval, renewed_at = excluded.renewed_at`,
  'remove-inbound-peek': 'DELETE FROM inbound_peeks WHERE room_id = $1 AND server = $2 AND peek = $3',
  'put-partial-join': `INSERT INTO partial_joins (room_id, event_id, via, servers, joined_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (room_id, event_id)
    DO UPDATE SET via = excluded.via, servers = excluded.servers, joined_at = excluded.joined_at`,
  'end-partial-join': 'DELETE FROM partial_joins WHERE room_id = $1 AND event_id = $2',
} as const satisfies Readonly<Record<RowChangeKind, string>>
