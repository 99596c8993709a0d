/**
 * This server as a notary: keys of other servers, signed by ours too. Server-server API, "Querying Keys Through Another Server".
 */
import {
  type Crypto,
  isJsonObject,
  isServerName,
  type JsonObject,
  parseJson,
  type ServerName,
  signJson,
} from '@neurite/protocol'
import { DeadlineExceeded, type Runtime, withDeadline } from '@neurite/roomserver/runtime'
import type { StoredKeyAnswer } from '../../storage/server-keys.ts'
import type { KeyFetches } from './key-fetches.ts'
import type { KnownKeys } from './known-keys.ts'
import type { OwnKeys } from './own-keys.ts'

/** Key IDs, and until when each should be valid (milliseconds since 1970; undefined: now). None stand for all keys of a server, an empty one for any. */
export type NotaryQuery = ReadonlyMap<string, ReadonlyMap<string, number | undefined>>

export interface NotaryParts {
  readonly serverName: ServerName
  readonly ownKeys: Pick<OwnKeys, 'published' | 'signer'>
  readonly known: KnownKeys
  readonly fetches: KeyFetches
  readonly runtime: Runtime
  readonly crypto: Crypto
}

/** Servers that one question has us ask. Anyone may put it: of further ones it tells what is known. */
const maxAsked = 100
/** How long the one who asks waits for them. Milliseconds. */
const askTimeout = 15_000

export class Notary {
  readonly #parts: NotaryParts

  constructor(parts: NotaryParts) {
    this.#parts = parts
  }

  /**
   * The answer to `POST /_matrix/key/v2/query`, and for one server to `GET /_matrix/key/v2/query/{serverName}`. Servers that cannot be
   * reached and are not known are left out.
   */
  async answer(query: NotaryQuery): Promise<JsonObject> {
    const { serverName, ownKeys, crypto } = this.#parts
    const servers = [...query.keys()].filter(isServerName)
    await this.#refresh(servers.filter(server => !this.#isGoodFor(server, query.get(server)!)).slice(0, maxAsked))
    const answers = servers.flatMap(server => {
      if (server === serverName) return [ownKeys.published()]
      const stored = this.#stored(server)
      return stored === undefined ? [] : [signJson(stored.json, ownKeys.signer(), crypto)]
    })
    return { server_keys: answers }
  }

  async #refresh(servers: readonly ServerName[]): Promise<void> {
    if (servers.length === 0) return
    const { fetches, runtime } = this.#parts
    // No keys are wanted in particular, so no other notary is asked: we vouch for what we have seen ourselves.
    const fetching = Promise.all(servers.map(server => fetches.fetch(server, new Map())))
    try {
      await withDeadline(runtime.timers, askTimeout, () => fetching)
    } catch (error) {
      if (!(error instanceof DeadlineExceeded)) throw error
    }
  }

  /** Whether what is known will do: it has the keys, is valid for long enough, and not past half of its life. */
  #isGoodFor(server: ServerName, wanted: ReadonlyMap<string, number | undefined>): boolean {
    if (server === this.#parts.serverName) return true
    const stored = this.#stored(server)
    if (stored === undefined) return false
    const now = this.#parts.runtime.clock.now()
    const { json, fetchedAt, validUntil } = stored
    if (now > fetchedAt + (validUntil - fetchedAt) / 2) return false
    const latest = Math.max(now, ...[...wanted.values()].map(at => at ?? now))
    const keys = [json['verify_keys'], json['old_verify_keys']].filter(isJsonObject).flatMap(Object.keys)
    return validUntil >= latest && [...wanted.keys()].every(keyId => keyId === '' || keys.includes(keyId))
  }

  #stored(server: ServerName): (Omit<StoredKeyAnswer, 'answer'> & { readonly json: JsonObject }) | undefined {
    const stored = this.#parts.known.answer(server)
    if (stored === undefined) return undefined
    const json = parseJson(stored.answer, { mode: 'lenient' })
    return isJsonObject(json) ? { ...stored, json } : undefined
  }
}
