/**
 * The keys that signatures are checked with: our own, those known, and those that have to be asked for. Server-server API, "Retrieving
 * server keys".
 */
import type { ServerName, VerifyKey, VerifyKeys } from '@neurite/protocol'
import { answersRequest, type KeyAnswers, type KeyRequest, type KeyRing } from '@neurite/roomserver'
import { DeadlineExceeded, type Runtime, withDeadline } from '@neurite/roomserver/runtime'
import type { KeyFetches } from './key-fetches.ts'
import type { KnownKeys } from './known-keys.ts'
import type { OwnKeys } from './own-keys.ts'

export interface FederationKeyRingParts {
  readonly serverName: ServerName
  readonly ownKeys: Pick<OwnKeys, 'verifyKey'>
  readonly known: KnownKeys
  readonly fetches: KeyFetches
  readonly runtime: Runtime
}

/**
 * How long one look-up takes at most: a server and then a notary that both use up their time. What comes later is known to the next.
 * Milliseconds.
 */
const lookUpTimeout = 30_000

export class FederationKeyRing implements KeyRing {
  readonly #parts: FederationKeyRingParts

  constructor(parts: FederationKeyRingParts) {
    this.#parts = parts
  }

  readonly known: VerifyKeys = (server, keyId) => this.#known(server, keyId)

  async keysFor(requests: readonly KeyRequest[], signal?: AbortSignal): Promise<KeyAnswers> {
    signal?.throwIfAborted()
    const wanted = this.#unanswered(requests)
    const answered = new Set<ServerName>()
    const fetching = [...wanted].map(async ([server, keys]) => {
      if (await this.#parts.fetches.fetch(server, keys)) answered.add(server)
    })
    if (fetching.length > 0) await this.#within(Promise.all(fetching), signal)
    return {
      keys: this.known,
      mayTurnUp: (server, keyId) => {
        const at = wanted.get(server)?.get(keyId)
        return at !== undefined && !answered.has(server) && !answersRequest(this.#known(server, keyId), at)
      },
    }
  }

  /** A server has sent us something, so it is up: its keys may be asked for again, even if it did not answer lately. */
  heardFrom(server: ServerName): void {
    this.#parts.fetches.heardFrom(server)
  }

  #known(server: ServerName, keyId: string): VerifyKey | undefined {
    const { serverName, ownKeys, known } = this.#parts
    return server === serverName ? ownKeys.verifyKey(keyId) : known.get(server, keyId)
  }

  /** What has to be asked for, by server: each key with the latest moment at which it must have been valid. Nobody is asked for ours. */
  #unanswered(requests: readonly KeyRequest[]): Map<ServerName, Map<string, number>> {
    const wanted = new Map<ServerName, Map<string, number>>()
    for (const { server, keyId, at } of requests) {
      if (server === this.#parts.serverName || answersRequest(this.#known(server, keyId), at)) continue
      const ofServer = wanted.get(server) ?? new Map<string, number>()
      ofServer.set(keyId, Math.max(Number(at), ofServer.get(keyId) ?? 0))
      wanted.set(server, ofServer)
    }
    return wanted
  }

  /** What is not there in time goes on for others, and may turn up. */
  async #within(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
    try {
      await withDeadline(this.#parts.runtime.timers, lookUpTimeout, () => work, signal)
    } catch (error) {
      if (!(error instanceof DeadlineExceeded)) throw error
    }
  }
}
