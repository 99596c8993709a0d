/**
 * {@link Crypto} by Node's own `node:crypto`: the default. Key objects are kept, since making one costs as much as a
 * third of a verification.
 */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import type { Crypto } from './crypto.ts'

const signatureLength = 64
const keyLength = 32
/** Key objects kept at most. A busy server meets some thousands of servers; an object is about 1 kB. */
const maxKeptKeys = 10_000

/** DER headers of an Ed25519 public key (SubjectPublicKeyInfo) and private key (PKCS #8), RFC 8410. */
const publicKeyHeader = Buffer.from('302a300506032b6570032100', 'hex')
const privateKeyHeader = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The newest {@link maxKeptKeys} key objects by their bytes; the one longest unused goes first. */
class KeyObjects {
  readonly #kept = new Map<string, KeyObject>()
  readonly #make: (bytes: Uint8Array) => KeyObject

  constructor(make: (bytes: Uint8Array) => KeyObject) {
    this.#make = make
  }

  get(bytes: Uint8Array): KeyObject {
    const name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    let key = this.#kept.get(name)
    if (key === undefined) {
      key = this.#make(bytes)
      const oldest = this.#kept.keys().next()
      if (this.#kept.size >= maxKeptKeys && oldest.done !== true) this.#kept.delete(oldest.value)
    } else {
      this.#kept.delete(name)
    }
    this.#kept.set(name, key)
    return key
  }
}

const publicKeys = new KeyObjects(bytes =>
  createPublicKey({ key: Buffer.concat([publicKeyHeader, bytes]), format: 'der', type: 'spki' }),
)
const privateKeys = new KeyObjects(seed =>
  createPrivateKey({ key: Buffer.concat([privateKeyHeader, seed]), format: 'der', type: 'pkcs8' }),
)

/** The key object, or undefined where the bytes are no Ed25519 public key. */
function publicKeyObject(bytes: Uint8Array): KeyObject | undefined {
  if (bytes.length !== keyLength) return undefined
  try {
    return publicKeys.get(bytes)
  } catch {
    return undefined // Bytes that OpenSSL refuses verify nothing.
  }
}

/** Node's cryptography. */
export const nodeCrypto: Crypto = {
  sha256: data => hash('sha256', data, 'buffer'),
  sha1: data => hash('sha1', data, 'buffer'),

  verify(publicKey, message, signature) {
    const key = publicKeyObject(publicKey)
    if (key === undefined || signature.length !== signatureLength) return false
    return verify(null, Buffer.from(message), key, signature)
  },

  verifyAsync(publicKey, message, signature) {
    const key = publicKeyObject(publicKey)
    if (key === undefined || signature.length !== signatureLength) return Promise.resolve(false)
    return new Promise((resolve, reject) => {
      verify(null, Buffer.from(message), key, signature, (error, valid) => (error ? reject(error) : resolve(valid)))
    })
  },

  sign(seed, message) {
    if (seed.length !== keyLength) throw new RangeError(`an Ed25519 seed has 32 bytes, not ${seed.length}`)
    return sign(null, Buffer.from(message), privateKeys.get(seed))
  },

  publicKeyOf(seed) {
    if (seed.length !== keyLength) throw new RangeError(`an Ed25519 seed has 32 bytes, not ${seed.length}`)
    return createPublicKey(privateKeys.get(seed)).export({ format: 'der', type: 'spki' }).subarray(-keyLength)
  },
}
