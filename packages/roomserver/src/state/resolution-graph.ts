/**
 * A room's auth graph with the events that a resolution is going to ask for, loaded before it runs: resolution waits for
 * nothing. Room version 2, "State resolution".
 */
import {
  authEventKeys,
  createEventIdOf,
  type EventNumber,
  isPowerEvent,
  type KeyNumber,
  type RememberedEvent,
  type RoomEvent,
  type RoomGraph,
  type RoomId,
} from '@neurite/protocol'
import type { AuthGraphRow, Reader } from '../storage/index.ts'
import {
  createTypeNid,
  type EventNid,
  type EventTypeNid,
  emptyStateKeyNid,
  inRoom,
  localOf,
  type RoomNid,
  wellKnownTypes,
} from '../types/index.ts'
import { AuthGraph, type GraphNeed, NamersUnknown } from './auth-graph.ts'
import type { EventCache } from './event-cache.ts'
import { keyNumber } from './key-number.ts'
import type { ResolutionMemory } from './resolution-memory.ts'
import type { ResolvingRoom } from './resolve.ts'
import type { StateCaches } from './state-caches.ts'

/** All types that decide are well known. */
const typeNids: ReadonlyMap<string, EventTypeNid> = new Map(wellKnownTypes.map(([nid, type]) => [type, nid]))

/** Events that are read and parsed between two yields: some milliseconds. */
const eventsAtOnce = 256

export interface GraphSource {
  /** Shows what is decided, not only what is committed. */
  readonly reader: Reader
  readonly caches: StateCaches
  readonly events: EventCache
  /** Lets other work run: a room may have very much to load. */
  readonly yieldNow: () => Promise<void>
  /** See AuthGraph; for tests. */
  readonly graphTail?: number | undefined
}

/** What of a room's auth graph is going to be asked for, besides what that leads to. */
export interface GraphPart {
  readonly events: Iterable<EventNumber>
  /** An event that is still being written. */
  readonly newEvent?: AuthGraphRow | undefined
}

/** An event that was not to be expected to be asked for. */
class NotLoaded extends Error {
  constructor(event: EventNumber, room: RoomNid) {
    super(`event ${event} of room NID ${room} was not loaded`)
  }
}

export class ResolutionGraph implements RoomGraph {
  /** To be called at the end: the event that is still being written is no longer shown. */
  readonly release: () => void
  readonly #graph: AuthGraph
  readonly #source: GraphSource
  readonly #memory: ResolutionMemory
  readonly #need: GraphNeed

  private constructor(graph: AuthGraph, source: GraphSource, need: GraphNeed, release: () => void) {
    this.#graph = graph
    this.#memory = graph.memory
    this.#source = source
    this.#need = need
    this.release = release
  }

  /** The graph of a room as it stands. */
  static async of(room: ResolvingRoom, source: GraphSource, { events, newEvent }: GraphPart): Promise<ResolutionGraph> {
    const { reader, caches } = source
    const graph = caches.graphs.get(room.nid) ?? new AuthGraph(room.nid, source.graphTail)
    const bytes = graph.bytes
    if (graph.count === 0) caches.graphs.set(room.nid, graph)
    if (room.rules.auth.createImpliedByRoomId && graph.impliedCreate === undefined) {
      const eventId = createEventIdOf(room.roomId as RoomId)
      const create = (await reader.eventNids(room.nid, [eventId])).get(eventId)
      graph.impliedCreate = create === undefined ? undefined : localOf(create)
    }
    const need = needOf(events, room, graph.impliedCreate, newEvent)
    await graph.extend(source, need)
    // Counted anew, unless the room was forgotten in the meantime.
    if (graph.bytes !== bytes && caches.graphs.get(room.nid) === graph) caches.graphs.set(room.nid, graph)
    const takeBack = newEvent === undefined ? () => undefined : graph.addForNow(newEvent)
    const end = graph.memory.use()
    return new ResolutionGraph(graph, source, need, () => {
      takeBack()
      end()
    })
  }

  /** What a walk finds out. Where it has to know more of who names events than is here, that is read, and it walks anew. */
  async walk<T>(walk: () => T): Promise<T> {
    for (;;)
      try {
        return walk()
      } catch (error) {
        if (!(error instanceof NamersUnknown)) throw error
        await this.#graph.extend(this.#source, { ...this.#need, namersFrom: error.event })
      }
  }

  /**
   * What resolution comes to. Events that were judged before are most often judged by what they were judged by then, so nothing is
   * loaded for them until they are asked for.
   */
  async withLoaded<T>(
    full: ReadonlySet<EventNumber>,
    unconflicted: (key: KeyNumber) => EventNumber | undefined,
    resolve: () => T,
  ): Promise<T> {
    const unknown: EventNumber[] = []
    for (const event of full) if (!this.#isJudged(event)) unknown.push(event)
    if (unknown.length > 0) await this.load(unknown, unconflicted)
    try {
      return resolve()
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error
    }
    await this.load(full, unconflicted)
    return resolve()
  }

  /**
   * Loads what resolution asks for: these events, their auth events, the create event, and what auth event selection names for
   * them out of the unconflicted state.
   */
  async load(full: Iterable<EventNumber>, unconflicted: (key: KeyNumber) => EventNumber | undefined): Promise<void> {
    const { events } = this.#memory
    const wanted = new Set<EventNumber>()
    const want = (event: EventNumber | undefined) => {
      if (event !== undefined && !events.has(event)) wanted.add(event)
    }
    want(this.impliedCreate)
    const judged = [...full]
    for (const event of judged) {
      if (this.#isJudged(event)) continue
      want(event)
      const authEvents = this.authEvents(event)
      for (let i = 0; i < authEvents.length; i++) want(authEvents[i])
    }
    await this.#loadEvents(wanted)
    await this.#selectKeys(judged)

    wanted.clear()
    want(unconflicted(keyNumber(createTypeNid, emptyStateKeyNid)))
    for (const event of judged)
      for (const key of this.remembered(event)?.selectedKeys ?? this.#keysWithNumbers(event)) want(unconflicted(key))
    await this.#loadEvents(wanted)
  }

  /** An earlier resolution has loaded it, and its auth events, and found numbers for all that auth event selection names for it. */
  #isJudged(event: EventNumber): boolean {
    return this.#memory.judged.get(event)?.selectedKeys !== undefined
  }

  /** Finds out what auth event selection names for the events for which that is not known. */
  async #selectKeys(judged: readonly EventNumber[]): Promise<void> {
    const unknown = judged.filter(event => !this.#isJudged(event))
    if (unknown.length === 0) return
    const names = unknown.map(event => authEventKeys(this.event(event)))
    await this.#loadNames(new Set(names.flatMap(tuples => tuples.map(([, stateKey]) => stateKey))))
    for (const [at, event] of unknown.entries()) {
      const tuples = names[at] as ReturnType<typeof authEventKeys>
      const keys = this.#keysWithNumbers(event)
      this.#remember(event, keys.length === tuples.length ? keys : undefined)
    }
  }

  #remember(number: EventNumber, selectedKeys: readonly KeyNumber[] | undefined): void {
    const event = this.event(number)
    this.#memory.judged.set(number, {
      eventId: event.eventId,
      timestamp: event.originServerTs,
      key: event.stateKey === undefined ? undefined : this.keyOf(number),
      isPowerEvent: isPowerEvent(event),
      selectedKeys,
      verdict: undefined,
      mainlinePosition: undefined,
    })
  }

  /** A name without a number is one that no event of any room has. */
  #keysWithNumbers(event: EventNumber): KeyNumber[] {
    return authEventKeys(this.event(event)).flatMap(([type, stateKey]) => this.keyNumber(type, stateKey) ?? [])
  }

  async #loadEvents(numbers: ReadonlySet<EventNumber>): Promise<void> {
    const { room } = this.#graph
    const nids = Array.from(numbers, event => inRoom<EventNid>(room, event))
    for (let i = 0; i < nids.length; i += eventsAtOnce) {
      if (i > 0) await this.#source.yieldNow()
      const loaded = await this.#source.events.load(nids.slice(i, i + eventsAtOnce))
      for (const [nid, event] of loaded) this.#memory.events.set(localOf(nid), event)
    }
  }

  async #loadNames(names: ReadonlySet<string>): Promise<void> {
    const { reader, caches } = this.#source
    const unknown: string[] = []
    for (const name of names) {
      if (this.#memory.stateKeys.has(name)) continue
      const nid = caches.stateKeys.get(name)
      if (nid === undefined) unknown.push(name)
      else this.#memory.stateKeys.set(name, nid)
    }
    if (unknown.length === 0) return
    for (const [name, nid] of await reader.stateKeyNids(unknown)) {
      this.#memory.stateKeys.set(name, nid)
      caches.stateKeys.set(name, nid)
    }
  }

  remembered(event: EventNumber): RememberedEvent | undefined {
    return this.#memory.judged.get(event)
  }

  get impliedCreate(): EventNumber | undefined {
    return this.#graph.impliedCreate
  }

  get size(): number {
    return this.#graph.size
  }

  authEvents(event: EventNumber): ArrayLike<EventNumber> {
    return this.#graph.authEvents(event)
  }

  namedBy(event: EventNumber): Iterable<EventNumber> {
    return this.#graph.namedBy(event)
  }

  keyOf(event: EventNumber): KeyNumber {
    return this.#graph.keyOf(event)
  }

  keyNumber(type: string, stateKey: string): KeyNumber | undefined {
    const typeNid = typeNids.get(type)
    const stateKeyNid = this.#memory.stateKeys.get(stateKey)
    return typeNid === undefined || stateKeyNid === undefined ? undefined : keyNumber(typeNid, stateKeyNid)
  }

  isRejected(event: EventNumber): boolean {
    return this.#graph.isRejected(event)
  }

  /** Whether it is a state event of the room. */
  has(event: EventNumber): boolean {
    return this.#graph.has(event)
  }

  event(event: EventNumber): RoomEvent {
    const found = this.#memory.events.get(event)
    if (found === undefined) throw new NotLoaded(event, this.#graph.room)
    return found
  }
}

function needOf(
  events: Iterable<EventNumber>,
  { next }: ResolvingRoom,
  impliedCreate: EventNumber | undefined,
  newEvent: AuthGraphRow | undefined,
): GraphNeed {
  const all = [...events]
  if (impliedCreate !== undefined) all.push(impliedCreate)
  if (newEvent !== undefined) all.push(...newEvent.authEvents.map(localOf))
  return { next: next?.event, events: all }
}
