/**
 * An invite by which a third-party ID's owner claims an earlier `m.room.third_party_invite`. Room version 12, rules
 * 5.4.1.1 to 5.4.1.8; rule x.1 of "invite" in all versions.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../canonical-json/index.ts'
import type { Crypto } from '../../crypto/index.ts'
import { type RoomEvent, signedJsonText } from '../../event/index.ts'
import { decodeBase64, signingAlgorithm } from '../../identifiers/index.ts'
import type { AuthState } from '../auth-state.ts'
import { allow, deny, type Verdict } from '../verdict.ts'

export function authorizeThirdPartyInviteClaim(
  event: RoomEvent,
  claim: JsonValue,
  state: AuthState,
  crypto: Crypto,
): Verdict {
  const { stateKey: target = '' } = event

  // 5.4.1.1 The banned cannot be invited. (That they may be joined already is not asked.)
  const current = state.membership(target)
  if (current.value === 'ban') return deny('invite/third-party/banned', `${target} is banned`, current.event)

  // 5.4.1.2 The identity server's signed statement is there,
  const signed = isJsonObject(claim) ? claim['signed'] : undefined
  if (!isJsonObject(signed)) return deny('invite/third-party/signed', 'third_party_invite has no signed object')

  // 5.4.1.3 says who and for which invite,
  const { mxid, token } = signed
  if (typeof mxid !== 'string' || typeof token !== 'string')
    return deny('invite/third-party/properties', 'third_party_invite.signed has no mxid and token')

  // 5.4.1.4 is about the invited user,
  if (mxid !== target) return deny('invite/third-party/mxid', `third_party_invite is for ${mxid}, not for ${target}`)

  // 5.4.1.5 and about an invite that stands in the room
  const invite = state.thirdPartyInvite(token)
  if (invite === undefined)
    return deny('invite/third-party/token', 'no m.room.third_party_invite with the token stands in the room')

  // 5.4.1.6 by the same sender.
  if (invite.sender !== event.sender)
    return deny('invite/third-party/sender', `the third-party invite is by ${invite.sender}`, invite)

  // 5.4.1.7 One signature by one of that invite's keys is enough.
  if (hasSignatureByAny(signed, publicKeys(invite.content), crypto)) return allow('invite/third-party/signature')

  // 5.4.1.8 Otherwise, reject.
  return deny('invite/third-party/otherwise', 'no signature fits a public key of the third-party invite', invite)
}

/** Signatures and keys tried against each other at most: each try costs a verification. Real invites have one or two. */
const maxTries = 100

/** 5.4.1.7.1 and 5.4.1.7.2: `public_key`, and the `public_key` of each entry of `public_keys`. Both base64 alphabets occur. */
function publicKeys(content: JsonObject): Uint8Array[] {
  const encoded: (JsonValue | undefined)[] = [content['public_key']]
  const list = content['public_keys']
  if (Array.isArray(list)) for (const entry of list) if (isJsonObject(entry)) encoded.push(entry['public_key'])
  const keys: Uint8Array[] = []
  for (const key of encoded) {
    const bytes = typeof key === 'string' ? decodeBase64(key, 'either') : undefined
    if (bytes !== undefined) keys.push(bytes)
  }
  return keys
}

function hasSignatureByAny(signed: JsonObject, keys: readonly Uint8Array[], crypto: Crypto): boolean {
  const { signatures } = signed
  if (!isJsonObject(signatures)) return false
  const text = signedJsonText(signed)
  let tries = 0
  for (const server in signatures) {
    const ofServer = signatures[server]
    if (!isJsonObject(ofServer)) continue
    for (const keyId in ofServer) {
      // Signatures by algorithms that nobody knows are passed over (appendices, "Checking for a signature").
      if (!keyId.startsWith(`${signingAlgorithm}:`)) continue
      const encoded = ofServer[keyId]
      const signature = typeof encoded === 'string' ? decodeBase64(encoded, 'either') : undefined
      if (signature === undefined) continue
      for (const key of keys) {
        if (++tries > maxTries) return false
        if (crypto.verify(key, text, signature)) return true
      }
    }
  }
  return false
}
