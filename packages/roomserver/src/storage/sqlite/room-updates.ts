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
  readonly joinedMembers: number | null
  readonly invitedMembers: number | null
}

/** A room as its first commit opens it. */
export interface OpenedRoom {
  readonly roomId: StoredText
  readonly roomVersion: StoredText | null
  /** The last position given out before. */
  readonly outputsAfter: number
}

/** Counters of rooms kept between groups: what they are in the database, which nobody else writes. */
const maxKeptCounters = 20_000

export class RoomUpdates {
  readonly #sql: WriterStatements
  readonly #committed = new Map<number, number>()
  readonly #moved = new Map<number, RoomUpdate>()
  /** Rooms that the group has a step of a purge of. */
  readonly #purged = new Set<number>()

  constructor(sql: WriterStatements) {
    this.#sql = sql
  }

  /** The counter that a room is at within the group; undefined where there is no such room. */
  counter(room: number): number | 'purged' | undefined {
    if (this.#purged.has(room)) return 'purged'
    const known = this.#moved.get(room)?.counter ?? this.#committed.get(room)
    if (known !== undefined) return known
    const [stored, purgePhase] = (this.#sql.readCounter.get(room) ?? []) as [counter?: number, purgePhase?: number]
    if (stored === undefined) return undefined
    if (purgePhase !== 0) return 'purged'
    this.#keep(room, stored)
    return stored
  }

  open(room: number, { roomId, roomVersion, outputsAfter }: OpenedRoom, update: RoomUpdate): void {
    const { counter, nextEvent, nextSnapshot, nextBlock, currentSnapshot, forwardExtremities } = update
    this.#sql.insertRoom.run(
      ...[room, roomId, roomVersion, counter, nextEvent, nextSnapshot, nextBlock],
      ...[currentSnapshot ?? 0, forwardExtremities ?? new Uint8Array()],
      ...[update.joinedMembers ?? 0, update.invitedMembers ?? 0, outputsAfter],
    )
    this.#moved.set(room, update)
  }

  update(room: number, update: RoomUpdate): void {
    const before = this.#moved.get(room)
    this.#moved.set(room, {
      ...update,
      currentSnapshot: update.currentSnapshot ?? before?.currentSnapshot ?? null,
      forwardExtremities: update.forwardExtremities ?? before?.forwardExtremities ?? null,
      joinedMembers: update.joinedMembers ?? before?.joinedMembers ?? null,
      invitedMembers: update.invitedMembers ?? before?.invitedMembers ?? null,
    })
  }

  /** The room is being taken away: nothing of it is written any more. */
  purge(room: number): void {
    this.#purged.add(room)
    this.#moved.delete(room)
  }

  /** Writes the rows of all rooms that moved: the last thing before the transaction ends. */
  write(): void {
    for (const [room, update] of this.#moved) {
      const { counter, nextEvent, nextSnapshot, nextBlock, currentSnapshot, forwardExtremities } = update
      this.#sql.updateRoom.run(
        ...[room, counter, nextEvent, nextSnapshot, nextBlock, currentSnapshot, forwardExtremities],
        ...[update.joinedMembers, update.invitedMembers],
      )
    }
  }

  committed(): void {
    for (const [room, { counter }] of this.#moved) this.#keep(room, counter)
    for (const room of this.#purged) this.#committed.delete(room)
    this.#moved.clear()
    this.#purged.clear()
  }

  rolledBack(): void {
    this.#moved.clear()
    this.#purged.clear()
  }

  #keep(room: number, counter: number): void {
    this.#committed.delete(room)
    this.#committed.set(room, counter)
    const oldest = this.#committed.keys().next()
    if (this.#committed.size > maxKeptCounters && oldest.done !== true) this.#committed.delete(oldest.value)
  }
}
