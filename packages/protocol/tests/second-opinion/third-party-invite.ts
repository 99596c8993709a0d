// The rules for an invite that claims a third-party invite, and the check of its signature.
// Follows: rooms/, "If content has a third_party_invite property"; appendices, "Signing JSON", "Unpadded Base64".

import type { Json, JsonObject, PlainContext, PlainEvent, PlainVerdict, StateMap } from './types.ts'
import { allow, deny, get, has, isObject, membershipOf, thirdPartyInviteKey } from './types.ts'

export function checkThirdPartyInvite(
  event: PlainEvent,
  target: string,
  state: StateMap,
  context: PlainContext,
  rule: string,
): PlainVerdict {
  // .1: the target is banned.
  if (membershipOf(state, target) === 'ban') return deny(`${rule}.1`, `${target} is banned`)
  // .2: no `signed`.
  const claim = get(event.content, 'third_party_invite')
  const signed = isObject(claim) ? get(claim, 'signed') : undefined
  if (!isObject(signed)) return deny(`${rule}.2`, 'nothing is signed')
  // .3: no `mxid` or no `token`.
  if (!has(signed, 'mxid') || !has(signed, 'token')) return deny(`${rule}.3`, 'no mxid or no token')
  // .4: for somebody else.
  if (get(signed, 'mxid') !== target) return deny(`${rule}.4`, `the mxid is not ${target}`)
  // .5: no such invite in the state.
  const token = get(signed, 'token')
  const invite = typeof token === 'string' ? state.get(thirdPartyInviteKey(token)) : undefined
  if (invite === undefined) return deny(`${rule}.5`, 'there is no such third-party invite')
  // .6: of another sender.
  if (invite.sender !== event.sender) return deny(`${rule}.6`, `the third-party invite is by ${invite.sender}`)
  // .7, .8: any signature by any of the keys.
  if (isSignedByAny(signed, publicKeysOf(invite), context)) return allow
  return deny(`${rule}.8`, 'no signature fits a key of the third-party invite')
}

/** `public_key`, and `public_key` of each of `public_keys`. */
function publicKeysOf(invite: PlainEvent): Uint8Array[] {
  const list = get(invite.content, 'public_keys')
  const entries = Array.isArray(list) ? list.filter(entry => isObject(entry)) : []
  const texts = [get(invite.content, 'public_key'), ...entries.map(entry => get(entry, 'public_key'))]
  return texts.map(text => decodeBase64(text)).filter(key => key !== undefined && key.length === 32) as Uint8Array[]
}

function isSignedByAny(signed: JsonObject, keys: readonly Uint8Array[], context: PlainContext): boolean {
  const signatures = get(signed, 'signatures')
  if (!isObject(signatures)) return false
  const { signatures: _signatures, unsigned: _unsigned, ...rest } = signed
  const message = new TextEncoder().encode(context.canonical(rest))
  for (const server of Object.keys(signatures)) {
    const byKeyId = get(signatures, server)
    if (!isObject(byKeyId)) continue
    for (const keyId of Object.keys(byKeyId)) {
      const signature = decodeBase64(get(byKeyId, keyId))
      if (!keyId.startsWith('ed25519:') || signature?.length !== 64) continue
      if (keys.some(key => context.verify(key, message, signature))) return true
    }
  }
  return false
}

/** Base64 by either alphabet, with or without padding; undefined for anything else. */
function decodeBase64(text: Json | undefined): Uint8Array | undefined {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return undefined
  return new Uint8Array(Buffer.from(text.replaceAll('-', '+').replaceAll('_', '/'), 'base64'))
}
