/**
 * Third-party invites and their claims, signed by two identity servers with real keys, well or badly.
 */
import {
  encodeBase64,
  encodeBase64Url,
  type JsonObject,
  type JsonValue,
  type KeyId,
  nodeCrypto,
  type ServerName,
  signJson,
} from '@neurite/protocol'
import type { Draft, Scene } from './scene.ts'

const seeds = [1, 2].map(byte => new Uint8Array(32).fill(byte))
const publicKeys = seeds.map(seed => nodeCrypto.publicKeyOf(seed))
const tokens = ['token-a', 'token-b']

const signedStatements = new Map<string, JsonObject>()

/** What an identity server signs: who claims which invite. Key IDs that are not Ed25519's bear signatures that count not. */
function signed(mxid: string, token: string, key: number, keyId: string): JsonObject {
  const name = `${key} ${keyId} ${token} ${mxid}`
  let statement = signedStatements.get(name)
  if (statement === undefined) {
    const signer = { server: 'id.example' as ServerName, keyId: keyId as KeyId, seed: seeds[key] as Uint8Array }
    statement = signJson({ mxid, token }, signer, nodeCrypto)
    signedStatements.set(name, statement)
  }
  return statement
}

/** `m.room.third_party_invite`: with keys in either alphabet, in one or both places. */
export function thirdPartyInviteDraft(scene: Scene): Draft {
  const { random } = scene
  const key = random.pick(publicKeys)
  const [standard, urlSafe] = [encodeBase64(key), encodeBase64Url(key)]
  const content = random.pick<JsonObject>([
    { public_key: standard, public_keys: [{ public_key: standard }] },
    { public_key: urlSafe },
    { public_key: 'AAAA', public_keys: [{ public_key: 'no base64!' }, 7, { public_key: urlSafe }] },
    { public_keys: { public_key: standard } },
    {},
  ])
  const stateKey = random.percent(97) ? random.pick(tokens) : undefined
  return { type: 'm.room.third_party_invite', sender: scene.oneWho('join'), stateKey, content }
}

/** An invite that claims a third-party invite, mostly one that stands in the room. */
export function thirdPartyClaimDraft(scene: Scene): Draft {
  const { random } = scene
  const target = scene.oneWho('leave', 'invite', 'ban')
  const standing = tokens.filter(token => scene.current('m.room.third_party_invite', token) !== undefined)
  const token = random.pick(standing.length > 0 && random.percent(90) ? standing : tokens)
  const inviter = scene.current('m.room.third_party_invite', token)?.sender
  const keyId = random.pick(['ed25519:0', 'ed25519:0', 'ed25519:0', 'x25519:0', 'ed25519'])
  const good = signed(random.percent(90) ? target : scene.anyone(), token, random.below(2), keyId)
  const claim = random.weighted<JsonValue>([
    [85, { display_name: 'x', signed: good }],
    [2, { signed: { ...good, mxid: 7 } }],
    [2, { signed: { ...good, token: null } }],
    [2, { signed: { ...good, signatures: { 'id.example': 'none', other: { 'ed25519:0': 5, 'ed25519:1': 'AAAA' } } } }],
    [2, { signed: { ...good, more: 'after signing' } }],
    [2, { signed: { ...good, unsigned: { more: 'that no signature covers' } } }],
    [2, { signed: 'x' }],
    [1, {}],
    [1, 'x'],
    [1, null],
  ])
  return {
    type: 'm.room.member',
    sender: inviter !== undefined && random.percent(90) ? inviter : scene.oneWho('join'),
    stateKey: target,
    content: { membership: 'invite', third_party_invite: claim },
  }
}
