/**
 * Rooms, redactions, and what provisional events wait for.
 */
import type { DatabaseSync } from 'node:sqlite'
import { type EventNid, inRoom, type RoomNid, type StateSnapshotNid } from '../../types/index.ts'
import { decodeRow } from '../packed/damage.ts'
import { packEventId, unpackEventId } from '../packed/event-id.ts'
import { unpackLocals } from '../packed/event-links.ts'
import { type StoredText, toStored, toText } from '../packed/text.ts'
import type { RedactionRow, RoomRow } from '../rows.ts'
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
  joinedMembers: number,
  invitedMembers: number,
  purgePhase: number,
]
type RedactionColumns = [redaction: StoredText, target: StoredText, applied: number]

const columns = `room, room_id, room_version, counter, next_event, next_snapshot, next_block, current_snapshot,
  forward_extremities, joined_members, invited_members, purge_phase`

export class RoomReading {
  readonly #byId
  readonly #byNid
  readonly #all
  readonly #purging
  readonly #redactions
  readonly #waitingFor
  readonly #hasWaits

  constructor(database: DatabaseSync) {
    this.#byId = prepare(database, `SELECT ${columns} FROM rooms WHERE room_id = ? AND purge_phase = 0`)
    this.#byNid = prepare(database, `SELECT ${columns} FROM rooms WHERE room = ?`)
    const page = (which: string) => `SELECT ${columns} FROM rooms WHERE ${which} AND room > ? ORDER BY room LIMIT ?`
    this.#all = prepare(database, page('purge_phase = 0'))
    this.#purging = prepare(database, page('purge_phase <> 0'))
    this.#waitingFor = prepare(database, 'SELECT event FROM waits WHERE room = ? AND on_event = ?')
    this.#hasWaits = prepare(database, 'SELECT 1 FROM waits WHERE room = ? LIMIT 1')
    this.#redactions = prepare(
      database,
      `SELECT redaction, target, applied FROM redactions WHERE room = ?1 AND redaction = ?2
        UNION ALL SELECT redaction, target, applied FROM redactions WHERE room = ?1 AND target = ?2`,
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

  purging(after: RoomNid | 0, limit: number): RoomRow[] {
    return this.#purging.all(after, limit).map(row => toRoomRow(row)!)
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
  const [room, roomId, roomVersion, counter, event, snapshot, block, currentSnapshot, extremities, ...rest] =
    row as RoomColumns
  const [joinedMembers, invitedMembers, purgePhase] = rest
  return decodeRow('rooms', room, () => ({
    room,
    roomId: toText(roomId),
    roomVersion,
    counter,
    next: { event, snapshot, block },
    currentSnapshot: currentSnapshot === 0 ? 0 : inRoom<StateSnapshotNid>(room, currentSnapshot),
    forwardExtremities: unpackLocals(room, extremities),
    joinedMembers,
    invitedMembers,
    purging: purgePhase !== 0,
  }))
}
