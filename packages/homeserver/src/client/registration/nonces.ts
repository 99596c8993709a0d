/**
 * Numbers used once, for registering by the shared secret: what was overheard cannot be sent again.
 */
import type { Clock, Randomness } from '@neurite/roomserver/runtime'

/** From asking to using it a script takes moments. Milliseconds. */
const lifetime = 60_000
/** The oldest are forgotten beyond that: anybody can ask for one. */
const maxNonces = 1_000
const bytes = 32

export class Nonces {
  readonly #clock: Clock
  readonly #randomness: Randomness
  /** With the time of their end, monotonic milliseconds. */
  readonly #nonces = new Map<string, number>()

  constructor(clock: Clock, randomness: Randomness) {
    this.#clock = clock
    this.#randomness = randomness
  }

  make(): string {
    const nonce = Buffer.from(this.#randomness.bytes(bytes)).toString('hex')
    this.#nonces.set(nonce, this.#clock.monotonic() + lifetime)
    if (this.#nonces.size > maxNonces) this.#nonces.delete(this.#nonces.keys().next().value as string)
    return nonce
  }

  /** Whether it is one that was made and not used. */
  use(nonce: string): boolean {
    const end = this.#nonces.get(nonce)
    this.#nonces.delete(nonce)
    return end !== undefined && end > this.#clock.monotonic()
  }
}
