/**
 * State events of a room and their auth events as packed numbers: what state resolution walks. Design, "State resolution": the
 * auth graph of a room held as integer adjacency, not a query an event.
 *
 * Events go by their local numbers outside, and inside by their rank among those that are here: so messages between them
 * cost next to nothing. Auth events have smaller numbers than the events that name them.
 */
import type { EventNumber, KeyNumber } from '@neurite/protocol'
import type { AuthGraphRow } from '../storage/index.ts'
import { localOf, type RoomNid } from '../types/index.ts'
import { GrowingFloats, GrowingInts } from './growing-numbers.ts'
import { keyNumber } from './key-number.ts'
import { RankedNumbers } from './ranked-numbers.ts'

export class PackedAuthGraph {
  readonly room: RoomNid
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

  constructor(room: RoomNid) {
    this.room = room
    this.#firstEdge.push(0)
  }

  /** One more than the highest number. */
  get size(): number {
    return this.#locals.length === 0 ? 0 : this.#locals.at(this.#locals.length - 1) + 1
  }

  /** How many state events are here. */
  get count(): number {
    return this.#locals.length
  }

  get bytes(): number {
    const parts = [this.#locals, this.#keys, this.#rejected, this.#firstEdge, this.#lastNaming]
    const edges = [this.#authEvents, this.#namingBefore, this.#namer]
    return [...parts, ...edges].reduce((sum, part) => sum + part.bytes, this.#ranks.bytes)
  }

  /** Adds a state event above all others; one below is here already. Its auth events that are not here do not count. */
  add({ event, type, stateKey, rejected, authEvents }: AuthGraphRow): void {
    const local = localOf(event)
    if (local < this.size) return
    const rank = this.#begin(local, keyNumber(type, stateKey), rejected ? 1 : 0)
    for (const authEvent of authEvents) this.#edge(rank, localOf(authEvent))
    this.#firstEdge.push(this.#authEvents.length)
  }

  /** The same graph with more events in it. @param rows none of which is in it, by rising number */
  with(rows: readonly AuthGraphRow[]): PackedAuthGraph {
    const all = new PackedAuthGraph(this.room)
    let at = 0
    for (let rank = 0; rank < this.count; rank++) {
      for (; at < rows.length && localOf((rows[at] as AuthGraphRow).event) < this.#locals.at(rank); at++)
        all.add(rows[at] as AuthGraphRow)
      all.#copy(this, rank)
    }
    for (; at < rows.length; at++) all.add(rows[at] as AuthGraphRow)
    return all
  }

  #copy(from: PackedAuthGraph, fromRank: number): void {
    const rank = this.#begin(from.#locals.at(fromRank), from.#keys.at(fromRank), from.#rejected.at(fromRank))
    const end = from.#firstEdge.at(fromRank + 1)
    for (let edge = from.#firstEdge.at(fromRank); edge < end; edge++) this.#edge(rank, from.#authEvents.at(edge))
    this.#firstEdge.push(this.#authEvents.length)
  }

  #begin(local: EventNumber, key: KeyNumber, rejected: number): number {
    const rank = this.#locals.length
    this.#ranks.add(local, rank)
    this.#locals.push(local)
    this.#keys.push(key)
    this.#rejected.push(rejected)
    this.#lastNaming.push(-1)
    return rank
  }

  #edge(rank: number, authEvent: EventNumber): void {
    const named = this.#ranks.rankOf(authEvent)
    // Only a rejected event could name one that is no state, and nothing else leads to a rejected event.
    if (named === undefined || named >= rank) return
    this.#namingBefore.push(this.#lastNaming.at(named))
    this.#lastNaming.set(named, this.#authEvents.length)
    this.#namer.push(rank)
    this.#authEvents.push(authEvent)
  }

  /** Takes an event away again, if it is the last one. @returns whether it was */
  takeBack(local: EventNumber): boolean {
    if (local !== this.size - 1) return false
    const rank = this.#locals.length - 1
    for (let edge = this.#authEvents.length - 1; edge >= this.#firstEdge.at(rank); edge--) {
      this.#lastNaming.set(this.#rank(this.#authEvents.at(edge)), this.#namingBefore.at(edge))
      for (const edges of [this.#authEvents, this.#namingBefore, this.#namer]) edges.pop()
    }
    for (const numbers of [this.#locals, this.#keys, this.#rejected, this.#lastNaming, this.#firstEdge]) numbers.pop()
    this.#ranks.remove(local)
    return true
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
