/**
 * Small valid rooms, one a version: signed PDUs of every type that the rules know, for inputs to be made from.
 */
import {
  canonicalJson,
  hashAndSignEvent,
  type JsonObject,
  type KeyId,
  nodeCrypto,
  parseJson,
  type RoomEvent,
  type RoomVersionRules,
  readPdu,
  type ServerName,
  type Signer,
  type VerifyKeys,
} from '@neurite/protocol'

const seed = new Uint8Array(32).fill(7)
const signer: Signer = { server: 'one.example' as ServerName, keyId: 'ed25519:1' as KeyId, seed }
const publicKey = nodeCrypto.publicKeyOf(seed)
const always = Number.MAX_SAFE_INTEGER

/** The key of the only server, whatever its ID. */
export const keys: VerifyKeys = server =>
  server === signer.server ? { publicKey, validUntil: always, fetchedAt: always } : undefined

export const alice = '@alice:one.example'
export const bob = '@bob:one.example'

const contents: readonly (readonly [
  type: string,
  sender: string,
  stateKey: string | undefined,
  content: JsonObject,
])[] = [
  ['m.room.member', alice, alice, { membership: 'join' }],
  [
    'm.room.power_levels',
    alice,
    '',
    { users: { [bob]: 50 }, events: { 'm.room.name': 0 }, notifications: { room: 50 } },
  ],
  ['m.room.join_rules', alice, '', { join_rule: 'public', allow: [] }],
  ['m.room.member', bob, bob, { membership: 'join', join_authorised_via_users_server: alice }],
  ['m.room.third_party_invite', alice, 'token', { public_key: 'AAAA', public_keys: [{ public_key: 'AAAA' }] }],
  [
    'm.room.member',
    alice,
    '@carol:one.example',
    {
      membership: 'invite',
      third_party_invite: {
        signed: { mxid: '@carol:one.example', token: 'token', signatures: { 'id.example': { 'ed25519:0': 'AAAA' } } },
      },
    },
  ],
  ['m.room.member', alice, bob, { membership: 'ban' }],
  ['m.room.member', bob, bob, { membership: 'leave' }],
  ['m.room.member', '@dan:one.example', '@dan:one.example', { membership: 'knock' }],
  ['m.room.aliases', alice, 'one.example', { aliases: ['#a:one.example'] }],
  ['m.room.topic', alice, '', { topic: 'x' }],
  ['m.room.redaction', bob, undefined, { redacts: '$x:one.example' }],
  ['m.room.message', bob, undefined, { body: 'é\u{1F600}\u0000\u2028' }],
]

/** A valid room: its events, the create event first. */
export interface SignedRoom {
  readonly rules: RoomVersionRules
  readonly events: readonly RoomEvent[]
  /** The same as JSON text. */
  readonly texts: readonly string[]
}

export function signedRoom(rules: RoomVersionRules): SignedRoom {
  const events: RoomEvent[] = []
  const texts: string[] = []
  const implied = rules.auth.createImpliedByRoomId
  const reference = ({ eventId }: RoomEvent) =>
    rules.format.references === 'pairs' ? [eventId, { sha256: 'AAAA' }] : eventId
  const add = (type: string, sender: string, stateKey: string | undefined, content: JsonObject) => {
    const [create] = events
    const citable = implied ? events.slice(1) : events
    const roomId = create?.roomId ?? (implied ? undefined : '!room:one.example')
    const event: JsonObject = {
      ...{ type, sender, content, room_id: roomId, origin_server_ts: events.length, depth: events.length },
      ...(stateKey === undefined ? {} : { state_key: stateKey }),
      ...(rules.format.eventId === 'field' ? { event_id: `$${events.length}:one.example` } : {}),
      prev_events: events.slice(-1).map(reference),
      auth_events: citable.slice(0, 3).map(reference),
      unsigned: { age: 1 },
    }
    const text = canonicalJson(hashAndSignEvent(parsed(event), signer, rules, nodeCrypto))
    texts.push(text)
    events.push(readPdu(text, rules, nodeCrypto).event)
  }
  add('m.room.create', alice, '', { creator: alice, room_version: rules.version, additional_creators: [bob] })
  for (const content of contents) add(...content)
  return { rules, events, texts }
}

function parsed(event: JsonObject): JsonObject {
  return parseJson(canonicalJson(event), { mode: 'strict' }) as JsonObject
}
