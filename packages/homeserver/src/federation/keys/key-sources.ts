/**
 * Asking for keys: the server itself, and notaries that the operator trusts for servers that do not answer. Server-server API,
 * "Retrieving server keys". Whoever does not answer is left alone for a time that doubles.
 */
import {
  type Crypto,
  canonicalJson,
  isJsonObject,
  type JsonObject,
  type ServerName,
  signedJsonText,
  verifyJson,
} from '@neurite/protocol'
import { answersRequest, RemoteServerError, type ServerSelection } from '@neurite/roomserver'
import type { Clock } from '@neurite/roomserver/runtime'
import { RequestRefused } from '../transport/index.ts'
import type { KnownKeys } from './known-keys.ts'
import { storedKeys } from './newer-key.ts'
import { KeyAnswerError, type PublishedKeys, readPublishedKeys } from './published-keys.ts'

/** The requests that are made for keys: those of `ServerInformationRequests`. */
export interface KeyRequests {
  serverKeys(server: ServerName, signal?: AbortSignal): Promise<JsonObject>
  queryKeys(notary: ServerName, wanted: WantedOfNotary, signal?: AbortSignal): Promise<readonly JsonObject[]>
}

export type WantedOfNotary = Readonly<
  Record<string, Readonly<Record<string, { readonly minimum_valid_until_ts: number }>>>
>

export interface KeySourcesParts {
  readonly requests: KeyRequests
  readonly known: KnownKeys
  readonly selection: Pick<ServerSelection, 'attempt' | 'order' | 'heardFrom'>
  readonly clock: Clock
  readonly crypto: Crypto
}

/** One server, answering for itself. A key is a small file. Milliseconds. */
const directTimeout = 10_000
/** A notary may have to ask others first. Milliseconds. */
const notaryTimeout = 20_000
/** Keys of a notary that are looked for: it signs with one, seldom two. */
const maxNotaryKeys = 10

export class KeySources {
  readonly #parts: KeySourcesParts

  constructor(parts: KeySourcesParts) {
    this.#parts = parts
  }

  /** Whether it may be asked now: it is not left alone after failures. */
  mayAsk(server: ServerName): boolean {
    return this.#parts.selection.order({ first: [server], others: [] }).length > 0
  }

  /** The server has sent us something: it is up. */
  heardFrom(server: ServerName): void {
    this.#parts.selection.heardFrom(server)
  }

  /** Asks a server for its own keys, and takes them in. @returns whether it answered */
  async askItself(server: ServerName): Promise<boolean> {
    const { requests, known, selection, clock, crypto } = this.#parts
    if (!this.mayAsk(server)) return false
    const published = await selection.attempt(server, directTimeout, async signal => {
      const json = await asFailures(server, requests.serverKeys(server, signal))
      const keys = await asFailures(server, async () => readPublishedKeys(json, crypto))
      if (keys.server === server) return keys
      throw new RemoteServerError(server, 'refused', `it publishes the keys of ${keys.server}`)
    })
    if (published === undefined) return false
    const now = clock.now()
    const { validUntil, json } = published
    const answer = { answer: canonicalJson(json), validUntil, fetchedAt: now }
    await known.take(server, storedKeys(published, true, now), answer)
    return true
  }

  /**
   * Asks a notary, and takes in what it has signed.
   * @param freshen fetches keys of the notary itself: of those that it signed with, some are not known
   * @returns whether it answered
   */
  async askNotary(
    notary: ServerName,
    wanted: WantedOfNotary,
    freshen: (keyIds: readonly string[]) => Promise<unknown>,
  ): Promise<boolean> {
    const { requests, known, selection, clock } = this.#parts
    if (!this.mayAsk(notary)) return false
    const answers = await selection.attempt(notary, notaryTimeout, signal =>
      asFailures(notary, requests.queryKeys(notary, wanted, signal)),
    )
    if (answers === undefined) return false
    const now = clock.now()
    const unknown = answers.flatMap(json => keyIdsOf(json, notary)).filter(keyId => !this.#isValid(notary, keyId, now))
    if (unknown.length > 0) await freshen([...new Set(unknown)].slice(0, maxNotaryKeys))
    for (const json of answers) {
      const published = this.#vouchedFor(json, notary, now)
      if (published === undefined || !Object.hasOwn(wanted, published.server)) continue
      await known.take(published.server, storedKeys(published, false, now))
    }
    return true
  }

  #isValid(server: ServerName, keyId: string, now: number): boolean {
    return answersRequest(this.#parts.known.get(server, keyId), now)
  }

  /** Keys that the notary has signed, and their own server too; undefined for what is not so. */
  #vouchedFor(json: JsonObject, notary: ServerName, now: number): PublishedKeys | undefined {
    const { known, crypto } = this.#parts
    const text = signedJsonText(json)
    const isSigned = keyIdsOf(json, notary).some(keyId => {
      if (!this.#isValid(notary, keyId, now)) return false
      const { publicKey } = known.get(notary, keyId)!
      return verifyJson(json, text, notary, keyId, publicKey, crypto)
    })
    if (!isSigned) return undefined
    try {
      return readPublishedKeys(json, crypto)
    } catch (error) {
      if (error instanceof KeyAnswerError) return undefined
      throw error
    }
  }
}

/** The keys by which a server has signed JSON. */
function keyIdsOf(json: JsonObject, server: ServerName): string[] {
  const signatures = isJsonObject(json['signatures']) ? json['signatures'][server] : undefined
  return isJsonObject(signatures) ? Object.keys(signatures) : []
}

/** A "no" where there must be keys, and keys that are none, are as good as no answer. */
async function asFailures<T>(server: ServerName, work: Promise<T> | (() => Promise<T>)): Promise<T> {
  try {
    return await (typeof work === 'function' ? work() : work)
  } catch (cause) {
    if (cause instanceof RequestRefused || cause instanceof KeyAnswerError)
      throw new RemoteServerError(server, 'refused', cause.message, { cause })
    throw cause
  }
}
