/**
 * Passwords, hashed with scrypt (RFC 7914). A hash tells how it was made, so that the cost can be changed and older hashes still count.
 */
import { scrypt, timingSafeEqual } from 'node:crypto'
import type { Randomness } from '@neurite/roomserver/runtime'
import { ClientError } from './errors.ts'

const saltBytes = 16
const hashBytes = 32
/** scrypt's r and p, as RFC 7914 suggests. */
const blockSize = 8
const parallelism = 1
/** Each takes 128 × r × N bytes: 32 MiB at the usual cost. */
const maxAtOnce = 4
/** Beyond this the caller would wait for seconds: it is told to come back. */
const maxWaiting = 200

export class Passwords {
  readonly #cost: number
  readonly #randomness: Randomness
  readonly #waiting: (() => void)[] = []
  #running = 0

  /** @param cost scrypt's N, a power of two */
  constructor(cost: number, randomness: Randomness) {
    this.#cost = cost
    this.#randomness = randomness
  }

  /**
   * @returns `scrypt$N$r$p$SALT$HASH`, in base64url
   * @throws {ClientError} `M_LIMIT_EXCEEDED` where too many wait already
   */
  async hash(password: string): Promise<string> {
    const salt = this.#randomness.bytes(saltBytes)
    const hash = await this.#derive(password, salt, this.#cost, blockSize, parallelism)
    return ['scrypt', this.#cost, blockSize, parallelism, base64(salt), base64(hash)].join('$')
  }

  /**
   * Whether a password is the one that was hashed. Without a hash it takes as long and is wrong, so that the time tells nobody which
   * accounts there are.
   */
  async fits(password: string, hashed: string | null | undefined): Promise<boolean> {
    if (hashed === null || hashed === undefined) {
      await this.hash(password)
      return false
    }
    const [scheme, cost, r, p, salt, hash] = hashed.split('$')
    if (scheme !== 'scrypt' || salt === undefined || hash === undefined)
      throw new Error('a stored password hash is of a kind that is not known here')
    const derived = await this.#derive(password, bytes(salt), Number(cost), Number(r), Number(p))
    const stored = bytes(hash)
    return stored.length === derived.length && timingSafeEqual(stored, derived)
  }

  async #derive(password: string, salt: Uint8Array, cost: number, r: number, p: number): Promise<Uint8Array> {
    await this.#enter()
    try {
      // As it was typed on any keyboard: one form of characters that look the same.
      return await new Promise<Uint8Array>((resolve, reject) =>
        scrypt(password.normalize('NFKC'), salt, hashBytes, { N: cost, r, p, maxmem: 256 * r * cost }, (error, key) =>
          error === null ? resolve(key) : reject(error),
        ),
      )
    } finally {
      this.#running--
      this.#waiting.shift()?.()
    }
  }

  async #enter(): Promise<void> {
    if (this.#running >= maxAtOnce) {
      if (this.#waiting.length >= maxWaiting)
        throw new ClientError('M_LIMIT_EXCEEDED', 'too many people log in at once')
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
    this.#running++
  }
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64url')
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'base64url')
}
