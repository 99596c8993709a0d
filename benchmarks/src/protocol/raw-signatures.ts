/**
 * Signatures as Node's own cryptography takes them, past this project's code: for what it is measured against.
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { isJsonObject, type JsonObject, type ServerName } from '@neurite/protocol'

/** DER header of an Ed25519 public key (SubjectPublicKeyInfo), RFC 8410. */
const header = Buffer.from('302a300506032b6570032100', 'hex')

const known = new Map<string, KeyObject>()

/** The key object of 32 bytes; the same one each time. */
export function publicKeyObject(bytes: Uint8Array): KeyObject {
  const name = Buffer.from(bytes).toString('hex')
  const key = known.get(name) ?? createPublicKey({ key: Buffer.concat([header, bytes]), format: 'der', type: 'spki' })
  known.set(name, key)
  return key
}

/** The one signature that an event has. */
export function signatureOf({ signatures }: JsonObject): {
  readonly server: ServerName
  readonly keyId: string
  readonly signature: Uint8Array
} {
  for (const [server, ofServer] of Object.entries(isJsonObject(signatures) ? signatures : {}))
    for (const [keyId, signature] of Object.entries(isJsonObject(ofServer) ? ofServer : {}))
      return { server: server as ServerName, keyId, signature: Buffer.from(String(signature), 'base64') }
  throw new Error('the event has no signature')
}
