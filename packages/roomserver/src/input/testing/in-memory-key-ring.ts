/**
 * Keys that are given to it; those of some servers can be late or out of reach. For tests, the simulator and replays.
 */
import type { ServerName, VerifyKey, VerifyKeys } from '@neurite/protocol'
import type { Timers } from '../../runtime/index.ts'
import { answersRequest, type KeyAnswers, type KeyRequest, type KeyRing } from '../key-ring.ts'

export class InMemoryKeyRing implements KeyRing {
  readonly #keys = new Map<string, VerifyKey>()
  readonly #outOfReach = new Set<ServerName>()
  readonly #late = new Map<ServerName, number>()
  readonly #timers: Timers | undefined
  /** How often it was asked, and for what. */
  readonly asked: (readonly KeyRequest[])[] = []

  /** @param timers where keys are to be late */
  constructor(timers?: Timers) {
    this.#timers = timers
  }

  /** A key that was always valid. */
  add(server: string, keyId: string, publicKey: Uint8Array): void {
    this.addKey(server, keyId, { publicKey, validUntil: forever, fetchedAt: forever })
  }

  addKey(server: string, keyId: string, key: VerifyKey): void {
    this.#keys.set(`${server} ${keyId}`, key)
  }

  /** From now on the server cannot be asked for its keys, and nobody else knows them; or it can again. */
  setOutOfReach(server: ServerName, outOfReach: boolean): void {
    if (outOfReach) this.#outOfReach.add(server)
    else this.#outOfReach.delete(server)
  }

  /** From now on its keys are not known without asking, and come after so many milliseconds. */
  setLate(server: ServerName, milliseconds: number): void {
    this.#late.set(server, milliseconds)
  }

  readonly known: VerifyKeys = (server, keyId) =>
    this.#outOfReach.has(server) || this.#late.has(server) ? undefined : this.#keys.get(`${server} ${keyId}`)

  async keysFor(requests: readonly KeyRequest[], signal?: AbortSignal): Promise<KeyAnswers> {
    signal?.throwIfAborted()
    this.asked.push(requests)
    const wait = Math.max(0, ...requests.map(({ server }) => this.#late.get(server) ?? 0))
    if (wait > 0) await this.#timers?.sleep(wait, signal)
    const found = new Map<string, VerifyKey>()
    const unsettled = new Set<string>()
    for (const { server, keyId, at } of requests) {
      const name = `${server} ${keyId}`
      const key = this.#outOfReach.has(server) ? undefined : this.#keys.get(name)
      if (key !== undefined) found.set(name, key)
      if (this.#outOfReach.has(server) && !answersRequest(key, at)) unsettled.add(name)
    }
    return {
      keys: (server, keyId) => found.get(`${server} ${keyId}`),
      mayTurnUp: (server, keyId) => unsettled.has(`${server} ${keyId}`),
    }
  }
}

const forever = Number.MAX_SAFE_INTEGER
