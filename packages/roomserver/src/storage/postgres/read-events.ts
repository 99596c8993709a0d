/**
 * Events: rows, JSON and the auth graph.
 */
import {
  afterRoom,
  type EventNid,
  type EventTypeNid,
  inRoom,
  localOf,
  type RoomNid,
  roomOf,
  type StateKeyNid,
  type StateSnapshotNid,
} from '../../types/index.ts'
import { decodeRow } from '../packed/damage.ts'
import { toDepth } from '../packed/depth.ts'
import { isRejected, unpackFlags } from '../packed/event-flags.ts'
import { joinEventId, splitEventId } from '../packed/event-id.ts'
import { unpackLinks } from '../packed/event-links.ts'
import type { AuthGraphRow } from '../reader.ts'
import { type Direction, type EventRow, type EventText, eventText, type VerdictReason } from '../rows.ts'
import { fromBytes, list, type Sql, storedToBytes } from './sql.ts'

interface EventColumns {
  readonly event: EventNid
  readonly id_head: Buffer
  readonly id_tail: Buffer | null
  readonly type: EventTypeNid
  readonly state_key: StateKeyNid | 0
  readonly flags: number
  readonly depth: string
  readonly timestamp: number
  readonly links: Buffer
  readonly snapshot_before: number
  readonly snapshot_after: number | null
  readonly origin: Buffer
  readonly reason: Buffer | null
}

export async function eventNids(sql: Sql, room: RoomNid, eventIds: readonly string[]): Promise<Map<string, EventNid>> {
  const heads = eventIds.map(eventId => storedToBytes(splitEventId(eventId)[0]))
  const rows = await sql.unsafe<Pick<EventColumns, 'event' | 'id_head' | 'id_tail'>[]>(
    'SELECT event, id_head, id_tail FROM events WHERE event >> 28 = $1 AND id_head = ANY($2::bytea[])',
    [room, list(sql, heads)],
    { prepare: true },
  )
  const asked = new Set(eventIds)
  const found = rows.map(row => [toEventId(row), row.event] as const)
  return new Map(found.filter(([eventId]) => asked.has(eventId)))
}

export async function eventRows(sql: Sql, events: readonly EventNid[]): Promise<EventRow[]> {
  const rows = await sql<EventColumns[]>`SELECT * FROM events WHERE event = ANY(${[...events]}::bigint[])`
  const byNid = new Map(rows.map(row => [row.event, toEventRow(row)]))
  return events.flatMap(event => byNid.get(event) ?? [])
}

export async function eventIds(sql: Sql, events: readonly EventNid[]): Promise<Map<EventNid, string>> {
  const rows = await sql<Pick<EventColumns, 'event' | 'id_head' | 'id_tail'>[]>`
    SELECT event, id_head, id_tail FROM events WHERE event = ANY(${[...events]}::bigint[])`
  return new Map(rows.map(row => [row.event, toEventId(row)]))
}

export async function eventsOfRoom(
  sql: Sql,
  room: RoomNid,
  after: EventNid | 0,
  limit: number,
  which: 'all' | 'provisional',
): Promise<EventRow[]> {
  const from = after || inRoom<EventNid>(room, 1) - 1
  const rows = await sql<EventColumns[]>`
    SELECT * FROM events WHERE event > ${from} AND event < ${afterRoom(room)}
      ${which === 'all' ? sql`` : sql`AND flags & 8 <> 0`} ORDER BY event LIMIT ${limit}`
  return rows.map(toEventRow)
}

export async function eventsNear(
  sql: Sql,
  room: RoomNid,
  timestamp: number,
  direction: Direction,
  limit: number,
): Promise<EventRow[]> {
  const from = direction === 'forwards' ? sql`"timestamp" >= ${timestamp}` : sql`"timestamp" <= ${timestamp}`
  const order = direction === 'forwards' ? sql`"timestamp", event` : sql`"timestamp" DESC, event DESC`
  const rows = await sql<EventColumns[]>`
    SELECT * FROM events WHERE event >> 28 = ${room} AND flags & 23 = 0 AND ${from} ORDER BY ${order} LIMIT ${limit}`
  return rows.map(toEventRow)
}

export async function eventTexts(sql: Sql, events: readonly EventNid[]): Promise<EventText[]> {
  const rows = await sql<(Pick<EventColumns, 'event' | 'id_head' | 'id_tail' | 'flags'> & { json: Buffer })[]>`
    SELECT event, id_head, id_tail, flags, json FROM events JOIN event_json USING (event)
      WHERE event = ANY(${[...events]}::bigint[])`
  const byNid = new Map(
    rows.map(row => {
      const verdict = decodeRow('events', row.event, () => unpackFlags(row.flags))
      return [row.event, eventText({ event: row.event, eventId: toEventId(row), ...verdict }, fromBytes(row.json))]
    }),
  )
  return events.flatMap(event => byNid.get(event) ?? [])
}

export async function eventJson(sql: Sql, events: readonly EventNid[]): Promise<Map<EventNid, string>> {
  const rows = await sql<{ event: EventNid; json: Buffer }[]>`
    SELECT event, json FROM event_json WHERE event = ANY(${[...events]}::bigint[])`
  const byNid = new Map(rows.map(({ event, json }) => [event, fromBytes(json)]))
  return new Map(events.flatMap(event => (byNid.has(event) ? [[event, byNid.get(event)!]] : [])))
}

export async function authGraph(sql: Sql, room: RoomNid, after: EventNid | 0, limit: number): Promise<AuthGraphRow[]> {
  const from = after || inRoom<EventNid>(room, 1) - 1
  const rows = await sql<Pick<EventColumns, 'event' | 'type' | 'state_key' | 'flags' | 'links'>[]>`
    SELECT event, type, state_key, flags, links FROM events
      WHERE state_key <> 0 AND event > ${from} AND event < ${afterRoom(room)} ORDER BY event LIMIT ${limit}`
  return rows.map(({ event, type, state_key, flags, links }) => {
    const { authEvents } = decodeRow('events', event, () => unpackLinks(room, localOf(event), links))
    return { event, type, stateKey: state_key as StateKeyNid, rejected: isRejected(flags), authEvents }
  })
}

function toEventId({ id_head: head, id_tail: tail }: Pick<EventColumns, 'id_head' | 'id_tail'>): string {
  return tail === null ? fromBytes(head) : joinEventId(head, tail)
}

function toEventRow(row: EventColumns): EventRow {
  const { event, type, depth, links, snapshot_before: before, snapshot_after: after, origin, reason } = row
  return decodeRow('events', event, () => {
    const room = roomOf(event)
    const snapshotBefore = before === 0 ? 0 : inRoom<StateSnapshotNid>(room, before)
    return {
      event,
      eventId: toEventId(row),
      type,
      stateKey: row.state_key,
      ...unpackFlags(row.flags),
      reason: reason === null ? undefined : toReason(fromBytes(reason)),
      timestamp: row.timestamp,
      depth: toDepth(/^[-\d]/.test(depth) ? Number(depth) : depth),
      ...unpackLinks(room, localOf(event), links),
      snapshotBefore,
      snapshotAfter: after === null ? snapshotBefore : after === 0 ? 0 : inRoom(room, after),
      origin: fromBytes(origin),
    }
  })
}

function toReason(json: string): VerdictReason {
  const { check, rule, reason, decidedBy } = JSON.parse(json) as VerdictReason
  return { check, rule, reason, decidedBy }
}
