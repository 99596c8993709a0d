/**
 * Signing JSON and events. Appendices, "Signing JSON"; server-server API, "Adding hashes and signatures to outgoing
 * events".
 */
import { canonicalJson, type JsonObject, type JsonValue } from '../canonical-json/index.ts'
import type { Crypto } from '../crypto/index.ts'
import { encodeBase64, type KeyId, type ServerName } from '../identifiers/index.ts'
import type { RoomVersionRules } from '../room-version/index.ts'
import { contentHash, signedText } from './hashes.ts'

/** Who signs, and with what. */
export interface Signer {
  readonly server: ServerName
  readonly keyId: KeyId
  /** The 32 bytes of the Ed25519 seed. */
  readonly seed: Uint8Array
}

/** The text that a signature of plain JSON covers: all but `signatures` and `unsigned`. */
export function signedJsonText(object: JsonObject): string {
  return canonicalJson({ ...object, unsigned: undefined, signatures: undefined })
}

/** @returns the object with the signer's signature added to those that it has. */
export function signJson(object: JsonObject, signer: Signer, crypto: Crypto): JsonObject {
  return withSignature(object, signer, crypto.sign(signer.seed, signedJsonText(object)))
}

/** @returns the event with its content hash set and the signer's signature added to those that it has. */
export function hashAndSignEvent(
  event: JsonObject,
  signer: Signer,
  rules: RoomVersionRules,
  crypto: Crypto,
): JsonObject {
  return hashAndSign(event, signer, rules, crypto).json
}

/** The same, and the text that the signature covers: the reference hash is made of it, too. */
export function hashAndSign(
  event: JsonObject,
  signer: Signer,
  rules: RoomVersionRules,
  crypto: Crypto,
): { readonly json: JsonObject; readonly signedText: string } {
  const hashed = copyOf(event)
  hashed['hashes'] = objectWith('sha256', contentHash(event, crypto))
  const signed = signedText(hashed, rules)
  return { json: withSignature(hashed, signer, crypto.sign(signer.seed, signed)), signedText: signed }
}

/** @returns an event that is hashed already with one more signature: of an invited user's server, an authoriser. */
export function addEventSignature(
  event: JsonObject,
  signer: Signer,
  rules: RoomVersionRules,
  crypto: Crypto,
): JsonObject {
  return withSignature(event, signer, crypto.sign(signer.seed, signedText(event, rules)))
}

/** Adds to the signatures that are there, of the same server too: none is overwritten but one by the same key. */
function withSignature(object: JsonObject, signer: Signer, signature: Uint8Array): JsonObject {
  const signatures = copyOf((object['signatures'] ?? {}) as JsonObject)
  const ofServer = copyOf((signatures[signer.server] ?? {}) as JsonObject)
  ofServer[signer.keyId] = encodeBase64(signature)
  signatures[signer.server] = ofServer
  const signed = copyOf(object)
  signed['signatures'] = signatures
  return signed
}

function copyOf(object: JsonObject): Record<string, JsonValue | undefined> {
  return Object.assign(Object.create(null), object)
}

function objectWith(key: string, value: JsonValue): JsonObject {
  const object = Object.create(null)
  object[key] = value
  return object
}
