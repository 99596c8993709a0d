/**
 * Signing key identifiers: an algorithm, a colon, a version: `ed25519:a1`.
 * Appendices, "Signing Details"; server-server API, "Publishing Keys".
 */
import type { Branded } from './branded.ts'
import { isOpaqueIdentifier } from './common-format.ts'

/** For example `ed25519:a_RXGa`. */
export type KeyId = Branded<'KeyId'>

/** The one algorithm of the specification. Keys of others are passed over, not refused. */
export const signingAlgorithm = 'ed25519'

const newVersion = /^[a-zA-Z0-9_]+$/

/**
 * Whether `value` names a signing key: something on both sides of the first colon, at most 255 bytes. Wider than the
 * grammar for new keys on purpose: an odd key ID in `signatures` is a key we do not know, which is no reason to refuse.
 */
export function isKeyId(value: unknown): value is KeyId {
  if (typeof value !== 'string' || !isOpaqueIdentifier(value, '')) return false
  const colon = value.indexOf(':')
  return colon > 0 && colon < value.length - 1
}

/** `value` as a key ID, or `undefined`. */
export function parseKeyId(value: unknown): KeyId | undefined {
  return isKeyId(value) ? value : undefined
}

/** The ID of a key of ours, or `undefined` when the version has characters other than `a-z A-Z 0-9 _`. */
export function newKeyId(version: string): KeyId | undefined {
  return newVersion.test(version) ? parseKeyId(`${signingAlgorithm}:${version}`) : undefined
}

/** What stands before the colon: `ed25519` for all keys that can be used today. */
export function algorithmOf(keyId: KeyId): string {
  return keyId.slice(0, keyId.indexOf(':'))
}
