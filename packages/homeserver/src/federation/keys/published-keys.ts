/**
 * What a server publishes of its keys: read, checked and written. Server-server API, "Publishing Keys"; its `valid_until_ts` and
 * `old_verify_keys`: room version 5, "Signing key validity period".
 */
import {
  algorithmOf,
  type Crypto,
  decodeBase64,
  isJsonObject,
  isKeyId,
  isServerName,
  type JsonObject,
  type JsonValue,
  type ServerName,
  signedJsonText,
  signingAlgorithm,
  verifyJson,
} from '@neurite/protocol'

/** Keys of one server that are looked at: it has one, and some old ones. */
const maxKeys = 100
const publicKeyBytes = 32

/** A key that a server uses, or has used until then. */
export interface PublishedKey {
  readonly publicKey: Uint8Array
  /** When it stopped using it, in milliseconds since 1970; undefined for a key in use. */
  readonly expiredAt: number | undefined
}

export interface PublishedKeys {
  readonly server: ServerName
  /** Milliseconds since 1970. */
  readonly validUntil: number
  readonly keys: ReadonlyMap<string, PublishedKey>
  /** As it was published. */
  readonly json: JsonObject
}

/** The answer is no list of keys, or not signed by its own server. */
export class KeyAnswerError extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'KeyAnswerError'
  }
}

/**
 * Reads what a server publishes. It must be signed by one of the keys that it says are in use, and every signature by one of them must
 * fit. Keys of other algorithms and malformed ones are passed over.
 * @throws {KeyAnswerError}
 */
export function readPublishedKeys(json: JsonObject, crypto: Crypto): PublishedKeys {
  const { server_name: server, valid_until_ts: validUntil } = json
  if (!isServerName(server)) throw new KeyAnswerError('server_name is no server name')
  const until = timestampOf(validUntil)
  if (until === undefined) throw new KeyAnswerError('valid_until_ts is no time')
  const inUse = keysIn(json['verify_keys'])
  checkSignatures(json, server, inUse, crypto)
  const keys = new Map<string, PublishedKey>()
  for (const [keyId, { publicKey, entry }] of keysIn(json['old_verify_keys'] ?? {})) {
    const expiredAt = timestampOf(entry['expired_ts'])
    if (expiredAt !== undefined) keys.set(keyId, { publicKey, expiredAt })
  }
  for (const [keyId, { publicKey }] of inUse) keys.set(keyId, { publicKey, expiredAt: undefined })
  return { server, validUntil: until, keys, json }
}

interface Entry {
  readonly publicKey: Uint8Array
  readonly entry: JsonObject
}

function keysIn(entries: JsonValue | undefined): Map<string, Entry> {
  if (!isJsonObject(entries)) throw new KeyAnswerError('its keys are no object')
  const found = Object.entries(entries)
  if (found.length > maxKeys) throw new KeyAnswerError(`more than ${maxKeys} keys`)
  const keys = new Map<string, Entry>()
  for (const [keyId, entry] of found) {
    if (!isKeyId(keyId) || algorithmOf(keyId) !== signingAlgorithm || !isJsonObject(entry)) continue
    const { key } = entry
    const publicKey = typeof key === 'string' ? decodeBase64(key, 'standard') : undefined
    if (publicKey?.length === publicKeyBytes) keys.set(keyId, { publicKey, entry })
  }
  return keys
}

function checkSignatures(json: JsonObject, server: ServerName, inUse: Map<string, Entry>, crypto: Crypto): void {
  const signatures = isJsonObject(json['signatures']) ? json['signatures'][server] : undefined
  const byKeys = [...inUse].filter(([keyId]) => isJsonObject(signatures) && signatures[keyId] !== undefined)
  if (byKeys.length === 0) throw new KeyAnswerError(`it is not signed by ${server}`)
  const text = signedJsonText(json)
  for (const [keyId, { publicKey }] of byKeys)
    if (!verifyJson(json, text, server, keyId, publicKey, crypto))
      throw new KeyAnswerError(`its signature by ${keyId} of ${server} does not fit`)
}

/** Times beyond what numbers hold exactly are as good as never. */
function timestampOf(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'bigint') return value > 0n ? Number.MAX_SAFE_INTEGER : undefined
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
