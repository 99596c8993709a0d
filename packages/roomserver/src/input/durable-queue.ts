/**
 * The durable input queue: what was taken and nobody waits for is in the database until it is done with. What misses something waits
 * and is tried again: as soon as what it misses is here, and from time to time. What is past a room's bound is noted in place of being
 * kept (queue-bound.ts). Design, "Full queues", "What cannot be told yet".
 */
import type { Clock, Timer, Timers } from '../runtime/index.ts'
import type { QueueRow, Storage } from '../storage/index.ts'
import type { QueueRowNid } from '../types/index.ts'
import { type InputItem, type InputResult, type MissingNote, plainReason } from './item.ts'
import type { QueueBound } from './queue-bound.ts'
import { enqueue, type QueuedItem } from './queue-rows.ts'
import { RoomQueueFull } from './room-queues.ts'

export interface DurableQueueParts {
  readonly storage: Storage
  readonly clock: Clock
  readonly timers: Timers
  readonly bound: QueueBound
  /** Sees an item through; its commit takes the row away. @param isRetry it was tried before, and had to wait */
  readonly take: (item: InputItem, row: QueueRowNid, isRetry: boolean) => Promise<InputResult>
  /** Asks for what a note names, and takes it. */
  readonly follow: (note: MissingNote) => Promise<InputResult>
  /** Told of failures. What they are about is still in the queue. */
  readonly failed: (error: unknown) => void
}

/** An item that was taken once already and has to wait. */
export interface TriedItem {
  readonly item: InputItem
  /** IDs of the events that it misses. */
  readonly waitsFor: readonly string[]
  readonly why: string
}

type Tried = Omit<TriedItem, 'item'> & { readonly item: Pick<QueuedItem, 'roomId'> }

/** The time until the next try: doubled with each attempt. Milliseconds. */
const firstRetryAfter = 1_000
const lastRetryAfter = 60 * 60 * 1_000
/** Rooms and rows read at once. */
const pageRows = 100
/** Items that belong together and are in their room's queue in memory at once: a fraction of what it holds. */
const itemsAtOnce = 100
/** Rows whose needs are kept in memory, so that they are tried as soon as these are met; others wait for their time. */
const maxRemembered = 10_000

export class DurableQueue {
  readonly #parts: DurableQueueParts
  readonly #inHand = new Set<QueueRowNid>()
  /** By the ID of an event that is missing: the rows that wait for it. */
  readonly #waitingOn = new Map<string, Map<QueueRowNid, string>>()
  #remembered = 0
  #timer: { readonly at: number; readonly timer: Timer } | undefined
  #closed = false

  constructor(parts: DurableQueueParts) {
    this.#parts = parts
  }

  /** Puts items into the queue and begins to see them through. Resolves when they are on disk. @returns the work begun */
  async add(items: readonly InputItem[]): Promise<Promise<InputResult>[]> {
    const { within, beyond } = await this.#parts.bound.split(items, item => item)
    const rows = await enqueue(this.#parts.storage, within)
    await this.#note(beyond)
    return within.map((item, index) => this.#start(item, rows[index] as QueueRowNid, 0))
  }

  /** Puts items into the queue that were tried just now: nothing is asked of other servers again before a retry is due. */
  async addTried(tried: readonly TriedItem[]): Promise<void> {
    if (tried.length === 0) return
    const { within, beyond } = await this.#parts.bound.split(tried, ({ item }) => item)
    const rows = await enqueue(
      this.#parts.storage,
      within.map(({ item }) => item),
    )
    await Promise.all(rows.map((row, at) => this.#retryLater(row, 0, within[at] as TriedItem)))
    await this.#note(beyond.map(({ item }) => item))
  }

  /**
   * The same for items of one room that belong together, in order and some at a time: there may be more of them than the room's queue in
   * memory takes. Once one has to wait the rest are left for later, as after a crash.
   * @returns what became of each for now
   */
  async addInOrder(items: readonly InputItem[]): Promise<InputResult[]> {
    const rows = await enqueue(this.#parts.storage, items)
    for (const row of rows) this.#inHand.add(row)
    const results: InputResult[] = []
    for (let at = 0; at < items.length && results.every(({ kind }) => kind !== 'waiting'); at += itemsAtOnce) {
      const part = items.slice(at, at + itemsAtOnce)
      results.push(...(await Promise.all(part.map((item, i) => this.#start(item, rows[at + i] as QueueRowNid, 0)))))
    }
    const left = rows.slice(results.length)
    if (left.length > 0) this.#wakeAt(this.#parts.clock.now() + firstRetryAfter)
    for (const row of left) this.#inHand.delete(row)
    return [...results, ...left.map(() => waitingFor('an event before it has to wait'))]
  }

  /** Takes up all that is in the queue and due, as after a start; what is not due is looked at again when it is. */
  async takeDue(): Promise<void> {
    for (let after = ''; !this.#closed; ) {
      const roomIds = await this.#parts.storage.reader.queuedRooms(after, pageRows)
      // Side by side: a slow room holds up no other.
      await Promise.all(roomIds.map(roomId => this.takeRoom(roomId)))
      const last = roomIds.at(-1)
      if (last === undefined) return
      after = last
    }
  }

  /** Takes up what is due of one room, as when its queue in memory has room again. */
  async takeRoom(roomId: string): Promise<void> {
    const { storage, clock } = this.#parts
    for (let after = 0; !this.#closed; ) {
      const rows: QueueRow[] = await storage.reader.queue(roomId, after, pageRows)
      // As of one moment: what is not due now is woken for, however long this takes.
      const now = clock.now()
      const due = rows.filter(row => !this.#inHand.has(row.row) && row.notBefore <= now)
      for (const row of rows) if (row.notBefore > now) this.#wakeAt(row.notBefore)
      await Promise.all(due.map(row => this.#start(JSON.parse(row.item) as QueuedItem, row.row, row.attempts)))
      const last = rows.at(-1)
      if (last === undefined) return
      after = last.row
    }
  }

  /** An event is stored: what waits for it need not wait longer. */
  arrived(eventId: string): void {
    const rows = this.#waitingOn.get(eventId)
    if (rows === undefined) return
    this.#waitingOn.delete(eventId)
    this.#remembered -= rows.size
    for (const [row, roomId] of rows) void this.#takeRow(roomId, row).catch(this.#parts.failed)
  }

  /** Nothing is taken up any more. */
  close(): void {
    this.#closed = true
    this.#timer?.timer.cancel()
  }

  async #takeRow(roomId: string, row: QueueRowNid): Promise<void> {
    const [found] = await this.#parts.storage.reader.queue(roomId, row - 1, 1)
    if (found?.row !== row || this.#inHand.has(row)) return
    await this.#start(JSON.parse(found.item) as QueuedItem, row, found.attempts)
  }

  /** @returns what became of it for now: a failure leaves it in the queue, and it is tried again */
  async #start(item: QueuedItem, row: QueueRowNid, attempts: number): Promise<InputResult> {
    if (this.#closed) return waitingFor('the server stops; it goes on with the next start')
    this.#inHand.add(row)
    try {
      const result = await (item.kind === 'missing'
        ? this.#follow(item, row)
        : this.#parts.take(item, row, attempts > 0))
      await this.#settle(item, row, attempts, result)
      return result
    } catch (error) {
      // A full room is taken up again when it has room; for all else there is another try.
      if (!(error instanceof RoomQueueFull)) {
        this.#wakeAt(this.#parts.clock.now() + firstRetryAfter)
        this.#parts.failed(error)
      }
      return waitingFor(error instanceof Error ? error.message : String(error))
    } finally {
      this.#inHand.delete(row)
    }
  }

  /** Notes what is past the bound of its room's queue; it is asked for when a retry is due. */
  async #note(items: readonly InputItem[]): Promise<void> {
    if (items.length === 0) return
    const notes = await this.#parts.bound.note(items)
    const why = 'the queue of the room is full'
    await Promise.all(notes.map(({ note, row }) => this.#retryLater(row, 0, { item: note, waitsFor: [], why })))
  }

  async #follow(note: MissingNote, row: QueueRowNid): Promise<InputResult> {
    if (!(await this.#parts.bound.hasRoom(note.roomId))) return waitingFor('the queue of the room is full')
    this.#parts.bound.forget(note)
    const result = await this.#parts.follow(note)
    if (result.kind === 'waiting') this.#parts.bound.remember({ note, row })
    return result
  }

  /** What ended without a commit leaves the queue here; what waits is noted. */
  async #settle(item: QueuedItem, row: QueueRowNid, attempts: number, result: InputResult): Promise<void> {
    if (result.kind === 'dropped' || result.kind === 'known') await this.#parts.storage.dequeue([row])
    if (result.kind !== 'waiting') return
    await this.#retryLater(row, attempts, { item, waitsFor: result.waitsFor, why: result.reason.reason })
  }

  async #retryLater(row: QueueRowNid, attempts: number, { item, waitsFor, why }: Tried): Promise<void> {
    const { storage, clock } = this.#parts
    const notBefore = clock.now() + Math.min(firstRetryAfter * 2 ** attempts, lastRetryAfter)
    await storage.retryLater([{ row, notBefore, attempts: attempts + 1, waitsFor: why }])
    for (const eventId of waitsFor) this.#remember(eventId, item.roomId, row)
    this.#wakeAt(notBefore)
  }

  #remember(eventId: string, roomId: string, row: QueueRowNid): void {
    const rows = this.#waitingOn.get(eventId) ?? new Map<QueueRowNid, string>()
    if (rows.has(row) || this.#remembered >= maxRemembered) return
    this.#waitingOn.set(eventId, rows.set(row, roomId))
    this.#remembered++
  }

  /** One timer, for the row that is due first. */
  #wakeAt(at: number): void {
    if (this.#closed || (this.#timer !== undefined && this.#timer.at <= at)) return
    this.#timer?.timer.cancel()
    const { clock, timers } = this.#parts
    const wake = () => {
      this.#timer = undefined
      void this.takeDue().catch(this.#parts.failed)
    }
    this.#timer = { at, timer: timers.setTimer(Math.max(0, at - clock.now()), wake) }
  }
}

/** It is in the queue, and what became of it is not known yet. */
function waitingFor(reason: string): InputResult {
  return { kind: 'waiting', eventId: undefined, reason: plainReason('queue', reason), waitsFor: [] }
}
