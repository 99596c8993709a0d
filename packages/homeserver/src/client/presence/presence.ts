/**
 * Who is there. It lives in memory: after a restart everybody is offline until they are seen again. Client-server API, "Presence".
 */
import type { Clock } from '@neurite/roomserver/runtime'
import type { Streams } from '../streams.ts'

export type PresenceState = 'online' | 'offline' | 'unavailable'

export interface UserPresence {
  readonly state: PresenceState
  readonly message: string | undefined
  /** When the user did something last; milliseconds since 1970. */
  readonly activeAt: number
  readonly position: number
}

/** Users who are remembered; the one who was quiet longest is forgotten. */
const maxUsers = 100_000
/** A user counts as active for so long after having done something. Milliseconds. */
export const activeFor = 5 * 60 * 1_000

export class Presence {
  readonly #streams: Streams
  readonly #clock: Clock
  /** In the order of their last change. */
  readonly #users = new Map<string, UserPresence>()

  constructor(streams: Streams, clock: Clock) {
    this.#streams = streams
    this.#clock = clock
  }

  of(userId: string): UserPresence | undefined {
    return this.#users.get(userId)
  }

  /**
   * @param message undefined: none
   * @param activeAt undefined: now
   * @returns whether anything is otherwise than before
   */
  set(userId: string, state: PresenceState, message: string | undefined, activeAt = this.#clock.now()): boolean {
    const before = this.#users.get(userId)
    const isSame = before?.state === state && before.message === message
    const position = isSame ? before.position : this.#streams.positions.presence + 1
    this.#users.delete(userId)
    this.#users.set(userId, { state, message, activeAt, position })
    if (this.#users.size > maxUsers) this.#users.delete(this.#users.keys().next().value as string)
    if (!isSame) this.#streams.advance('presence', [userId])
    return !isSame
  }

  /** Users whose presence has changed after a position, up to another. */
  changedBetween(after: number, upTo: number): string[] {
    return [...this.#users].filter(([, { position }]) => position > after && position <= upTo).map(([userId]) => userId)
  }
}
