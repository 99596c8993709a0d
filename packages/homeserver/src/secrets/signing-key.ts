/**
 * The server's signing key in a file of one line, as other homeservers have it: `ed25519 KEY_VERSION SEED`, the seed in unpadded
 * base64. Server-server API, "Publishing Keys".
 */
import { decodeBase64, encodeBase64, newKeyId, type ServerName, type Signer } from '@neurite/protocol'
import type { Randomness } from '@neurite/roomserver/runtime'
import { UnusableFile } from '../unusable-file.ts'
import { readOrMake } from './secret-file.ts'

const seedBytes = 32
/** Characters of a key's version: enough that a server never makes the same twice. */
const versionCharacters = 6
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Reads the key, which is made at the first start. @throws {UnusableFile} where the file is no key */
export function signingKey(path: string, server: ServerName, randomness: Randomness): Signer {
  return parseSigningKey(
    readOrMake(path, () => newSigningKey(randomness)),
    server,
    path,
  )
}

/** The text of a new key's file. */
export function newSigningKey(randomness: Randomness): string {
  const version = Array.from({ length: versionCharacters }, () => letters[randomness.nextInt(letters.length)]).join('')
  return `ed25519 a_${version} ${encodeBase64(randomness.bytes(seedBytes))}\n`
}

/** @param path named in errors. @throws {UnusableFile} */
export function parseSigningKey(text: string, server: ServerName, path: string): Signer {
  const [algorithm, version = '', encoded = '', ...more] = text.trim().split(/\s+/)
  const seed = decodeBase64(encoded, 'standard')
  const keyId = newKeyId(version)
  if (algorithm !== 'ed25519' || more.length > 0 || seed?.length !== seedBytes || keyId === undefined)
    throw new UnusableFile(path, 'is no signing key: one line "ed25519 VERSION SEED", the seed 32 bytes in base64')
  return { server, keyId, seed }
}
