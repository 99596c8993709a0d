/**
 * Real events for tests of reading and verifying: of the right form for their room version, hashed and signed.
 */
import {
  hashAndSignEvent,
  type JsonObject,
  type JsonValue,
  type KeyId,
  nodeCrypto,
  type RoomVersionRules,
  type ServerName,
  type Signer,
  type VerifyKey,
  type VerifyKeys,
} from '@neurite/protocol'

/** The key of a server, made of its name. */
export function signerOf(server: string, keyId = 'ed25519:1'): Signer {
  const seed = nodeCrypto.sha256(`${server} ${keyId}`)
  return { server: server as ServerName, keyId: keyId as KeyId, seed }
}

export function publicKeyOf(server: string, keyId = 'ed25519:1'): Uint8Array {
  return nodeCrypto.publicKeyOf(signerOf(server, keyId).seed)
}

/** A message by @ann:a, with nothing hashed or signed yet. `undefined` takes a key away. */
export function unsignedPdu({ format }: RoomVersionRules, changes: Readonly<Record<string, unknown>> = {}): JsonObject {
  const id = '$before:a'
  return {
    ...(format.eventId === 'field' ? { event_id: '$this:a' } : {}),
    ...{ type: 'm.room.message', sender: '@ann:a', room_id: '!room:a', content: { body: 'hello' } },
    ...{ depth: 3, origin_server_ts: 1_000_000 },
    prev_events: [format.references === 'pairs' ? [id, { sha256: 'abc' }] : id],
    auth_events: [],
    ...(changes as Record<string, JsonValue>),
  }
}

/** The same, hashed and signed by its server. */
export function signedPdu(rules: RoomVersionRules, changes: Readonly<Record<string, unknown>> = {}): JsonObject {
  return hashAndSignEvent(unsignedPdu(rules, changes), signerOf('a'), rules, nodeCrypto)
}

/** Keys that were published at 0 and are valid for a day, but for what a test says of some: `a ed25519:1`. */
export function keysOf(changes: Readonly<Record<string, Partial<VerifyKey> | 'unknown'>> = {}): VerifyKeys {
  return (server, keyId) => {
    const change = changes[`${server} ${keyId}`] ?? {}
    if (change === 'unknown') return undefined
    return { publicKey: publicKeyOf(server, keyId), validUntil: 86_400_000, fetchedAt: 0, ...change }
  }
}
