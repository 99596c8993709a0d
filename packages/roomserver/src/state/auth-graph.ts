/**
 * A room's state events and their auth events as packed numbers: what state resolution walks. Design, "State resolution": the
 * auth graph of a room held as integer adjacency, not a query an event.
 *
 * Events go by their local numbers outside, and inside by their rank among the room's state events: so messages between them
 * cost next to nothing. Auth events have smaller numbers than the events that name them.
 */
import type { EventNumber, KeyNumber } from '@neurite/protocol'
import type { AuthGraphRow, EventRow, Reader } from '../storage/index.ts'
import { type EventNid, inRoom, localOf, type RoomNid } from '../types/index.ts'
import { GrowingFloats, GrowingInts } from './growing-numbers.ts'
import { keyNumber } from './key-number.ts'
import { RankedNumbers } from './ranked-numbers.ts'
import { ResolutionMemory } from './resolution-memory.ts'

/** Rows that are read at once. Between two reads other work gets its turn. */
const pageRows = 2_048

export class AuthGraph {
  readonly room: RoomNid
  /** The create event that the room ID names, once somebody has looked for it: see ResolutionGraph. */
  impliedCreate: EventNumber | undefined
  readonly #ranks = new RankedNumbers()
  // By rank.
  readonly #locals = new GrowingInts()
  readonly #keys = new GrowingFloats()
  readonly #rejected = new GrowingInts()
  /** The first edge of an event; those of the next begin where its own end. */
  readonly #firstEdge = new GrowingInts()
  /** The last edge that leads to an event, and by edge the one before it: the events that name it, from young to old. */
  readonly #lastNaming = new GrowingInts()
  // By edge.
  readonly #authEvents = new GrowingInts()
  readonly #namingBefore = new GrowingInts()
  readonly #namer = new GrowingInts()
  /** What earlier resolutions found out, so that the next one, which is most often about nearly the same events, need not. */
  readonly memory = new ResolutionMemory()
  #extending: Promise<void> | undefined
  /** All state events with smaller numbers are here; 0: not known. */
  #completeBelow = 0

  constructor(room: RoomNid) {
    this.room = room
    this.#firstEdge.push(0)
  }

  /** One more than the highest number. */
  get size(): number {
    return this.#locals.length === 0 ? 0 : this.#locals.at(this.#locals.length - 1) + 1
  }

  /** How many state events there are. */
  get count(): number {
    return this.#locals.length
  }

  get bytes(): number {
    const parts = [this.#locals, this.#keys, this.#rejected, this.#firstEdge, this.#lastNaming]
    const edges = [this.#authEvents, this.#namingBefore, this.#namer]
    return 1_000 + this.memory.bytes + [...parts, ...edges].reduce((sum, part) => sum + part.bytes, this.#ranks.bytes)
  }

  /**
   * Reads what has been added to the room since.
   * @param next the room's next event number, where it is known: nothing is read where all below it is here
   */
  async extend(reader: Reader, yieldNow: () => Promise<void>, next?: number): Promise<void> {
    while (this.#extending !== undefined) await this.#extending
    if (next !== undefined && this.#completeBelow >= next) return
    this.#extending = this.#read(reader, yieldNow)
    try {
      await this.#extending
      this.#completeBelow = Math.max(this.#completeBelow, next ?? 0)
    } finally {
      this.#extending = undefined
    }
  }

  /** Takes the new events of a commit that was decided, so that they need not be read. @param next as the commit leaves it */
  take(newEvents: readonly EventRow[], next: number): void {
    if (this.#completeBelow !== next - newEvents.length) return
    for (const { event, type, stateKey, status, authEvents } of newEvents)
      if (stateKey !== 0) this.#add({ event, type, stateKey, rejected: status === 'rejected', authEvents })
    this.#completeBelow = next
  }

  async #read(reader: Reader, yieldNow: () => Promise<void>): Promise<void> {
    for (;;) {
      const after = this.size === 0 ? 0 : inRoom<EventNid>(this.room, this.size - 1)
      const rows = await reader.authGraph(this.room, after, pageRows)
      for (const row of rows) this.#add(row)
      if (rows.length < pageRows) return
      await yieldNow()
    }
  }

  #add({ event, type, stateKey, rejected, authEvents }: AuthGraphRow): void {
    const local = localOf(event)
    if (local < this.size) return
    const rank = this.#locals.length
    this.#ranks.add(local, rank)
    this.#locals.push(local)
    this.#keys.push(keyNumber(type, stateKey))
    this.#rejected.push(rejected ? 1 : 0)
    this.#lastNaming.push(-1)
    for (const authEvent of authEvents) {
      const named = this.#ranks.rankOf(localOf(authEvent))
      // Only a rejected event could name one that is no state, and nothing else leads to a rejected event.
      if (named === undefined || named >= rank) continue
      this.#namingBefore.push(this.#lastNaming.at(named))
      this.#lastNaming.set(named, this.#authEvents.length)
      this.#namer.push(rank)
      this.#authEvents.push(localOf(authEvent))
    }
    this.#firstEdge.push(this.#authEvents.length)
  }

  /**
   * Shows an event that is still being written, until the returned function is called: should its commit come to nothing,
   * its number will be another event's.
   */
  addForNow(row: AuthGraphRow): () => void {
    const local = localOf(row.event)
    if (this.has(local)) {
      const before = this.isRejected(local)
      this.judge(local, row.rejected)
      return () => this.judge(local, before)
    }
    this.#add(row)
    return () => this.#takeBack(local)
  }

  #takeBack(local: EventNumber): void {
    if (local !== this.size - 1) return
    const rank = this.#locals.length - 1
    for (let edge = this.#authEvents.length - 1; edge >= this.#firstEdge.at(rank); edge--) {
      this.#lastNaming.set(this.#rank(this.#authEvents.at(edge)), this.#namingBefore.at(edge))
      for (const edges of [this.#authEvents, this.#namingBefore, this.#namer]) edges.pop()
    }
    for (const numbers of [this.#locals, this.#keys, this.#rejected, this.#lastNaming, this.#firstEdge]) numbers.pop()
    this.#ranks.remove(local)
    this.memory.forget(local)
  }

  /** Notes that an event was judged anew. */
  judge(event: EventNumber, rejected: boolean): void {
    const rank = this.#ranks.rankOf(event)
    if (rank !== undefined) this.#rejected.set(rank, rejected ? 1 : 0)
  }

  has(event: EventNumber): boolean {
    return this.#ranks.rankOf(event) !== undefined
  }

  authEvents(event: EventNumber): ArrayLike<EventNumber> {
    const rank = this.#rank(event)
    return this.#authEvents.slice(this.#firstEdge.at(rank), this.#firstEdge.at(rank + 1))
  }

  /** The events that have this one among their auth events, from young to old. */
  *namedBy(event: EventNumber): Generator<EventNumber> {
    for (let edge = this.#lastNaming.at(this.#rank(event)); edge >= 0; edge = this.#namingBefore.at(edge))
      yield this.#locals.at(this.#namer.at(edge))
  }

  keyOf(event: EventNumber): KeyNumber {
    return this.#keys.at(this.#rank(event))
  }

  isRejected(event: EventNumber): boolean {
    return this.#rejected.at(this.#rank(event)) === 1
  }

  #rank(event: EventNumber): number {
    const rank = this.#ranks.rankOf(event)
    if (rank === undefined) throw new Error(`event ${event} of room NID ${this.room} is not in its auth graph`)
    return rank
  }
}

export function graphBytes(graph: AuthGraph): number {
  return graph.bytes
}
