/**
 * A room's auth graph, or as much of it as resolutions have needed. Forks are young, as a rule: of a large room only the youngest state
 * events are read, all of them down to some number, and below it what these and the events in question lead to. Where a walk has to know
 * who names an event further down, more is read, and in the end all of it.
 *
 * What always holds: with an event its auth events are here, those of these, and so on. And of the events from `#completeFrom` up all are
 * here that were there when it was last read; so from there up it is known who names an event.
 */
import type { EventNumber, KeyNumber } from '@neurite/protocol'
import type { AuthGraphRow, EventRow, Reader } from '../storage/index.ts'
import { type EventNid, inRoom, localOf, type RoomNid } from '../types/index.ts'
import { PackedAuthGraph } from './packed-auth-graph.ts'
import { ResolutionMemory } from './resolution-memory.ts'

/** Rows that are read at once. Between two reads other work gets its turn. */
const pageRows = 2_048
/** The numbers, counted from the youngest event, from which all state events are read at first: some milliseconds' worth. */
const defaultTail = 2_048
/** A room with so many times as many numbers is read in parts; a smaller one is read as a whole at once. */
const tailsOfLargeRoom = 8
/** How much more is read each time that it was not enough. */
const growth = 4
/** Events below all that is complete, one read each: more of them cost more than reading everything. */
const maxOlder = 2_048

export interface GraphReads {
  readonly reader: Pick<Reader, 'authGraph' | 'events'>
  readonly yieldNow: () => Promise<void>
}

export interface GraphNeed {
  /** The room's next event number, where it is known: nothing is read where all below it is here. Absent: everything is read. */
  readonly next?: number | undefined
  /** Events that have to be here, with all that they lead to. */
  readonly events?: Iterable<EventNumber>
  /** From this event up it has to be known who names an event. */
  readonly namersFrom?: EventNumber
}

/** Who names an event is not known: it has to be asked for by `namersFrom`. */
export class NamersUnknown extends Error {
  readonly event: EventNumber

  constructor(event: EventNumber, room: RoomNid) {
    super(`who names event ${event} of room NID ${room} has not been read`)
    this.event = event
  }
}

export class AuthGraph {
  /** The create event that the room ID names, once somebody has looked for it: see ResolutionGraph. */
  impliedCreate: EventNumber | undefined
  /** What earlier resolutions found out, so that the next one, which is most often about nearly the same events, need not. */
  readonly memory = new ResolutionMemory()
  readonly #tail: number
  #packed: PackedAuthGraph
  #reading: Promise<void> | undefined
  /** 0: all of the room is here. */
  #completeFrom = 0
  /** All state events with smaller numbers are here that are not below `#completeFrom`; 0: not known. */
  #completeBelow = 0
  /** The event that was shown last while it was being written, as long as no commit has taken it; 0: none. */
  #shownForNow = 0
  /** Rows that were read or packed while the graph is in parts: as many as the room has events would have been all of it. */
  #spent = 0

  /** @param tail numbers that are read at first, in a large room */
  constructor(room: RoomNid, tail = defaultTail) {
    this.#packed = new PackedAuthGraph(room)
    this.#tail = tail
  }

  get room(): RoomNid {
    return this.#packed.room
  }

  /** One more than the highest number. */
  get size(): number {
    return this.#packed.size
  }

  /** How many state events are here. */
  get count(): number {
    return this.#packed.count
  }

  /** Whether all of the room's state events are here, not just those that were needed. */
  get isWhole(): boolean {
    return this.#completeFrom === 0
  }

  get bytes(): number {
    return 1_000 + this.memory.bytes + this.#packed.bytes
  }

  /** Reads what is missing: what has been added to the room since, and what is needed. */
  async extend(reads: GraphReads, need: GraphNeed = {}): Promise<void> {
    while (this.#reading !== undefined) await this.#reading
    if (this.#has(need)) return
    this.#reading = this.#read(reads, need)
    try {
      await this.#reading
    } finally {
      this.#reading = undefined
    }
  }

  #has({ next, events = [], namersFrom = this.#completeFrom }: GraphNeed): boolean {
    if (next === undefined || this.#completeBelow < next) return false
    return this.isWhole || (namersFrom >= this.#completeFrom && this.#missing(events, this.#completeFrom).length === 0)
  }

  async #read(reads: GraphReads, { next, events = [], namersFrom }: GraphNeed): Promise<void> {
    if (next === undefined || this.#spent > next) await this.#readDownTo(0, reads)
    else if (this.isWhole && this.count === 0 && next > tailsOfLargeRoom * this.#tail)
      this.#completeFrom = next - this.#tail
    if (next !== undefined && namersFrom !== undefined && namersFrom < this.#completeFrom) {
      const from = Math.min(namersFrom, next - growth * (next - this.#completeFrom))
      await this.#readDownTo(from < next / growth ? 0 : from, reads)
    }
    await this.#readOn(reads)
    this.#completeBelow = Math.max(this.#completeBelow, next ?? 0)
    if (!this.isWhole)
      await this.#readWithOlder([], this.#missing(events, this.#completeFrom), this.#completeFrom, reads)
  }

  /** What has been added. */
  async #readOn(reads: GraphReads): Promise<void> {
    for await (const rows of this.#pages(Math.max(this.size, this.#completeFrom), undefined, reads))
      if (this.isWhole) for (const row of rows) this.#packed.add(row)
      else await this.#readWithOlder(rows, this.#namedBelow(rows, this.#completeFrom), this.#completeFrom, reads)
  }

  async #readDownTo(from: EventNumber, reads: GraphReads): Promise<void> {
    if (this.isWhole) return
    const more: AuthGraphRow[] = []
    for await (const rows of this.#pages(from, this.#completeFrom, reads))
      for (const row of rows) if (!this.#packed.has(localOf(row.event))) more.push(row)
    if (from === 0) this.#addBetween(more)
    else await this.#readWithOlder(more, this.#namedBelow(more, from), from, reads)
    // In the meantime it may have been found that all of it is needed.
    this.#completeFrom = Math.min(from, this.#completeFrom)
  }

  /** Adds rows, and events below a number with all that they lead to. */
  async #readWithOlder(
    rows: readonly AuthGraphRow[],
    older: readonly EventNumber[],
    below: EventNumber,
    reads: GraphReads,
  ): Promise<void> {
    const found = new Map<EventNumber, AuthGraphRow>()
    for (let wanted = older; wanted.length > 0; ) {
      if (found.size + wanted.length > maxOlder) return this.#readAllWith(rows, reads)
      const read = await this.#stateEvents(wanted, reads.reader)
      for (const row of read) found.set(localOf(row.event), row)
      wanted = this.#namedBelow(read, below).filter(event => !found.has(event))
      if (wanted.length > 0) await reads.yieldNow()
    }
    this.#addBetween([...rows, ...found.values()])
  }

  async #readAllWith(rows: readonly AuthGraphRow[], reads: GraphReads): Promise<void> {
    await this.#readDownTo(0, reads)
    this.#addBetween(rows.filter(({ event }) => !this.#packed.has(localOf(event))))
  }

  async *#pages(
    from: EventNumber,
    to: EventNumber | undefined,
    { reader, yieldNow }: GraphReads,
  ): AsyncGenerator<AuthGraphRow[]> {
    for (let after = from - 1; ; ) {
      const rows = await reader.authGraph(this.room, after <= 0 ? 0 : inRoom<EventNid>(this.room, after), pageRows)
      const last = rows.at(-1)
      if (last === undefined) return
      after = localOf(last.event)
      const isBelow = to === undefined || after < to
      yield isBelow ? rows : rows.filter(({ event }) => localOf(event) < to)
      if (rows.length < pageRows || !isBelow) return
      await yieldNow()
    }
  }

  async #stateEvents(events: readonly EventNumber[], reader: GraphReads['reader']): Promise<AuthGraphRow[]> {
    const rows = await reader.events(events.map(event => inRoom<EventNid>(this.room, event)))
    return rows.flatMap(row => toGraphRow(row) ?? [])
  }

  /** Auth events of rows that are below a number, and not here. */
  #namedBelow(rows: readonly AuthGraphRow[], below: EventNumber): EventNumber[] {
    return this.#missing(
      rows.flatMap(({ authEvents }) => authEvents.map(localOf)),
      below,
    )
  }

  /** From where the graph is complete up, what is not here is no state event. */
  #missing(events: Iterable<EventNumber>, below: EventNumber): EventNumber[] {
    const missing = new Set<EventNumber>()
    for (const event of events) if (event < below && !this.#packed.has(event)) missing.add(event)
    return [...missing]
  }

  #addBetween(rows: readonly AuthGraphRow[]): void {
    if (rows.length === 0) return
    const rising = [...rows].sort((a, b) => a.event - b.event)
    const isAbove = localOf((rising[0] as AuthGraphRow).event) >= this.size
    if (isAbove) for (const row of rising) this.#packed.add(row)
    else this.#packed = this.#packed.with(rising)
    this.#spent += isAbove ? rows.length : this.count
  }

  /** Takes the new events of a commit that was decided, so that they need not be read. @param next as the commit leaves it */
  take(newEvents: readonly EventRow[], next: number): void {
    if (newEvents.some(({ event }) => localOf(event) === this.#shownForNow)) this.#shownForNow = 0
    if (this.#completeBelow !== next - newEvents.length) return
    const rows = newEvents.flatMap(row => toGraphRow(row) ?? [])
    if (!this.isWhole && this.#namedBelow(rows, this.#completeFrom).length > 0) return
    for (const row of rows) this.#packed.add(row)
    this.#completeBelow = next
  }

  /**
   * Shows an event that is still being written, until the returned function is called: should its commit come to nothing,
   * its number will be another event's. Its auth events have to be here.
   */
  addForNow(row: AuthGraphRow): () => void {
    const local = localOf(row.event)
    if (this.has(local)) {
      const before = this.isRejected(local)
      this.judge(local, row.rejected)
      return () => this.judge(local, before)
    }
    // It was shown before, and no commit took it: what was found out then may rest on another event of this number.
    if (this.#shownForNow === local) this.memory.judged.clear()
    this.#shownForNow = local
    this.#packed.add(row)
    return () => {
      if (this.#packed.takeBack(local)) this.memory.forget(local)
    }
  }

  /** Notes that an event was judged anew. */
  judge(event: EventNumber, rejected: boolean): void {
    this.#packed.judge(event, rejected)
  }

  /** Whether it is a state event of the room, and here. */
  has(event: EventNumber): boolean {
    return this.#packed.has(event)
  }

  authEvents(event: EventNumber): ArrayLike<EventNumber> {
    return this.#packed.authEvents(event)
  }

  /** The events that have this one among their auth events, from young to old. @throws {NamersUnknown} */
  namedBy(event: EventNumber): Iterable<EventNumber> {
    if (event < this.#completeFrom) throw new NamersUnknown(event, this.room)
    return this.#packed.namedBy(event)
  }

  keyOf(event: EventNumber): KeyNumber {
    return this.#packed.keyOf(event)
  }

  isRejected(event: EventNumber): boolean {
    return this.#packed.isRejected(event)
  }
}

/** Undefined for what is no state event. */
function toGraphRow({ event, type, stateKey, status, authEvents }: EventRow): AuthGraphRow | undefined {
  return stateKey === 0 ? undefined : { event, type, stateKey, rejected: status === 'rejected', authEvents }
}

export function graphBytes(graph: AuthGraph): number {
  return graph.bytes
}
