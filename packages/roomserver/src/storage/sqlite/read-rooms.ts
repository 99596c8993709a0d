/**
 * Rooms, memberships and redactions.
 */
import type { DatabaseSync } from 'node:sqlite'
import { type EventNid, inRoom, type RoomNid, type StateKeyNid, type StateSnapshotNid } from '../../types/index.ts'
import { decodeRow } from '../packed/damage.ts'
import { packMembership, unpackMembership } from '../packed/event-flags.ts'
import { packEventId, unpackEventId } from '../packed/event-id.ts'
import { unpackLocals } from '../packed/event-links.ts'
import { type StoredText, toStored, toText } from '../packed/text.ts'
import type { MembershipRow, RedactionRow, RoomRow } from '../rows.ts'
import { prepare } from './sql.ts'

type RoomColumns = [
  room: RoomNid,
  roomId: StoredText,
  roomVersion: string,
  counter: number,
  event: number,
  snapshot: number,
  block: number,
  currentSnapshot: number,
  forwardExtremities: Uint8Array,
]
type MembershipColumns = [user: StateKeyNid, event: number, membership: number]
type RedactionColumns = [redaction: StoredText, target: StoredText, applied: number]

const columns = `room, room_id, room_version, counter, next_event, next_snapshot, next_block, current_snapshot,
  forward_extremities`

export class RoomReading {
  readonly #byId
  readonly #byNid
  readonly #all
  readonly #membership
  readonly #memberships
  readonly #membershipsOf
  readonly #redactions
  readonly #waitingFor
  readonly #hasWaits

  constructor(database: DatabaseSync) {
    this.#byId = prepare(database, `SELECT ${columns} FROM rooms WHERE room_id = ?`)
    this.#byNid = prepare(database, `SELECT ${columns} FROM rooms WHERE room = ?`)
    this.#all = prepare(database, `SELECT ${columns} FROM rooms WHERE room > ? ORDER BY room LIMIT ?`)
    const memberships = 'SELECT user, event, membership FROM membership WHERE room = ? AND'
    this.#membership = prepare(database, `${memberships} user = ?`)
    this.#memberships = prepare(database, `${memberships} user > ? ORDER BY user LIMIT ?`)
    this.#membershipsOf = prepare(database, `${memberships} user > ? AND membership = ? ORDER BY user LIMIT ?`)
    this.#waitingFor = prepare(database, 'SELECT event FROM waits WHERE room = ? AND on_event = ?')
    this.#hasWaits = prepare(database, 'SELECT 1 FROM waits WHERE room = ? LIMIT 1')
    this.#redactions = prepare(
      database,
      `SELECT redaction, target, applied FROM redactions WHERE room = ?1 AND redaction = ?2
        UNION SELECT redaction, target, applied FROM redactions WHERE room = ?1 AND target = ?2`,
    )
  }

  byId(roomId: string): RoomRow | undefined {
    return toRoomRow(this.#byId.get(toStored(roomId)))
  }

  byNid(room: RoomNid): RoomRow | undefined {
    return toRoomRow(this.#byNid.get(room))
  }

  all(after: RoomNid | 0, limit: number): RoomRow[] {
    return this.#all.all(after, limit).map(row => toRoomRow(row)!)
  }

  membership(room: RoomNid, user: StateKeyNid): MembershipRow | undefined {
    const row = this.#membership.get(room, user) as unknown as MembershipColumns | undefined
    return row === undefined ? undefined : toMembershipRow(room, row)
  }

  memberships(
    room: RoomNid,
    membership: MembershipRow['membership'] | undefined,
    after: StateKeyNid | 0,
    limit: number,
  ): MembershipRow[] {
    const rows =
      membership === undefined
        ? this.#memberships.all(room, after, limit)
        : this.#membershipsOf.all(room, after, packMembership(membership), limit)
    return (rows as unknown as MembershipColumns[]).map(row => toMembershipRow(room, row))
  }

  waitingFor(room: RoomNid, on: string): EventNid[] {
    return (this.#waitingFor.all(room, packEventId(on)) as unknown as [EventNid][]).map(([event]) => event)
  }

  hasWaits(room: RoomNid): boolean {
    return this.#hasWaits.get(room) !== undefined
  }

  redactions(room: RoomNid, eventIds: readonly string[]): RedactionRow[] {
    const found = new Map<string, RedactionRow>()
    for (const eventId of eventIds)
      for (const row of this.#redactions.all(room, packEventId(eventId)) as unknown as RedactionColumns[]) {
        const redaction = unpackEventId(row[0])
        found.set(redaction, { redaction, target: unpackEventId(row[1]), applied: row[2] === 1 })
      }
    return [...found.values()]
  }
}

function toRoomRow(row: unknown): RoomRow | undefined {
  if (row === undefined) return undefined
  const [room, roomId, roomVersion, counter, event, snapshot, block, currentSnapshot, extremities] = row as RoomColumns
  return decodeRow('rooms', room, () => ({
    room,
    roomId: toText(roomId),
    roomVersion,
    counter,
    next: { event, snapshot, block },
    currentSnapshot: currentSnapshot === 0 ? 0 : inRoom<StateSnapshotNid>(room, currentSnapshot),
    forwardExtremities: unpackLocals(room, extremities),
  }))
}

function toMembershipRow(room: RoomNid, [user, event, membership]: MembershipColumns): MembershipRow {
  return decodeRow('membership', user, () => ({
    user,
    event: inRoom(room, event),
    membership: unpackMembership(membership),
  }))
}
