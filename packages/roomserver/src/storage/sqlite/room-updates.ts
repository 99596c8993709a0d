/**
 * The rooms that a group of commits moves on. Counters are compared in memory, and a room's row is written once a group,
 * however many of its commits are in it.
 */
import type { StoredText } from '../packed/text.ts'
import type { WriterStatements } from './writer-statements.ts'

/** Null: as before. */
export interface RoomUpdate {
  readonly counter: number
  readonly nextEvent: number
  readonly nextSnapshot: number
  readonly nextBlock: number
  readonly currentSnapshot: number | null
  readonly forwardExtremities: StoredText | null
}

/** Counters of rooms kept between groups: what they are in the database, which nobody else writes. */
const maxKeptCounters = 20_000

export class RoomUpdates {
  readonly #sql: WriterStatements
  readonly #committed = new Map<number, number>()
  readonly #moved = new Map<number, RoomUpdate>()

  constructor(sql: WriterStatements) {
    this.#sql = sql
  }

  /** The counter that a room is at within the group; undefined where there is no such room. */
  counter(room: number): number | undefined {
    const known = this.#moved.get(room)?.counter ?? this.#committed.get(room)
    if (known !== undefined) return known
    const [stored] = (this.#sql.readCounter.get(room) ?? []) as [counter?: number]
    if (stored !== undefined) this.#keep(room, stored)
    return stored
  }

  open(room: number, roomId: StoredText, roomVersion: StoredText | null, update: RoomUpdate): void {
    const { counter, nextEvent, nextSnapshot, nextBlock, currentSnapshot, forwardExtremities } = update
    this.#sql.insertRoom.run(
      ...[room, roomId, roomVersion, counter, nextEvent, nextSnapshot, nextBlock],
      ...[currentSnapshot ?? 0, forwardExtremities ?? new Uint8Array()],
    )
    this.#moved.set(room, update)
  }

  update(room: number, update: RoomUpdate): void {
    const before = this.#moved.get(room)
    this.#moved.set(room, {
      ...update,
      currentSnapshot: update.currentSnapshot ?? before?.currentSnapshot ?? null,
      forwardExtremities: update.forwardExtremities ?? before?.forwardExtremities ?? null,
    })
  }

  /** Writes the rows of all rooms that moved: the last thing before the transaction ends. */
  write(): void {
    for (const [room, update] of this.#moved) {
      const { counter, nextEvent, nextSnapshot, nextBlock, currentSnapshot, forwardExtremities } = update
      this.#sql.updateRoom.run(room, counter, nextEvent, nextSnapshot, nextBlock, currentSnapshot, forwardExtremities)
    }
  }

  committed(): void {
    for (const [room, { counter }] of this.#moved) this.#keep(room, counter)
    this.#moved.clear()
  }

  rolledBack(): void {
    this.#moved.clear()
  }

  #keep(room: number, counter: number): void {
    this.#committed.delete(room)
    this.#committed.set(room, counter)
    const oldest = this.#committed.keys().next()
    if (this.#committed.size > maxKeptCounters && oldest.done !== true) this.#committed.delete(oldest.value)
  }
}
