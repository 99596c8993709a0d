/**
 * Calls that carry an idempotency key are done once: who asks again under the same key gets the first one's answer, also while that is
 * still being worked on. What was begun and has no end when the process dies is not done again: whoever asks is told that its end is not
 * known. Design, "Writing"; api/operation.ts.
 */
import type { Crypto } from '@neurite/protocol'
import { RoomServerError } from './api/index.ts'
import type { Clock } from './runtime/index.ts'

/** A call as it is remembered. */
export interface RememberedCall {
  readonly key: string
  readonly operation: string
  /** Hash of the request: a key that comes with another request is a mistake. */
  readonly request: string
  /** Milliseconds since 1970. */
  readonly begunAt: number
  /** JSON of the answer; undefined while it is being worked on, or was when the process died. */
  readonly answer: string | undefined
}

/** Where calls are remembered. */
export interface CallMemory {
  find(key: string): Promise<RememberedCall | undefined>
  /** Durable when it resolves. */
  remember(call: RememberedCall): Promise<void>
  /** A call that was refused leaves nothing: it may be tried again. */
  forget(key: string): Promise<void>
  /** Forgets those that were begun before. */
  forgetBefore(begunAt: number): Promise<void>
}

/** Remembers for as long as the process lives. */
export function forgetfulMemory(): CallMemory {
  const calls = new Map<string, RememberedCall>()
  return {
    find: key => Promise.resolve(calls.get(key)),
    remember: async call => void calls.set(call.key, call),
    forget: async key => void calls.delete(key),
    forgetBefore: async begunAt => {
      for (const [key, call] of calls) if (call.begunAt < begunAt) calls.delete(key)
    },
  }
}

/** How long answers are kept: far longer than anybody tries again. Milliseconds. */
const keptFor = 24 * 60 * 60 * 1_000
/** How often old ones are looked for. Milliseconds. */
const tidiedEvery = 60 * 60 * 1_000

export interface IdempotentCallsParts {
  readonly memory: CallMemory
  readonly clock: Clock
  readonly crypto: Crypto
}

export class IdempotentCalls {
  readonly #parts: IdempotentCallsParts
  readonly #underWay = new Map<string, { readonly request: string; readonly answer: Promise<unknown> }>()
  #tidiedAt = 0

  constructor(parts: IdempotentCallsParts) {
    this.#parts = parts
  }

  /** @throws {RoomServerError} `M_INVALID_PARAM` where the key belongs to another call; `M_TIMEOUT` where the first one's end is not known */
  async run<T>(key: string, operation: string, request: unknown, work: () => Promise<T>): Promise<T> {
    const hash = this.#hash(operation, request)
    const underWay = this.#underWay.get(key)
    if (underWay !== undefined) {
      if (underWay.request !== hash) throw keyOfAnotherCall(key)
      return underWay.answer as Promise<T>
    }
    const answer = this.#once(key, operation, hash, work)
    this.#underWay.set(key, { request: hash, answer })
    try {
      return await answer
    } finally {
      this.#underWay.delete(key)
    }
  }

  async #once<T>(key: string, operation: string, request: string, work: () => Promise<T>): Promise<T> {
    const { memory, clock } = this.#parts
    const known = await memory.find(key)
    if (known !== undefined) {
      if (known.request !== request) throw keyOfAnotherCall(key)
      if (known.answer !== undefined) return JSON.parse(known.answer) as T
      throw new RoomServerError('M_TIMEOUT', `${operation} was begun under key ${key}, and its end is not known`)
    }
    const call = { key, operation, request, begunAt: clock.now(), answer: undefined }
    await memory.remember(call)
    let answer: T
    try {
      answer = await work()
    } catch (error) {
      if (error instanceof RoomServerError && error.errcode !== 'M_TIMEOUT') await memory.forget(key)
      throw error
    }
    await memory.remember({ ...call, answer: JSON.stringify(answer) })
    await this.#tidy()
    return answer
  }

  async #tidy(): Promise<void> {
    const { memory, clock } = this.#parts
    const now = clock.now()
    if (now - this.#tidiedAt < tidiedEvery) return
    this.#tidiedAt = now
    await memory.forgetBefore(now - keptFor)
  }

  #hash(operation: string, request: unknown): string {
    return Buffer.from(this.#parts.crypto.sha256(`${operation} ${JSON.stringify(request)}`)).toString('base64url')
  }
}

function keyOfAnotherCall(key: string): RoomServerError {
  return new RoomServerError('M_INVALID_PARAM', `idempotency key ${key} was used for another call`)
}
