/**
 * Takes rows of the durable queue up: all of them after a start, those that wait when their time comes, and those that
 * found no room in memory when there is room again. What it remembers is which rows are being worked on, and for each room
 * with waiting rows when to look next; the rows themselves stay in the database.
 */
import type { Runtime, Timer } from '../runtime/index.ts'
import type { QueueRow, Reader } from '../storage/index.ts'
import type { QueueRowNid } from '../types/index.ts'
import { RoomQueueFull, RoomQueuesClosed } from './room-queues.ts'

export interface QueueFeederParts {
  readonly reader: Pick<Reader, 'queue' | 'queuedRooms'>
  readonly runtime: Runtime
  /**
   * Works on a row until it is out of the queue, or notes that it waits: then {@link QueueFeeder.waits} is to be told.
   * Rejects with {@link RoomQueueFull} where the row is to stay for now.
   */
  readonly take: (row: QueueRow) => Promise<unknown>
  /** Told of whatever else a row's work rejects with. The row stays, and is taken up after the next start. */
  readonly failed: (error: unknown) => void
}

/** Rows and rooms read at once. */
const page = 100

export class QueueFeeder {
  readonly #parts: QueueFeederParts
  readonly #inHand = new Map<QueueRowNid, Promise<void>>()
  /** For each room with rows that are not in hand: when to look at them. Milliseconds since 1970. */
  readonly #lookAt = new Map<string, number>()
  #timer: { readonly at: number; readonly timer: Timer } | undefined
  #looking: Promise<void> | undefined
  #closed = false

  constructor(parts: QueueFeederParts) {
    this.#parts = parts
  }

  /** How many rows are being worked on. */
  get inHand(): number {
    return this.#inHand.size
  }

  /** Works on a row that has just come into the queue. */
  start(row: QueueRow): void {
    if (this.#closed || this.#inHand.has(row.row)) return
    const work = this.#parts.take(row).then(
      () => this.#end(row),
      (error: unknown) => this.#end(row, error),
    )
    this.#inHand.set(row.row, work)
  }

  /** Rows of a room wait, until then at least. */
  waits(roomId: string, notBefore: number): void {
    if (this.#closed) return
    this.#lookAt.set(roomId, Math.min(notBefore, this.#lookAt.get(roomId) ?? Number.POSITIVE_INFINITY))
    this.#wakeAt(notBefore)
  }

  /** There is room for more rows of a room. */
  roomAgain(roomId: string): void {
    this.waits(roomId, this.#parts.runtime.clock.now())
  }

  /** Takes up all that is in the queue, whether its time has come or not: much may have changed since. */
  async resume(): Promise<void> {
    const { reader } = this.#parts
    for (let after = ''; ; ) {
      const roomIds = await reader.queuedRooms(after, page)
      for (const roomId of roomIds) await this.#startRows(roomId, Number.POSITIVE_INFINITY)
      const last = roomIds.at(-1)
      if (last === undefined) return
      after = last
    }
  }

  /** Resolves when no row is being worked on. Rows that wait may be left. */
  async whenIdle(): Promise<void> {
    while (this.#inHand.size > 0 || this.#looking !== undefined)
      await Promise.all([this.#looking, ...this.#inHand.values()])
  }

  /** Takes nothing up any more. What is being worked on goes on. */
  close(): void {
    this.#closed = true
    this.#lookAt.clear()
    this.#timer?.timer.cancel()
  }

  #end(row: QueueRow, error?: unknown): void {
    this.#inHand.delete(row.row)
    // The room says when it has room again; after a close the row waits for the next start.
    if (error === undefined || error instanceof RoomQueueFull || error instanceof RoomQueuesClosed) return
    this.#parts.failed(error)
  }

  #wakeAt(at: number): void {
    if (this.#looking !== undefined || (this.#timer !== undefined && this.#timer.at <= at)) return
    this.#timer?.timer.cancel()
    const { clock, timers } = this.#parts.runtime
    const timer = timers.setTimer(Math.max(0, at - clock.now()), () => {
      this.#timer = undefined
      this.#looking = this.#look()
    })
    this.#timer = { at, timer }
  }

  async #look(): Promise<void> {
    const now = this.#parts.runtime.clock.now()
    const due = [...this.#lookAt].filter(([, at]) => at <= now).map(([roomId]) => roomId)
    for (const roomId of due) {
      this.#lookAt.delete(roomId)
      try {
        await this.#startRows(roomId, now)
      } catch (error) {
        this.#parts.failed(error)
      }
    }
    this.#looking = undefined
    if (this.#lookAt.size > 0) this.#wakeAt(this.#lookAt.values().reduce((a, b) => Math.min(a, b)))
  }

  /** Starts the rows of a room whose time has come, in order; notes when to look for the others. */
  async #startRows(roomId: string, now: number): Promise<void> {
    for (let after = 0; !this.#closed; ) {
      const rows = await this.#parts.reader.queue(roomId, after, page)
      for (const row of rows)
        if (row.notBefore <= now) this.start(row)
        else this.waits(roomId, row.notBefore)
      const last = rows.at(-1)
      if (last === undefined) return
      after = last.row
    }
  }
}
