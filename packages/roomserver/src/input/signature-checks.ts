/**
 * Checks the signatures of many events side by side, off the calling thread. Server-server API, "Checks performed on
 * receipt of a PDU", 2. A key that cannot be had right now makes an event wait; it is never a reason to refuse it.
 */
import {
  algorithmOf,
  type Crypto,
  codePointCompare,
  isJsonObject,
  isKeyId,
  type RoomEvent,
  requiredSigners,
  type ServerName,
  type SignatureVerdict,
  signingAlgorithm,
  type VerifyKeys,
  verifyEventAsync,
} from '@neurite/protocol'
import { answersRequest, type KeyAnswers, type KeyRequest, type KeyRing } from './key-ring.ts'

/**
 * - `valid`: all required servers have signed, by keys that were valid then.
 * - `invalid`: one has not, or its signature does not fit. The event is dropped.
 * - `waiting`: one has, by a key that cannot be had now. The event is tried again later.
 */
export type EventSignatures =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid' | 'waiting'; readonly server: string; readonly reason: string }

export interface SignatureChecksParts {
  readonly keyRing: KeyRing
  readonly crypto: Crypto
  /** How many events are being verified at most, over all callers. */
  readonly atOnce?: number
}

/**
 * With fewer the threads wait for this one to hand them the next event (measured with 2 cores: 4 at once cost 20 % more
 * processor time than one after the other, 64 cost 8 %); more only make others wait longer who use the same threads.
 */
const defaultAtOnce = 64

/** Keys of one server that are looked up for one event. Servers sign with one, seldom two; others' inventions end here. */
const maxKeysOfServer = 10

const valid: EventSignatures = Object.freeze({ kind: 'valid' })

export class SignatureChecks {
  readonly #keyRing: KeyRing
  readonly #crypto: Crypto
  #free: number
  /** Who waits for a place, in order: a set gives and forgets its first member in constant time, an array does not. */
  readonly #queue = new Set<() => void>()

  constructor({ keyRing, crypto, atOnce = defaultAtOnce }: SignatureChecksParts) {
    this.#keyRing = keyRing
    this.#crypto = crypto
    this.#free = atOnce
  }

  /**
   * Many events. Each waits for its own keys only.
   * @returns a verdict for each event, in their order
   */
  verifyAll(events: readonly RoomEvent[], signal?: AbortSignal): Promise<EventSignatures[]> {
    return Promise.all(events.map(event => this.verify(event, signal)))
  }

  /** One event. @throws the signal's reason, where it is aborted before the keys are there */
  async verify(event: RoomEvent, signal?: AbortSignal): Promise<EventSignatures> {
    const verdict = await this.#verify(event, this.#keyRing.known)
    return verdict.valid ? valid : verdict.kind === 'wrong' ? invalid(verdict) : this.#verifyWithMoreKeys(event, signal)
  }

  /** Whether an event can be checked without asking anybody for keys. */
  areKeysKnown(event: RoomEvent): boolean {
    return keyRequests(event).every(({ server, keyId, at }) => answersRequest(this.#keyRing.known(server, keyId), at))
  }

  /** Asks for the keys of some events; how that ended shows when they are verified. */
  async fetchKeys(events: readonly RoomEvent[], signal?: AbortSignal): Promise<void> {
    await this.#keyRing.keysFor(events.flatMap(keyRequests), signal)
  }

  async #verifyWithMoreKeys(event: RoomEvent, signal: AbortSignal | undefined): Promise<EventSignatures> {
    const answers = await this.#keyRing.keysFor(keyRequests(event), signal)
    signal?.throwIfAborted()
    const verdict = await this.#verify(event, answers.keys)
    if (verdict.valid) return valid
    const server = verdict.server as ServerName
    const late = verdict.kind === 'missing' ? lateKey(event, server, answers) : undefined
    if (late === undefined) return invalid(verdict)
    return { kind: 'waiting', server, reason: `key ${late} of ${server} cannot be had yet` }
  }

  async #verify(event: RoomEvent, keys: VerifyKeys): Promise<SignatureVerdict> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#queue.add(resolve))
    try {
      return await verifyEventAsync(event, keys, this.#crypto)
    } finally {
      const [next] = this.#queue
      if (next === undefined) this.#free++
      else {
        this.#queue.delete(next)
        next()
      }
    }
  }
}

function invalid({ server, reason }: SignatureVerdict & { readonly valid: false }): EventSignatures {
  return { kind: 'invalid', server, reason }
}

/** The keys that an event's signatures name, of the servers whose signatures it needs. */
function keyRequests(event: RoomEvent): KeyRequest[] {
  const requests: KeyRequest[] = []
  for (const server of requiredSigners(event))
    for (const keyId of keyIds(event, server)) requests.push({ server, keyId, at: event.originServerTs })
  return requests
}

/**
 * The keys by which a server has signed an event: the first few by code point, the same on every server whatever order the
 * event was written in.
 */
function keyIds(event: RoomEvent, server: ServerName): string[] {
  const signatures = event.json['signatures']
  const ofServer = isJsonObject(signatures) ? signatures[server] : undefined
  if (!isJsonObject(ofServer)) return []
  return Object.keys(ofServer)
    .filter(keyId => isKeyId(keyId) && algorithmOf(keyId) === signingAlgorithm)
    .sort(codePointCompare)
    .slice(0, maxKeysOfServer)
}

/** A key of a server that signed the event and may still turn up. */
function lateKey(event: RoomEvent, server: ServerName, answers: KeyAnswers): string | undefined {
  return keyIds(event, server).find(keyId => answers.mayTurnUp(server, keyId))
}
