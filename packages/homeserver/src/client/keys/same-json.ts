/**
 * Comparing and checking signed JSON. Appendices, "Signing JSON".
 */
import {
  canonicalJson,
  decodeBase64,
  type JsonObject,
  type JsonValue,
  nodeCrypto,
  type ServerName,
  signedJsonText,
  type UserId,
  verifyJson,
} from '@neurite/protocol'
import type { KeyJson } from '../../storage/device-keys.ts'

/** Whether two values are the same, whatever the order of their keys. What has no canonical JSON is like nothing. */
export function isSameJson(a: unknown, b: unknown): boolean {
  const [textA, textB] = [textOf(() => canonicalJson(a as JsonValue)), textOf(() => canonicalJson(b as JsonValue))]
  return textA !== undefined && textA === textB
}

/** Whether two signed objects say the same, whoever has signed them. */
export function isSameSigned(a: KeyJson, b: KeyJson): boolean {
  const [textA, textB] = [signedText(a), signedText(b)]
  return textA !== undefined && textA === textB
}

/**
 * Whether a user's signature is on an object.
 * @param publicKey unpadded base64
 */
export function hasSignature(object: KeyJson, signer: UserId, keyId: string, publicKey: string): boolean {
  const text = signedText(object)
  const key = decodeBase64(publicKey, 'standard')
  if (text === undefined || key === undefined) return false
  // Signing JSON is the same for users as for servers.
  return verifyJson(object as JsonObject, text, signer as unknown as ServerName, keyId, key, nodeCrypto)
}

function signedText(object: KeyJson): string | undefined {
  return textOf(() => signedJsonText(object as JsonObject))
}

/** Numbers that canonical JSON does not have, and the like, come from clients. */
function textOf(write: () => string): string | undefined {
  try {
    return write()
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}
