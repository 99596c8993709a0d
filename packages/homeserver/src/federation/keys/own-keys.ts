/**
 * Our own keys: the one in use and those that were used before, in two files. Server-server API, "Publishing Keys".
 *
 * Of an old key only its public half is kept: whoever finds the files later cannot sign with it. The file of old keys has a line for
 * each: `ed25519 VERSION PUBLIC_KEY EXPIRED_TS`.
 */
import {
  type Crypto,
  canonicalJson,
  decodeBase64,
  encodeBase64,
  type JsonObject,
  type KeyId,
  newKeyId,
  type ServerName,
  type Signer,
  signJson,
  type VerifyKey,
} from '@neurite/protocol'
import type { Runtime } from '@neurite/roomserver/runtime'
import { readIfThere, replaceSecret } from '../../secrets/secret-file.ts'
import { newSigningKey, parseSigningKey, signingKey } from '../../secrets/signing-key.ts'
import { UnusableFile } from '../../unusable-file.ts'

/** How long what we publish may be believed: after that other servers ask again. Milliseconds. */
const validity = 24 * 3_600_000
/** How long an answer is given out again before it is signed anew: it must be good for another hour at least. Milliseconds. */
const answerLifetime = 3_600_000
/** Longer than any event is on its way. */
const forever = Number.MAX_SAFE_INTEGER

export interface OldKey {
  readonly keyId: KeyId
  readonly publicKey: Uint8Array
  /** Milliseconds since 1970. */
  readonly expiredAt: number
}

export interface OwnKeysParts {
  /** The file of the key in use; that of the old ones lies beside it. Made where it is not there. */
  readonly path: string
  readonly serverName: ServerName
  readonly runtime: Pick<Runtime, 'clock' | 'randomness'>
  readonly crypto: Crypto
}

export class OwnKeys {
  readonly #parts: OwnKeysParts
  #signer: Signer
  #old: readonly OldKey[]
  #answer: { readonly json: JsonObject; readonly madeAt: number } | undefined

  /** @throws {UnusableFile} where a file holds no keys; where it cannot be read */
  constructor(parts: OwnKeysParts) {
    const { path, serverName, runtime } = parts
    this.#parts = parts
    this.#signer = signingKey(path, serverName, runtime.randomness)
    // A rotation that was cut short has written the old key down and not replaced it: it is in use.
    this.#old = readOldKeys(oldKeysPath(path)).filter(({ keyId }) => keyId !== this.#signer.keyId)
  }

  /** The key in use. */
  readonly signer = (): Signer => this.#signer

  get old(): readonly OldKey[] {
    return this.#old
  }

  /** One of our keys, as events are checked with it: the key in use counts at all times. */
  verifyKey(keyId: string): VerifyKey | undefined {
    if (keyId === this.#signer.keyId)
      return { publicKey: this.#parts.crypto.publicKeyOf(this.#signer.seed), validUntil: forever, fetchedAt: forever }
    const old = this.#old.find(key => key.keyId === keyId)
    return (
      old && { publicKey: old.publicKey, validUntil: old.expiredAt, fetchedAt: old.expiredAt, expiredAt: old.expiredAt }
    )
  }

  /** The answer to `GET /_matrix/key/v2/server`. */
  published(): JsonObject {
    const { runtime, crypto, serverName } = this.#parts
    const now = runtime.clock.now()
    if (this.#answer !== undefined && now >= this.#answer.madeAt && now - this.#answer.madeAt < answerLifetime)
      return this.#answer.json
    const publicKey = crypto.publicKeyOf(this.#signer.seed)
    const old = this.#old.map(key => [key.keyId, { key: encodeBase64(key.publicKey), expired_ts: key.expiredAt }])
    const unsigned = {
      server_name: serverName,
      valid_until_ts: now + validity,
      verify_keys: { [this.#signer.keyId]: { key: encodeBase64(publicKey) } },
      old_verify_keys: Object.fromEntries(old) as JsonObject,
    }
    // In the order that was signed, for those who check the signature over the text that they got.
    const json = JSON.parse(canonicalJson(signJson(unsigned, this.#signer, crypto))) as JsonObject
    this.#answer = { json, madeAt: now }
    return json
  }

  /** Makes a new key and uses it from now on. Killed at any moment, the files hold one key in use and no key twice. */
  rotate(): void {
    const { path, serverName, runtime, crypto } = this.#parts
    const { keyId, seed } = this.#signer
    const old = [...this.#old, { keyId, publicKey: crypto.publicKeyOf(seed), expiredAt: runtime.clock.now() }]
    const text = newSigningKey(runtime.randomness)
    replaceSecret(oldKeysPath(path), old.map(lineOf).join(''))
    replaceSecret(path, text)
    this.#signer = parseSigningKey(text, serverName, path)
    this.#old = old
    this.#answer = undefined
  }
}

function oldKeysPath(path: string): string {
  return `${path}.old`
}

function lineOf({ keyId, publicKey, expiredAt }: OldKey): string {
  return `${keyId.replace(':', ' ')} ${encodeBase64(publicKey)} ${expiredAt}\n`
}

function readOldKeys(path: string): OldKey[] {
  const lines = (readIfThere(path) ?? '').split('\n').filter(line => line.trim() !== '')
  return lines.map((line, at) => {
    const [algorithm, version = '', encoded = '', expired = '', ...more] = line.trim().split(/\s+/)
    const keyId = newKeyId(version)
    const publicKey = decodeBase64(encoded, 'standard')
    const isWhole = algorithm === 'ed25519' && more.length === 0 && publicKey?.length === 32 && /^[0-9]+$/.test(expired)
    if (!isWhole || keyId === undefined)
      throw new UnusableFile(path, `has no old key in line ${at + 1}: "ed25519 VERSION PUBLIC_KEY EXPIRED_TS"`)
    return { keyId, publicKey, expiredAt: Number(expired) }
  })
}
