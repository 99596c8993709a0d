/**
 * Reading the output log: from any position, in order, and on as it grows. Subscribers keep the position of what they have dealt
 * with, and ask from there after any crash.
 */
import type { Timers } from '../runtime/index.ts'
import type { OutputRow, Reader } from '../storage/index.ts'
import type { RoomNid } from '../types/index.ts'
import { readOutput, type StoredOutput } from './output.ts'

/** An output with its position. */
export interface OutputEvent {
  /** Opaque but for its order. */
  readonly position: number
  /** Empty where it is not known any more: the room was purged. */
  readonly roomId: string
  readonly output: StoredOutput
}

/** The IDs of the rooms of a page, being looked up. */
type RoomIds = Map<RoomNid, Promise<string | undefined>>

/** Rows read at once: some hundred kilobytes. */
const pageRows = 500

export class OutputLog {
  readonly #reader: Reader
  #wake = Promise.withResolvers<void>()
  #closed = false

  constructor(reader: Reader) {
    this.#reader = reader
  }

  /** Says that rows were committed. Waiting subscribers look again. */
  announce(): void {
    const { resolve } = this.#wake
    this.#wake = Promise.withResolvers()
    resolve()
  }

  /** Ends all subscriptions, as storage is about to close: what they have not given yet they give after the next start. */
  close(): void {
    this.#closed = true
    this.announce()
  }

  /**
   * Every output after a position, in order, without end until the log is closed or the signal aborts.
   * @param after the position of the last output that was dealt with; 0 for all
   */
  async *subscribe(after: number, signal?: AbortSignal): AsyncGenerator<OutputEvent> {
    const aborted = abortPromise(signal)
    const isOver = () => this.#closed || signal?.aborted === true
    for (let position = after; !isOver(); ) {
      // Taken before reading: what is committed in between wakes us at once.
      const wake = this.#wake.promise
      const rows = await this.#reader.output(position, pageRows)
      const roomIds: RoomIds = new Map()
      for (const row of rows) {
        if (isOver()) return
        yield await this.#event(row, roomIds)
        position = row.position
      }
      if (rows.length === 0 && !isOver()) await Promise.race([wake, aborted])
    }
  }

  /** Some outputs after a position, in order: those that are there. */
  async page(after: number, limit: number): Promise<OutputEvent[]> {
    const rows = await this.#reader.output(after, limit)
    const roomIds: RoomIds = new Map()
    return Promise.all(rows.map(row => this.#event(row, roomIds)))
  }

  /**
   * Resolves once there is an output after a position, the time is over, or nobody waits any longer.
   * @param within milliseconds
   * @returns false where the log is closed: nothing can be read any more
   */
  async waitBeyond(position: number, within: number, timers: Timers, signal?: AbortSignal): Promise<boolean> {
    const wake = this.#wake.promise
    if (this.#closed) return false
    if ((await this.#reader.lastPosition()) > position) return true
    const over = Promise.withResolvers<void>()
    const end = () => over.resolve()
    const timer = timers.setTimer(within, end)
    signal?.addEventListener('abort', end, { once: true })
    if (signal?.aborted) end()
    try {
      await Promise.race([wake, over.promise])
    } finally {
      timer.cancel()
      signal?.removeEventListener('abort', end)
    }
    return !this.#closed
  }

  /** @param roomIds of the rows beside it: most are of few rooms */
  async #event({ position, room, payload }: OutputRow, roomIds: RoomIds): Promise<OutputEvent> {
    const output = readOutput(payload)
    const named = 'roomId' in output ? output.roomId : undefined
    const roomId = room === 0 ? named : await this.#roomId(room, roomIds)
    return { position, roomId: roomId ?? '', output }
  }

  #roomId(room: RoomNid, roomIds: RoomIds): Promise<string | undefined> {
    const known = roomIds.get(room) ?? this.#reader.roomByNid(room).then(row => row?.roomId)
    roomIds.set(room, known)
    return known
  }
}

function abortPromise(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return new Promise(() => undefined)
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}
