/**
 * The states of a room worked out from its graph anew, without anything that was remembered of them, and compared with what is stored.
 * Reads only, on caches of its own: what the server believes of the room is no evidence here. Room versions, "State resolution".
 *
 * Verdicts are taken as they are stored: whether they change with the states is found when the room is repaired (repair.ts).
 */
import { type Crypto, rulesOf } from '@neurite/protocol'
import { EventCache, StateBuilder, StateCaches, type StateChange, StateStore } from '../state/index.ts'
import type { EventRow, Reader, RoomRow } from '../storage/index.ts'
import { type EventNid, localOf, maxLocalNumber, type StateKeyNid, type StateSnapshotNid } from '../types/index.ts'

export interface RecomputeParts {
  readonly reader: Reader
  readonly crypto: Crypto
  /** Lets other work run: see runtime/. */
  readonly yieldNow: () => Promise<void>
}

export interface Recomputation {
  /** How many events were looked at: all that have a place in the graph. */
  readonly events: number
  /** Events whose stored state, before or after, is not what the graph gives. */
  readonly wrong: readonly EventNid[]
  /** These and all that build on them, unless they wait to be judged for good anyway. */
  readonly doubtful: readonly EventNid[]
  /** From the stored current state to what it must be. */
  readonly current: readonly StateChange[]
}

type Snapshot = StateSnapshotNid | 0

/** What the caches may hold, in bytes: those of one room in use. */
const cacheBytes = 64 * 1024 * 1024
/** Rows read at once. */
const pageRows = 500
/**
 * Where the numbers of states begin that are worked out here and not stored: high above those of a room, which may move on meanwhile, and
 * apart from each other, since caches go by number.
 */
const workedOutFrom = Math.floor(maxLocalNumber / 2)
const triedFrom = Math.floor((maxLocalNumber * 3) / 4)

/** @param room as it is at one moment; what comes after it is not looked at */
export async function recompute(room: RoomRow, parts: RecomputeParts): Promise<Recomputation> {
  return new Recomputing(room, parts).run()
}

class Recomputing {
  readonly #room: RoomRow
  readonly #parts: RecomputeParts
  readonly #states: StateStore
  /** Has the states after doubtful events, which are not stored. */
  readonly #builder: StateBuilder
  /** By doubtful event: the state after it. */
  readonly #after = new Map<EventNid, Snapshot>()
  readonly #wrong = new Set<EventNid>()

  constructor(room: RoomRow, parts: RecomputeParts) {
    const { reader } = parts
    const caches = new StateCaches(cacheBytes)
    this.#room = room
    this.#parts = parts
    this.#states = new StateStore({ ...parts, caches, events: new EventCache(reader, caches) })
    this.#builder = builderFrom(workedOutFrom, room)
  }

  async run(): Promise<Recomputation> {
    let events: number
    let known: number
    // Most events have higher numbers than those they build on. Where one has not, another look finds it.
    do {
      known = this.#after.size
      events = await this.#look()
    } while (this.#after.size > known)
    const current = await this.#current()
    return { events, wrong: [...this.#wrong], doubtful: [...this.#after.keys()], current }
  }

  async #look(): Promise<number> {
    const { reader, yieldNow } = this.#parts
    let looked = 0
    for (let after: EventNid | 0 = 0; ; ) {
      const page = await reader.eventsOfRoom(this.#room.room, after, pageRows)
      const rows = page.filter(({ event }) => localOf(event) < this.#room.next.event)
      const placed = rows.filter(({ outlier }) => !outlier)
      const prevEvents = await this.#prevEventsOf(placed)
      for (const row of placed) await this.#event(row, prevEvents)
      looked += placed.length
      const last = rows.at(-1)
      if (last === undefined || rows.length < page.length) return looked
      after = last.event
      await yieldNow()
    }
  }

  async #prevEventsOf(rows: readonly EventRow[]): Promise<Map<EventNid, EventRow>> {
    const nids = [...new Set(rows.flatMap(({ prevEvents }) => prevEvents))]
    return new Map((await this.#parts.reader.events(nids)).map(row => [row.event, row]))
  }

  async #event(row: EventRow, rows: ReadonlyMap<EventNid, EventRow>): Promise<void> {
    // What rests on someone’s word follows from no graph; once it is judged for good it does.
    if (row.provisional || this.#after.has(row.event)) return
    const prevEvents = row.prevEvents.map(prev => rows.get(prev)).filter(prev => prev !== undefined)
    const isDoubtful = prevEvents.some(({ event }) => this.#after.has(event))
    // A builder of its own, thrown away, where nothing of it is needed further on.
    const trial = isDoubtful ? this.#builder : builderFrom(triedFrom, this.#room)
    const snapshots = this.#afterOf(prevEvents)
    if (await this.#isAsStored(row, await this.#resolve(snapshots, trial), trial)) {
      if (!isDoubtful) return
    } else this.#wrong.add(row.event)
    const before = await this.#resolve(snapshots, this.#builder)
    this.#after.set(row.event, await this.#stateAfter(row, before, this.#builder))
  }

  #afterOf(rows: readonly EventRow[]): Snapshot[] {
    return rows.map(({ event, snapshotAfter }) => this.#after.get(event) ?? snapshotAfter)
  }

  #resolve(snapshots: readonly Snapshot[], builder: StateBuilder): Promise<Snapshot> {
    const { room: nid, roomId, roomVersion, next } = this.#room
    return this.#states.resolve(builder, { nid, roomId, rules: rulesOf(roomVersion), next }, snapshots, {
      remember: false,
    })
  }

  async #isAsStored(row: EventRow, before: Snapshot, builder: StateBuilder): Promise<boolean> {
    if (!(await this.#isSame(before, row.snapshotBefore, builder))) return false
    return this.#isSame(await this.#stateAfter(row, before, builder), row.snapshotAfter, builder)
  }

  async #isSame(worked: Snapshot, stored: Snapshot, builder: StateBuilder): Promise<boolean> {
    return (await this.#states.differences(worked, stored, builder)).length === 0
  }

  async #stateAfter(row: EventRow, before: Snapshot, builder: StateBuilder): Promise<Snapshot> {
    const { type, stateKey, event, status } = row
    if (stateKey === 0 || status === 'rejected') return before
    return this.#states.append(builder, before, { type, stateKey: stateKey as StateKeyNid, event }, 'computed')
  }

  async #current(): Promise<readonly StateChange[]> {
    const { forwardExtremities, currentSnapshot } = this.#room
    const rows = await this.#parts.reader.events(forwardExtremities)
    const current = await this.#resolve(this.#afterOf(rows), this.#builder)
    return this.#states.differences(currentSnapshot, current, this.#builder)
  }
}

function builderFrom(local: number, { room, next }: RoomRow): StateBuilder {
  return new StateBuilder(room, { event: next.event, snapshot: local, block: local })
}
