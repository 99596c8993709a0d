/**
 * Fetching keys of many servers side by side: each once for all who want them, none more often than it may, and the slow ones in
 * nobody's way.
 */
import type { ServerName } from '@neurite/protocol'
import { answersRequest } from '@neurite/roomserver'
import type { Runtime } from '@neurite/roomserver/runtime'
import { Lane, LaneFull } from '../transport/lane.ts'
import type { KeySources } from './key-sources.ts'
import type { KnownKeys } from './known-keys.ts'
import { NotaryBatch, type WantedKeys } from './notary-batch.ts'

/** Servers asked at once. Those that never answer hold a place for 10 seconds: a hundred of them still leave room. */
const atOnce = 256
/** Servers that wait for a place. What is beyond may turn up later. */
const maxWaiting = 10_000
/** "Requesting servers should limit how frequently they query for certificates." Milliseconds. */
const askAgainAfter = 60_000
/** Servers of which it is remembered when they were last asked. */
const maxRemembered = 10_000

interface Fetch {
  /** Grows while the server itself is being asked. */
  readonly wanted: Map<string, number>
  readonly isAnswered: Promise<boolean>
}

interface LastAsked {
  /** By the monotonic clock. */
  readonly at: number
  /** Whether the server itself answered: what it did not tell then there is not. */
  readonly isAnswered: boolean
}

export interface KeyFetchesParts {
  readonly sources: KeySources
  readonly known: KnownKeys
  /** Asked in this order for servers that do not answer, or no longer tell of a key. */
  readonly notaries: readonly ServerName[]
  readonly runtime: Runtime
}

export class KeyFetches {
  readonly #parts: KeyFetchesParts
  readonly #lane = new Lane(atOnce, maxWaiting)
  readonly #underWay = new Map<ServerName, Fetch>()
  readonly #notaries: readonly { readonly name: ServerName; readonly batch: NotaryBatch }[]
  /** In the order last asked, oldest first. */
  readonly #lastAsked = new Map<ServerName, LastAsked>()

  constructor(parts: KeyFetchesParts) {
    this.#parts = parts
    const { sources, notaries, runtime } = parts
    this.#notaries = notaries.map(name => {
      const freshen = (keyIds: readonly string[]) => this.fetch(name, validNow(keyIds, runtime.clock.now()))
      return { name, batch: new NotaryBatch(wanted => sources.askNotary(name, wanted, freshen), runtime.timers) }
    })
  }

  /**
   * Fetches keys of a server; what comes of it is among the known keys.
   * @returns whether the server itself answered: what it does not tell there is not
   */
  fetch(server: ServerName, wanted: WantedKeys): Promise<boolean> {
    const underWay = this.#underWay.get(server)
    if (underWay !== undefined) {
      for (const [keyId, at] of wanted) underWay.wanted.set(keyId, Math.max(at, underWay.wanted.get(keyId) ?? 0))
      return underWay.isAnswered
    }
    const growing = new Map(wanted)
    const isAnswered = this.#fetch(server, growing).finally(() => this.#underWay.delete(server))
    this.#underWay.set(server, { wanted: growing, isAnswered })
    return isAnswered
  }

  /** The server has sent us something: it may be asked again, though not more often than any other. */
  heardFrom(server: ServerName): void {
    if (this.#askedLately(server) === undefined) this.#parts.sources.heardFrom(server)
  }

  async #fetch(server: ServerName, wanted: WantedKeys): Promise<boolean> {
    const lately = this.#askedLately(server)
    if (lately !== undefined) return lately.isAnswered
    const at = this.#parts.runtime.clock.monotonic()
    this.#noteAsked(server, { at, isAnswered: false })
    const isAnswered = await this.#askItself(server)
    this.#noteAsked(server, { at, isAnswered })
    if (this.#notaries.some(({ name }) => name === server)) return isAnswered
    for (const { batch } of this.#notaries) {
      const missing = this.#missing(server, wanted)
      if (missing.size === 0) break
      await batch.ask(server, missing)
    }
    return isAnswered
  }

  async #askItself(server: ServerName): Promise<boolean> {
    const { sources } = this.#parts
    if (!sources.mayAsk(server)) return false
    let leave: () => void
    try {
      leave = await this.#lane.enter()
    } catch (error) {
      if (error instanceof LaneFull) return false
      throw error
    }
    try {
      return await sources.askItself(server)
    } finally {
      leave()
    }
  }

  /** What is still not known, or not known to have been valid then. */
  #missing(server: ServerName, wanted: WantedKeys): Map<string, number> {
    return new Map([...wanted].filter(([keyId, at]) => !answersRequest(this.#parts.known.get(server, keyId), at)))
  }

  #askedLately(server: ServerName): LastAsked | undefined {
    const asked = this.#lastAsked.get(server)
    if (asked === undefined) return undefined
    return this.#parts.runtime.clock.monotonic() - asked.at < askAgainAfter ? asked : undefined
  }

  #noteAsked(server: ServerName, asked: LastAsked): void {
    this.#lastAsked.delete(server)
    this.#lastAsked.set(server, asked)
    const oldest = this.#lastAsked.keys().next()
    if (this.#lastAsked.size > maxRemembered && oldest.done !== true) this.#lastAsked.delete(oldest.value)
  }
}

function validNow(keyIds: readonly string[], now: number): Map<string, number> {
  return new Map(keyIds.map(keyId => [keyId, now]))
}
