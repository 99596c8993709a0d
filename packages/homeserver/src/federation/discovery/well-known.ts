/**
 * Delegation by `.well-known`, remembered: valid answers as long as they say, failures for a time that doubles. Server-server API,
 * "Resolving server names", step 3.
 */
import type { Runtime } from '@neurite/roomserver/runtime'
import { type WebAnswer, WebRequestFailed } from '../transport/web.ts'
import type { Delegations } from './server-discovery.ts'
import { delegateIn, lifetimeOf, longestLifetime } from './well-known-answer.ts'

/** Gets a page of the web. @throws {WebRequestFailed} where there is no answer */
export type Get = (url: URL, options: { readonly maxBytes: number; readonly timeout: number }) => Promise<WebAnswer>

export interface WellKnownParts {
  readonly get: Get
  readonly runtime: Runtime
}

/** A valid answer has some fifty bytes. */
const maxBytes = 50 * 1_024
/** Redirects included. Milliseconds. */
const timeout = 10_000
/** How long a failure counts at first, and at most: recommended is up to an hour. Milliseconds. */
const firstBackOff = 60_000
const longestBackOff = 3_600_000
/** Hosts remembered; the one longest not asked for is forgotten first. */
const maxRemembered = 10_000

interface Memory {
  readonly delegate: string | undefined
  /** When it is asked for again, and when a valid answer was last given. By the monotonic clock. */
  readonly until: number
  readonly validSince: number
  readonly failuresInARow: number
}

/** What came of asking. `unanswered`: the host may have delegated, but nobody was there to say so. */
type Outcome =
  | { readonly kind: 'valid'; readonly delegate: string; readonly lifetime: number }
  | { readonly kind: 'invalid' | 'unanswered' }

export class WellKnown implements Delegations {
  readonly #get: Get
  readonly #runtime: Runtime
  /** In the order last asked for, oldest first. */
  readonly #memories = new Map<string, Memory>()
  readonly #asking = new Map<string, Promise<string | undefined>>()

  constructor({ get, runtime }: WellKnownParts) {
    this.#get = get
    this.#runtime = runtime
  }

  /** How many hosts are remembered. */
  get remembered(): number {
    return this.#memories.size
  }

  /** Asks once for many who want to know at the same time. */
  delegateOf(host: string): Promise<string | undefined> {
    const memory = this.#memories.get(host)
    if (memory !== undefined && memory.until > this.#runtime.clock.monotonic()) {
      this.#remember(host, memory)
      return Promise.resolve(memory.delegate)
    }
    let asking = this.#asking.get(host)
    if (asking === undefined) {
      asking = this.#ask(host, memory).finally(() => this.#asking.delete(host))
      this.#asking.set(host, asking)
    }
    return asking
  }

  async #ask(host: string, before: Memory | undefined): Promise<string | undefined> {
    const outcome = await this.#outcome(host)
    const now = this.#runtime.clock.monotonic()
    const memory = outcome.kind === 'valid' ? valid(outcome, now) : this.#failed(outcome.kind, before, now)
    this.#remember(host, memory)
    return memory.delegate
  }

  async #outcome(host: string): Promise<Outcome> {
    let answer: WebAnswer
    try {
      answer = await this.#get(new URL(`https://${host}/.well-known/matrix/server`), { maxBytes, timeout })
    } catch (error) {
      if (error instanceof WebRequestFailed) return { kind: 'unanswered' }
      throw error
    }
    const { status, headers, body } = answer
    if (status >= 500) return { kind: 'unanswered' }
    const delegate = status === 200 ? delegateIn(body) : undefined
    if (delegate === undefined) return { kind: 'invalid' }
    const cacheHeaders = { cacheControl: headers['cache-control'], expires: headers['expires'] }
    return { kind: 'valid', delegate, lifetime: lifetimeOf(cacheHeaders, this.#runtime.clock.now()) }
  }

  /** A delegation that was there is used on while its host does not answer, but no longer than any answer may be. */
  #failed(kind: 'invalid' | 'unanswered', before: Memory | undefined, now: number): Memory {
    const failuresInARow = before?.failuresInARow ?? 0
    const doubled = Math.min(longestBackOff, firstBackOff * 2 ** failuresInARow)
    const spread = this.#runtime.randomness.nextInt(Math.floor(doubled / 10))
    const isStillGood = kind === 'unanswered' && before !== undefined && now - before.validSince < longestLifetime
    return {
      delegate: isStillGood ? before.delegate : undefined,
      until: now + Math.min(longestBackOff, doubled + spread),
      validSince: isStillGood ? before.validSince : Number.NEGATIVE_INFINITY,
      failuresInARow: failuresInARow + 1,
    }
  }

  #remember(host: string, memory: Memory): void {
    this.#memories.delete(host)
    this.#memories.set(host, memory)
    const oldest = this.#memories.keys().next()
    if (this.#memories.size > maxRemembered && oldest.done !== true) this.#memories.delete(oldest.value)
  }
}

function valid({ delegate, lifetime }: Outcome & { readonly kind: 'valid' }, now: number): Memory {
  return { delegate, until: now + lifetime, validSince: now, failuresInARow: 0 }
}
