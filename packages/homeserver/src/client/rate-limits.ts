/**
 * How many requests a caller may make: a bucket of tokens for each caller and kind of request, filled at a steady rate. Client-server
 * API, "Rate limiting". Kinds that the settings leave out are not counted: all of them where the configuration turns limits off.
 */
import type { Clock } from '@neurite/roomserver/runtime'
import type { LimitKind } from './endpoint.ts'
import { ClientError } from './errors.ts'

export interface RateLimit {
  /** Requests a second, in the long run. */
  readonly perSecond: number
  /** Requests at once, after a pause. */
  readonly burst: number
}

/** Absent kinds have no limit. */
export type RateLimitSettings = Readonly<Partial<Record<LimitKind, RateLimit>>>

interface Bucket {
  tokens: number
  /** Monotonic milliseconds. */
  filledAt: number
}

/** Callers that are remembered: the one who was quiet longest is forgotten first, and starts with a full bucket again. */
const maxBuckets = 100_000

export class RateLimits {
  readonly #settings: RateLimitSettings
  readonly #clock: Clock
  /** In the order of their last use. */
  readonly #buckets = new Map<string, Bucket>()

  constructor(settings: RateLimitSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /**
   * Counts a request.
   * @param caller a user ID or an address
   * @throws {ClientError} `M_LIMIT_EXCEEDED`, with the time after which one more is let through
   */
  count(kind: LimitKind, caller: string): void {
    const limit = this.#settings[kind]
    if (limit === undefined) return
    const now = this.#clock.monotonic()
    const key = `${kind} ${caller}`
    const before = this.#buckets.get(key) ?? { tokens: limit.burst, filledAt: now }
    const gained = ((now - before.filledAt) / 1_000) * limit.perSecond
    const tokens = Math.min(limit.burst, before.tokens + gained)
    this.#buckets.delete(key)
    this.#buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, filledAt: now })
    if (this.#buckets.size > maxBuckets) this.#buckets.delete(this.#buckets.keys().next().value as string)
    if (tokens >= 1) return
    const wait = Math.ceil(((1 - tokens) / limit.perSecond) * 1_000)
    throw new ClientError('M_LIMIT_EXCEEDED', 'too many requests', {
      fields: { retry_after_ms: wait },
      headers: { 'retry-after': `${Math.ceil(wait / 1_000)}` },
    })
  }
}
