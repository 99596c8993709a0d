/**
 * Checking signatures of JSON and events. Appendices, "Checking for a signature"; server-server API, "Validating hashes
 * and signatures on received events"; room version 5, "Signing key validity period".
 */
import { isJsonObject, type JsonObject } from '../canonical-json/index.ts'
import type { Crypto } from '../crypto/index.ts'
import { decodeBase64, isUserId, type ServerName, serverNameInEventId, serverNameOf } from '../identifiers/index.ts'
import type { SignatureRules } from '../room-version/index.ts'
import type { RoomEvent } from './room-event.ts'

/** A server's key as a key server published it. */
export interface VerifyKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** `valid_until_ts`: milliseconds since 1970. */
  readonly validUntil: number
  /** When it was fetched: a key counts for at most {@link maxKeyValidity} beyond that. */
  readonly fetchedAt: number
  /** `expired_ts` of a key in `old_verify_keys`: it signed nothing after this. */
  readonly expiredAt?: number
}

/** The known keys of servers. Undefined: the key is unknown, its signatures are skipped. */
export type VerifyKeys = (server: ServerName, keyId: string) => VerifyKey | undefined

/** A published key is believed for at most seven days (room version 5). Milliseconds. */
export const maxKeyValidity = 7 * 24 * 60 * 60 * 1000

/** Why a signature check failed, or that it did not. */
export type SignatureVerdict =
  | { readonly valid: true }
  | {
      readonly valid: false
      readonly server: string
      /** `missing`: no signature by a key that is known and was valid. `wrong`: a signature by such a key does not fit. */
      readonly kind: 'missing' | 'wrong'
      readonly reason: string
    }

const valid: SignatureVerdict = Object.freeze({ valid: true })

/**
 * The servers that must have signed an event: the sender's, but for invites by third party; the one in the event ID
 * (room versions 1 and 2); the one of a restricted join's authoriser (8 and later).
 */
export function requiredSigners(event: RoomEvent): ReadonlySet<ServerName> {
  const signers = new Set<ServerName>()
  const { rules } = event
  if (!isThirdPartyInvite(event)) signers.add(serverNameOf(event.sender))
  const eventIdServer = rules.signatures.eventIdServerSigns ? serverNameInEventId(event.eventId) : undefined
  if (eventIdServer !== undefined) signers.add(eventIdServer)
  if (rules.auth.restrictedJoins && event.type === 'm.room.member') {
    const authoriser = event.content['join_authorised_via_users_server']
    if (typeof authoriser === 'string' && isUserId(authoriser)) signers.add(serverNameOf(authoriser))
  }
  return signers
}

/** Whether the event is an invite that claims a third-party invite: another server than the sender's may send it. */
function isThirdPartyInvite(event: RoomEvent): boolean {
  return (
    event.type === 'm.room.member' &&
    event.content['membership'] === 'invite' &&
    event.content['third_party_invite'] !== undefined
  )
}

/** Whether a key counts for something signed at `at` (milliseconds since 1970), by the rules of a room version. */
export function keyCounts(key: VerifyKey, at: number | bigint, rules: SignatureRules): boolean {
  if (key.expiredAt !== undefined) return key.expiredAt >= at
  if (!rules.keyValidity) return true
  return Math.min(key.validUntil, key.fetchedAt + maxKeyValidity) >= at
}

/** One signature to check. */
interface Candidate {
  readonly server: ServerName
  readonly keyId: string
  readonly publicKey: Uint8Array
  readonly signature: Uint8Array
}

/** The signatures of the required servers by keys that count; or the server that has none. */
function candidates(event: RoomEvent, keys: VerifyKeys): readonly Candidate[] | SignatureVerdict {
  const found: Candidate[] = []
  const signatures = event.json['signatures'] as JsonObject
  for (const server of requiredSigners(event)) {
    const before = found.length
    const ofServer = signatures[server]
    if (isJsonObject(ofServer))
      for (const keyId in ofServer) {
        const key = keys(server, keyId)
        if (key === undefined || !keyCounts(key, event.originServerTs, event.rules.signatures)) continue
        const signature = decodeBase64(String(ofServer[keyId]), 'standard')
        found.push({ server, keyId, publicKey: key.publicKey, signature: signature ?? new Uint8Array() })
      }
    if (found.length === before)
      return { valid: false, server, kind: 'missing', reason: `no signature by a known and valid key of ${server}` }
  }
  return found
}

function wrong({ server, keyId }: Candidate): SignatureVerdict {
  return { valid: false, server, kind: 'wrong', reason: `the signature by ${keyId} of ${server} does not fit` }
}

/**
 * Checks the signatures that an event needs: each required server has at least one by a key that counts, and all of
 * them by such keys fit. Signatures of other servers and by unknown keys are skipped.
 */
export function verifyEvent(event: RoomEvent, keys: VerifyKeys, crypto: Crypto): SignatureVerdict {
  const found = candidates(event, keys)
  if ('valid' in found) return found
  for (const candidate of found)
    if (!crypto.verify(candidate.publicKey, event.signedText, candidate.signature)) return wrong(candidate)
  return valid
}

/** {@link verifyEvent} off the calling thread. */
export async function verifyEventAsync(event: RoomEvent, keys: VerifyKeys, crypto: Crypto): Promise<SignatureVerdict> {
  const found = candidates(event, keys)
  if ('valid' in found) return found
  const results = await Promise.all(
    found.map(candidate => crypto.verifyAsync(candidate.publicKey, event.signedText, candidate.signature)),
  )
  const failed = found.find((_, index) => results[index] !== true)
  return failed === undefined ? valid : wrong(failed)
}

/** Checks one server's signature by one key under plain JSON, as on requests and key answers. */
export function verifyJson(
  object: JsonObject,
  text: string,
  server: ServerName,
  keyId: string,
  publicKey: Uint8Array,
  crypto: Crypto,
): boolean {
  const { signatures } = object
  const ofServer = isJsonObject(signatures) ? signatures[server] : undefined
  const encoded = isJsonObject(ofServer) ? ofServer[keyId] : undefined
  const signature = typeof encoded === 'string' ? decodeBase64(encoded, 'standard') : undefined
  return signature !== undefined && crypto.verify(publicKey, text, signature)
}
