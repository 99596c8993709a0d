/**
 * Events: rows and JSON.
 */
import type { DatabaseSync } from 'node:sqlite'
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
import { type StoredDepth, toDepth } from '../packed/depth.ts'
import { unpackFlags } from '../packed/event-flags.ts'
import { type IdHead, type IdTail, joinEventId, splitEventId } from '../packed/event-id.ts'
import { unpackLinks } from '../packed/event-links.ts'
import { type StoredText, toText } from '../packed/text.ts'
import { type Direction, type EventRow, type EventText, eventText, type VerdictReason } from '../rows.ts'
import { inList, pagesOf, prepare } from './sql.ts'

type EventColumns = [
  event: EventNid,
  idHead: IdHead,
  idTail: IdTail,
  type: EventTypeNid,
  stateKey: StateKeyNid | 0,
  flags: number,
  depth: StoredDepth,
  timestamp: number,
  links: Uint8Array,
  before: number,
  after: number | null,
  origin: StoredText,
  reason: StoredText | null,
]

type TextColumns = [idHead: IdHead, idTail: IdTail, flags: number, json: StoredText]

const columns = `event, id_head, id_tail, type, state_key, flags, depth, timestamp, links, snapshot_before,
  snapshot_after, origin, reason`

export class EventReading {
  readonly #byId
  readonly #byNid
  readonly #ids
  readonly #ofRoom
  readonly #provisional
  readonly #near
  readonly #json
  readonly #text

  constructor(database: DatabaseSync) {
    this.#byId = prepare(database, 'SELECT event, id_tail FROM events WHERE event >> 28 = ? AND id_head = ?')
    this.#byNid = prepare(database, `SELECT ${columns} FROM events WHERE event = ?`)
    this.#ids = prepare(database, `SELECT event, id_head, id_tail FROM events WHERE event ${inList}`)
    this.#ofRoom = prepare(
      database,
      `SELECT ${columns} FROM events WHERE event > ? AND event < ? ORDER BY event LIMIT ?`,
    )
    this.#provisional = prepare(
      database,
      `SELECT ${columns} FROM events INDEXED BY provisional_events
        WHERE flags & 8 <> 0 AND event > ? AND event < ? ORDER BY event LIMIT ?`,
    )
    const near = (comparison: string, order: string) =>
      prepare(
        database,
        `SELECT ${columns} FROM events INDEXED BY events_by_time
          WHERE event >> 28 = ? AND flags & 23 = 0 AND timestamp ${comparison} ?
          ORDER BY timestamp ${order}, event ${order} LIMIT ?`,
      )
    this.#near = { forwards: near('>=', 'ASC'), backwards: near('<=', 'DESC') }
    this.#text = prepare(
      database,
      'SELECT id_head, id_tail, flags, json FROM events JOIN event_json USING (event) WHERE event = ?',
    )
    this.#json = prepare(database, 'SELECT json FROM event_json WHERE event = ?')
  }

  nids(room: RoomNid, eventIds: readonly string[]): Map<string, EventNid> {
    const found = new Map<string, EventNid>()
    for (const eventId of eventIds) {
      const [head, tail] = splitEventId(eventId)
      for (const [event, idTail] of this.#byId.all(room, head) as unknown as [EventNid, IdTail][])
        if (sameBytes(tail, idTail)) found.set(eventId, event)
    }
    return found
  }

  rows(events: readonly EventNid[]): EventRow[] {
    const rows: EventRow[] = []
    for (const event of events) {
      const row = this.#byNid.get(event) as unknown as EventColumns | undefined
      if (row !== undefined) rows.push(toEventRow(row))
    }
    return rows
  }

  ids(events: readonly EventNid[]): [event: EventNid, eventId: string][] {
    const ids: [EventNid, string][] = []
    for (const page of pagesOf(events))
      for (const [event, head, tail] of this.#ids.all(page) as unknown as [EventNid, IdHead, IdTail][])
        ids.push([event, joinEventId(head, tail)])
    return ids
  }

  ofRoom(room: RoomNid, after: EventNid | 0, limit: number): EventRow[] {
    const rows = this.#ofRoom.all(after || inRoom(room, 1) - 1, afterRoom(room), limit)
    return (rows as unknown as EventColumns[]).map(toEventRow)
  }

  provisional(room: RoomNid, after: EventNid | 0, limit: number): EventRow[] {
    const rows = this.#provisional.all(after || inRoom(room, 1) - 1, afterRoom(room), limit)
    return (rows as unknown as EventColumns[]).map(toEventRow)
  }

  near(room: RoomNid, timestamp: number, direction: Direction, limit: number): EventRow[] {
    const rows = this.#near[direction].all(room, timestamp, limit)
    return (rows as unknown as EventColumns[]).map(toEventRow)
  }

  texts(events: readonly EventNid[]): EventText[] {
    const texts: EventText[] = []
    for (const event of events) {
      const row = this.#text.get(event) as unknown as TextColumns | undefined
      if (row === undefined) continue
      const [idHead, idTail, flags, json] = row
      const verdict = decodeRow('events', event, () => unpackFlags(flags))
      texts.push(eventText({ event, eventId: joinEventId(idHead, idTail), ...verdict }, toText(json)))
    }
    return texts
  }

  json(events: readonly EventNid[]): Map<EventNid, string> {
    const found = new Map<EventNid, string>()
    for (const event of events) {
      const [json] = (this.#json.get(event) ?? []) as [json?: StoredText]
      if (json !== undefined) found.set(event, toText(json))
    }
    return found
  }
}

function toEventRow(row: EventColumns): EventRow {
  const [event, idHead, idTail, type, stateKey, flags, depth, timestamp, links, before, after, origin, reason] = row
  return decodeRow('events', event, () => {
    const room = roomOf(event)
    const snapshotBefore = before === 0 ? 0 : inRoom<StateSnapshotNid>(room, before)
    return {
      event,
      eventId: joinEventId(idHead, idTail),
      type,
      stateKey,
      ...unpackFlags(flags),
      reason: reason === null ? undefined : toReason(toText(reason)),
      depth: toDepth(depth),
      timestamp,
      ...unpackLinks(room, localOf(event), links),
      snapshotBefore,
      snapshotAfter: after === null ? snapshotBefore : after === 0 ? 0 : inRoom(room, after),
      origin: toText(origin),
    }
  })
}

function toReason(json: string): VerdictReason {
  // JSON leaves out what is undefined.
  const { check, rule, reason, decidedBy } = JSON.parse(json) as VerdictReason
  return { check, rule, reason, decidedBy }
}

function sameBytes(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other
  return Buffer.compare(one, other) === 0
}
