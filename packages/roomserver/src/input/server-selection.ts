/**
 * Whom to ask for what is missing, in order: the server that the item came from, the event's own server, then others in
 * the room, best known first. Success and latency are remembered; who fails is left alone for a time that doubles with
 * every failure. docs/way-of-an-event.md.
 */
import { type RoomEvent, type ServerName, serverNameOf } from '@neurite/protocol'
import { DeadlineExceeded, type Runtime, withDeadline } from '../runtime/index.ts'
import { RemoteServerError } from './remote-servers.ts'

export interface SelectionLimits {
  /** Servers in one list. */
  readonly maxServers: number
  /** Servers of the room that are looked at: rooms have up to some ten thousand. */
  readonly maxLookedAt: number
  /** How long a server is left alone after its first failure, and at most. Milliseconds. */
  readonly firstBackOff: number
  readonly longestBackOff: number
  /** Servers remembered; the one longest not heard of is forgotten first. */
  readonly maxRemembered: number
}

export const defaultSelectionLimits: SelectionLimits = {
  maxServers: 8,
  maxLookedAt: 1_000,
  firstBackOff: 10_000,
  longestBackOff: 3_600_000,
  maxRemembered: 10_000,
}

/** The servers with a joined user in a room, in any order. May name some twice. */
export type ServersInRoom = (roomId: string) => Promise<Iterable<ServerName>>

/** Who could be asked. Servers may be named several times over; each is asked once. */
export interface Candidates {
  /** In this order, whatever is known of them: where the item came from, the event's own server. */
  readonly first: readonly ServerName[]
  /** In any order. */
  readonly others: Iterable<ServerName>
}

interface Memory {
  /** Moving average over its answers, in milliseconds; undefined where it never answered. */
  latency: number | undefined
  failuresInARow: number
  /** By the monotonic clock. */
  leftAloneUntil: number
}

/** How much the newest answer counts in the average. */
const newestShare = 0.25
/** Where a server that was never asked stands among those that were: behind those that answer faster than this. */
const expectedLatency = 500

export class ServerSelection {
  readonly #ourselves: ServerName
  readonly #inRoom: ServersInRoom
  readonly #runtime: Runtime
  readonly #limits: SelectionLimits
  /** In the order last heard of, oldest first. */
  readonly #memories = new Map<ServerName, Memory>()

  constructor(ourselves: ServerName, inRoom: ServersInRoom, runtime: Runtime, limits: Partial<SelectionLimits> = {}) {
    this.#ourselves = ourselves
    this.#inRoom = inRoom
    this.#runtime = runtime
    this.#limits = { ...defaultSelectionLimits, ...limits }
  }

  /** How many servers are remembered. */
  get remembered(): number {
    return this.#memories.size
  }

  /**
   * The servers to ask about an event, or in a room as a whole, in order.
   * @param origins where it came from, first to be asked
   */
  async servers(roomId: string, origins: readonly ServerName[], event?: RoomEvent): Promise<ServerName[]> {
    const others = await this.#inRoom(roomId)
    return this.order({ first: event === undefined ? origins : [...origins, serverNameOf(event.sender)], others })
  }

  /** The candidates to ask, in order; never ourselves, none that is left alone. May be empty: see {@link nextTryIn}. */
  order({ first, others }: Candidates): ServerName[] {
    const chosen = new Set(first.filter(server => this.#mayBeAsked(server)))
    for (const server of this.#bestFirst(others)) {
      if (chosen.size >= this.#limits.maxServers) break
      chosen.add(server)
    }
    return [...chosen].slice(0, this.#limits.maxServers)
  }

  /**
   * Asks a server, within a time limit, and remembers how it did.
   * @param timeout milliseconds
   * @returns undefined where it did not answer
   * @throws what the question throws but {@link RemoteServerError}; the signal's reason once it is aborted
   */
  async attempt<T>(
    server: ServerName,
    timeout: number,
    question: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    const { clock, timers } = this.#runtime
    const begun = clock.monotonic()
    try {
      const answer = await withDeadline(timers, timeout, question, signal)
      this.answered(server, clock.monotonic() - begun)
      return answer
    } catch (error) {
      if (!(error instanceof RemoteServerError || error instanceof DeadlineExceeded)) throw error
      this.failed(server, error instanceof RemoteServerError ? error.retryAfter : undefined)
      return undefined
    }
  }

  /** In how many milliseconds the first of those that are left alone may be asked again; undefined where none is left alone. */
  nextTryIn({ first, others }: Candidates): number | undefined {
    const now = this.#runtime.clock.monotonic()
    let soonest: number | undefined
    for (const server of [...first, ...this.#considered(others)]) {
      const left = (this.#memories.get(server)?.leftAloneUntil ?? 0) - now
      if (left > 0 && (soonest === undefined || left < soonest)) soonest = left
    }
    return soonest
  }

  /** A server answered, if only to say that it has not got what it was asked for. */
  answered(server: ServerName, latency: number): void {
    const memory = this.#recall(server)
    memory.latency = memory.latency === undefined ? latency : memory.latency + (latency - memory.latency) * newestShare
    memory.failuresInARow = 0
    memory.leftAloneUntil = 0
  }

  /**
   * A server gave no answer, or one that is a lie.
   * @param retryAfter when it asked to be asked again, in milliseconds from now
   */
  failed(server: ServerName, retryAfter = 0): void {
    const { firstBackOff, longestBackOff } = this.#limits
    const memory = this.#recall(server)
    const doubled = Math.min(longestBackOff, firstBackOff * 2 ** memory.failuresInARow)
    // Up to a tenth more: many servers that failed together are not all asked again at one moment.
    const spread = this.#runtime.randomness.nextInt(Math.floor(doubled / 10) + 1)
    const wait = Math.max(doubled + spread, Math.min(retryAfter, longestBackOff))
    memory.failuresInARow++
    memory.leftAloneUntil = this.#runtime.clock.monotonic() + wait
  }

  /** A server sent us something: it is up, so it may be asked once more; one more failure, and it is left alone longer still. */
  heardFrom(server: ServerName): void {
    const memory = this.#memories.get(server)
    if (memory !== undefined) memory.leftAloneUntil = 0
  }

  /** Those that are looked at. */
  *#considered(others: Iterable<ServerName>): Iterable<ServerName> {
    let looked = 0
    for (const server of others) {
      if (looked++ >= this.#limits.maxLookedAt) return
      yield server
    }
  }

  #mayBeAsked(server: ServerName): boolean {
    if (server === this.#ourselves) return false
    return (this.#memories.get(server)?.leftAloneUntil ?? 0) <= this.#runtime.clock.monotonic()
  }

  #bestFirst(others: Iterable<ServerName>): ServerName[] {
    const ranked: { server: ServerName; rank: number; draw: number }[] = []
    for (const server of this.#considered(others))
      if (this.#mayBeAsked(server))
        ranked.push({ server, rank: this.#rank(server), draw: this.#runtime.randomness.nextInt(2 ** 32) })
    // Equals in any order: else one server would be asked by everyone.
    return ranked.sort((a, b) => a.rank - b.rank || a.draw - b.draw).map(({ server }) => server)
  }

  /** By expected latency; each failure in a row puts a server behind those that have failed less often. */
  #rank(server: ServerName): number {
    const memory = this.#memories.get(server)
    if (memory === undefined) return expectedLatency
    return (memory.latency ?? expectedLatency) + memory.failuresInARow * this.#limits.longestBackOff
  }

  #recall(server: ServerName): Memory {
    const memory = this.#memories.get(server) ?? { latency: undefined, failuresInARow: 0, leftAloneUntil: 0 }
    this.#memories.delete(server)
    this.#memories.set(server, memory)
    const oldest = this.#memories.keys().next()
    if (this.#memories.size > this.#limits.maxRemembered && oldest.done !== true) this.#memories.delete(oldest.value)
    return memory
  }
}
