/**
 * Other homeservers in memory: they answer out of {@link RoomWorld}s, and can be told to lag, to fail and to lie, each
 * fault with a probability, drawn from a seed. Everything that is asked is written down.
 */
import type { EventId, RoomId, ServerName } from '@neurite/protocol'
import type { Runtime, SeededRandomness } from '../../runtime/index.ts'
import {
  type MissingEventsQuery,
  RemoteServerError,
  type RemoteServers,
  type StateAnswer,
  type StateIdsAnswer,
} from '../remote-servers.ts'
import type { EventMaker, MadeEvent } from './event-maker.ts'
import { drawFault, type Fault, type Faults } from './faults.ts'
import { contradict, type LiarsMeans, lie } from './lies.ts'
import type { RoomWorld } from './room-world.ts'

/** How one server is. */
export interface InMemoryServer {
  readonly faults?: Faults
  /** Milliseconds that an answer takes, least and most. */
  readonly latency?: readonly [least: number, most: number]
  /** How long a late answer takes. Milliseconds. */
  readonly lateness?: readonly [least: number, most: number]
  /** Which events it has; all of the world where this is not said. */
  readonly has?: (eventId: string) => boolean
  /** Signs what it makes up; without it, it makes up nothing. */
  readonly maker?: EventMaker
}

export type Operation = 'event' | 'missingEvents' | 'eventAuth' | 'stateIds' | 'state'

/** One question, as it was put. */
export interface Asked {
  readonly at: number
  readonly server: ServerName
  readonly operation: Operation
  /** The event, or for missing events the latest ones. */
  readonly about: readonly string[]
  /** What was done wrong in the answer. */
  readonly fault: Fault | undefined
}

export interface InMemoryServersParts {
  readonly worlds: readonly RoomWorld[]
  /** All others cannot be reached. */
  readonly servers: ReadonlyMap<ServerName, InMemoryServer>
  readonly runtime: Runtime
  readonly random: SeededRandomness
}

const defaultLatency = [5, 50] as const
const defaultLateness = [5_000, 25_000] as const
/** After so long a connection that says nothing breaks by itself. Milliseconds. */
const silenceLimit = 600_000

type Question = Pick<Asked, 'server' | 'operation' | 'about'>

export class InMemoryServers implements RemoteServers {
  readonly asked: Asked[] = []
  readonly #parts: InMemoryServersParts

  constructor(parts: InMemoryServersParts) {
    this.#parts = parts
  }

  async event(server: ServerName, eventId: EventId, signal: AbortSignal): Promise<string | undefined> {
    const { fault, means, has } = await this.#ask({ server, operation: 'event', about: [eventId] }, signal, eventId)
    const made = has(eventId) ? means?.world.get(eventId) : undefined
    return means === undefined || made === undefined ? undefined : lie(fault, [made], means)[0]
  }

  async missingEvents(
    server: ServerName,
    roomId: RoomId,
    query: MissingEventsQuery,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const question = { server, operation: 'missingEvents', about: query.latest } as const
    const { fault, means, has } = await this.#ask(question, signal, roomId)
    if (means === undefined) return []
    const truth = means.world.missingEvents(query).filter(({ event }) => has(event.eventId))
    return lie(fault, truth, means)
  }

  async eventAuth(
    server: ServerName,
    roomId: RoomId,
    eventId: EventId,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const question = { server, operation: 'eventAuth', about: [eventId] } as const
    const { fault, means, has } = await this.#ask(question, signal, roomId)
    if (means === undefined || !has(eventId)) return []
    return lie(fault, means.world.authChain([eventId]), means)
  }

  async stateIds(
    server: ServerName,
    roomId: RoomId,
    eventId: EventId,
    signal: AbortSignal,
  ): Promise<StateIdsAnswer | undefined> {
    const question = { server, operation: 'stateIds', about: [eventId] } as const
    const { fault, means, has } = await this.#ask(question, signal, roomId)
    const truth = has(eventId) ? means?.world.state(eventId) : undefined
    if (means === undefined || truth === undefined) return undefined
    const state = fault === 'contradicting-state' ? contradict(truth.state, means) : truth.state
    return { stateIds: idsAfter(fault, state, means), authChainIds: idsAfter(fault, truth.authChain, means) }
  }

  async state(
    server: ServerName,
    roomId: RoomId,
    eventId: EventId,
    signal: AbortSignal,
  ): Promise<StateAnswer | undefined> {
    const question = { server, operation: 'state', about: [eventId] } as const
    const { fault, means, has } = await this.#ask(question, signal, roomId)
    const truth = has(eventId) ? means?.world.state(eventId) : undefined
    if (means === undefined || truth === undefined) return undefined
    const state = fault === 'contradicting-state' ? contradict(truth.state, means) : truth.state
    return { state: lie(fault, state, means), authChain: lie(fault, truth.authChain, means) }
  }

  /** Notes the question, draws what goes wrong with it, and waits as long as the answer takes. */
  async #ask(question: Question, signal: AbortSignal, place: RoomId | EventId) {
    const { servers, random, runtime } = this.#parts
    const server = servers.get(question.server)
    const fault = server === undefined ? 'unreachable' : drawFault(server.faults ?? {}, random)
    this.asked.push({ ...question, fault, at: runtime.clock.monotonic() })
    const [least, most] = fault === 'late' ? (server?.lateness ?? defaultLateness) : (server?.latency ?? defaultLatency)
    await runtime.timers.sleep(fault === 'timeout' ? silenceLimit : random.between(least, most), signal)
    const failure = failureOf(fault, question.server)
    if (failure !== undefined) throw failure
    const world = this.#worldOf(place)
    const withheld = fault === 'withheld' || world === undefined
    const means = withheld ? undefined : this.#meansOf(question.server, server, world)
    return { fault, means, has: server?.has ?? (() => true) }
  }

  #worldOf(place: RoomId | EventId): RoomWorld | undefined {
    return this.#parts.worlds.find(world => world.roomId === place || world.get(place) !== undefined)
  }

  #meansOf(name: ServerName, server: InMemoryServer | undefined, world: RoomWorld): LiarsMeans {
    const { worlds, random } = this.#parts
    const otherRooms = worlds.filter(other => other !== world)
    return { random, world, otherRooms, maker: server?.maker, sender: `@liar:${name}` }
  }
}

function failureOf(fault: Fault | undefined, server: ServerName): RemoteServerError | undefined {
  if (fault === 'unreachable') return new RemoteServerError(server, 'unreachable', 'no connection')
  if (fault === 'refused') return new RemoteServerError(server, 'refused', 'answers 500')
  if (fault === 'timeout') return new RemoteServerError(server, 'timeout', 'says nothing')
  return undefined
}

/** IDs in place of events, with what can be wrong about IDs. */
function idsAfter(fault: Fault | undefined, truth: readonly MadeEvent[], means: LiarsMeans): string[] {
  const { random, world, otherRooms } = means
  const ids: string[] = truth.map(({ event }) => event.eventId)
  const someOf = (worlds: readonly RoomWorld[]) =>
    worlds.flatMap(each => [...each.events()].map(({ event }) => event.eventId))
  const swapped = (by: readonly string[]) =>
    ids.length === 0 || by.length === 0 ? ids : ids.with(random.nextInt(ids.length), random.pick(by))
  switch (fault) {
    case 'incomplete':
      return ids.filter(() => random.chance(0.7))
    case 'wrong-event':
      return swapped(someOf([world]))
    case 'other-room':
      return swapped(someOf(otherRooms))
    case 'garbage':
      return [...ids, '', 'no event ID', '$'.padEnd(300, 'x')]
    case 'too-many':
      return [...ids, ...someOf([world]), ...someOf([world])]
    case 'endless':
    case 'forged-signature':
      return swapped(Array.from({ length: 5 }, () => `$${Buffer.from(random.bytes(32)).toString('base64url')}`))
    default:
      return ids
  }
}
