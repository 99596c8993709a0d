/** Keys of all servers as they are known here: the latest in memory, all others in the database. */
import type { ServerName } from '@neurite/protocol'
import type { KeysById, StoredKey, StoredKeyAnswer } from '../../storage/server-keys.ts'
import { newerKey } from './newer-key.ts'

/** Where keys are kept: `ServerKeyTable`, or a map in tests. */
export interface KeyStore {
  key(server: ServerName, keyId: string): StoredKey | undefined
  answer(server: ServerName): StoredKeyAnswer | undefined
  save(server: ServerName, keys: KeysById, answer?: StoredKeyAnswer): Promise<void>
}

/** Keys held in memory: of as many servers as the largest rooms have. The one longest unused goes first. */
const maxInMemory = 50_000

export class KnownKeys {
  readonly #store: KeyStore
  readonly #onError: (error: unknown) => void
  /** In the order last used, oldest first. What is not yet on disk is here. */
  readonly #inMemory = new Map<string, StoredKey>()

  constructor(store: KeyStore, onError: (error: unknown) => void) {
    this.#store = store
    this.#onError = onError
  }

  get(server: ServerName, keyId: string): StoredKey | undefined {
    const name = `${server} ${keyId}`
    const key = this.#inMemory.get(name) ?? this.#store.key(server, keyId)
    if (key !== undefined) this.#keep(name, key)
    return key
  }

  /** What the server itself last published. */
  answer(server: ServerName): StoredKeyAnswer | undefined {
    return this.#store.answer(server)
  }

  /**
   * Takes in keys of a server, as far as they say something new. They count at once.
   * @returns resolves when they are on disk, or cannot be put there
   */
  async take(server: ServerName, keys: KeysById, answer?: StoredKeyAnswer): Promise<void> {
    const changed = new Map<string, StoredKey>()
    for (const [keyId, key] of keys) {
      const before = this.get(server, keyId)
      const after = newerKey(before, key)
      if (after === before) continue
      changed.set(keyId, after)
      this.#keep(`${server} ${keyId}`, after)
    }
    if (changed.size === 0 && answer === undefined) return
    try {
      await this.#store.save(server, changed, answer)
    } catch (error) {
      // They are known until the next start, and can be asked for again then.
      this.#onError(error)
    }
  }

  #keep(name: string, key: StoredKey): void {
    this.#inMemory.delete(name)
    this.#inMemory.set(name, key)
    const oldest = this.#inMemory.keys().next()
    if (this.#inMemory.size > maxInMemory && oldest.done !== true) this.#inMemory.delete(oldest.value)
  }
}
