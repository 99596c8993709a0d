/**
 * Sessions of user-interactive authentication: which stages a client has completed of which request. They live in memory: after a
 * restart a client begins anew. Client-server API, "User-interactive API in the REST API".
 */
import type { Clock, Randomness } from '@neurite/roomserver/runtime'
import { newOpaqueId } from '../tokens.ts'

export type StageName = 'm.login.dummy' | 'm.login.password' | 'm.login.registration_token'

export interface InteractiveSession {
  readonly id: string
  /** The request that it is for: a session passed for one opens no other. */
  readonly request: string
  /** In order. */
  readonly completed: StageName[]
}

interface Kept extends InteractiveSession {
  /** Monotonic milliseconds. */
  readonly endsAt: number
}

/** People take their time to find a password. Milliseconds. */
const lifetime = 15 * 60 * 1_000
/** The oldest are forgotten beyond that: anybody can begin one. */
const maxSessions = 10_000
const idLength = 24

export class InteractiveSessions {
  readonly #clock: Clock
  readonly #randomness: Randomness
  readonly #sessions = new Map<string, Kept>()

  constructor(clock: Clock, randomness: Randomness) {
    this.#clock = clock
    this.#randomness = randomness
  }

  begin(request: string): InteractiveSession {
    const id = newOpaqueId(idLength, this.#randomness)
    const session: Kept = { id, request, completed: [], endsAt: this.#clock.monotonic() + lifetime }
    this.#sessions.set(id, session)
    if (this.#sessions.size > maxSessions) this.#sessions.delete(this.#sessions.keys().next().value as string)
    return session
  }

  /** Undefined where there is none of that name any more. */
  find(id: string): InteractiveSession | undefined {
    const session = this.#sessions.get(id)
    if (session === undefined || session.endsAt > this.#clock.monotonic()) return session
    this.#sessions.delete(id)
    return undefined
  }

  end(id: string): void {
    this.#sessions.delete(id)
  }
}
