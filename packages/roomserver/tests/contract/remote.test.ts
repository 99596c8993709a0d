import assert from 'node:assert/strict'
import {
  addEventSignature,
  canonicalJson,
  hashAndSignEvent,
  isJsonObject,
  type JsonObject,
  nodeCrypto,
  parseJson,
  readPdu,
  rulesOf,
  verifyJson,
} from '@neurite/protocol'
import type { RequestTo, RoomServerApi } from '../../src/api/index.ts'
import { signerOf } from '../../src/input/testing/index.ts'
import { far, here } from '../server-in-memory.ts'
import { inBothTransports } from './both-transports.ts'

const ann = `@ann:${here}`
const bob = `@bob:${here}`
const eve = `@eve:${far}`
const roomVersion = '11'
const rules = rulesOf(roomVersion)
const farSigner = signerOf(far, nodeCrypto)

type Membership = RequestTo<'queryMembershipTemplate'>['membership']

async function publicRoom(api: RoomServerApi, more: Partial<RequestTo<'performCreateRoom'>> = {}): Promise<string> {
  return (await api.performCreateRoom({ creator: ann, preset: 'public_chat', roomVersion, ...more })).roomId
}

const template = (api: RoomServerApi, roomId: string, membership: Membership, more: object = {}) =>
  api.queryMembershipTemplate({ roomId, userId: eve, membership, server: far, versions: [roomVersion], ...more })

/** What another server makes of a template, with some of it changed. */
function signed(text: string, changes: JsonObject = {}) {
  const json = parseJson(text, { mode: 'strict' })
  assert.ok(isJsonObject(json))
  const event = { ...json, origin_server_ts: 1_700_000_000_000, ...changes }
  const pdu = canonicalJson(hashAndSignEvent(event, farSigner, rules, nodeCrypto))
  return { pdu, eventId: readPdu(pdu, rules, nodeCrypto).event.eventId }
}

inBothTransports('a join by template is taken, and the room given out as it was before', async ({ api }) => {
  const roomId = await publicRoom(api)
  const { event, roomVersion: version } = await template(api, roomId, 'join')
  assert.equal(version, roomVersion)
  const join = signed(event)
  const before = (await api.queryCurrentState({ roomId })).state.map(({ pdu }) => pdu)
  const taken = await api.performRemoteJoin({ roomId, server: far, ...join })
  assert.deepEqual([...taken.state].sort(), [...before].sort())
  assert.equal((await api.queryMembership({ roomId, userId: eve })).membership, 'join')
  const chain = new Set(taken.authChain.map(pdu => readPdu(pdu, rules, nodeCrypto).event.type))
  assert.deepEqual([...chain].sort(), ['m.room.create', 'm.room.join_rules', 'm.room.member', 'm.room.power_levels'])
  const told = (await api.readOutput({ after: '', limit: 1_000 })).events.map(({ output }) => output)
  const sentOn = told.filter(output => output.kind === 'new' && output.eventId === join.eventId)
  assert.deepEqual(
    sentOn.map(output => output.kind === 'new' && output.sendAsServer),
    [here],
  )
  // Asked again, since the answer was lost.
  assert.deepEqual((await api.performRemoteJoin({ roomId, server: far, ...join })).state, taken.state)
})

inBothTransports(
  'a join that can do without members gets the others of the state, and the servers in the room',
  async ({ api }) => {
    const types = (pdus: readonly string[]) => pdus.map(pdu => readPdu(pdu, rules, nodeCrypto).event.type).sort()
    const lookOf = async (roomId: string) => {
      const join = signed((await template(api, roomId, 'join')).event)
      return api.performRemoteJoin({ roomId, server: far, omitMembers: true, ...join })
    }
    const named = await publicRoom(api, { name: 'Hall' })
    const taken = await lookOf(named)
    assert.deepEqual([taken.membersOmitted, taken.serversInRoom], [true, [here]])
    assert.equal(types(taken.state).includes('m.room.member'), false)
    const whole = (await api.queryCurrentState({ roomId: named })).state.map(({ pdu }) => pdu)
    assert.deepEqual(
      types(taken.state),
      types(whole).filter(type => type !== 'm.room.member'),
    )
    // What is in the state need not be in the chain; who made the room is in the chain of what they sent.
    assert.deepEqual(types(taken.authChain), ['m.room.member'])
    // A room without a name is called by its members, but not by who joins.
    const nameless = await publicRoom(api)
    await api.performJoin({ roomIdOrAlias: nameless, userId: bob })
    const { state } = await lookOf(nameless)
    const heroes = state
      .map(pdu => readPdu(pdu, rules, nodeCrypto).event)
      .filter(({ type }) => type === 'm.room.member')
    assert.deepEqual(heroes.map(({ stateKey }) => stateKey).sort(), [ann, bob])
  },
)

inBothTransports('no template is given for what the room would not let through', async ({ api }) => {
  const roomId = await publicRoom(api)
  await assert.rejects(template(api, '!none:here.example', 'join'), { errcode: 'M_NOT_FOUND' })
  await assert.rejects(template(api, roomId, 'join', { versions: ['1', '2'] }), {
    ...{ errcode: 'M_INCOMPATIBLE_ROOM_VERSION', details: { roomVersion } },
  })
  await assert.rejects(template(api, roomId, 'join', { userId: `@x:elsewhere.example` }), { errcode: 'M_FORBIDDEN' })
  await assert.rejects(template(api, roomId, 'leave'), { errcode: 'M_FORBIDDEN' })
  await assert.rejects(template(api, roomId, 'knock'), { errcode: 'M_FORBIDDEN' })
  await api.performBan({ roomId, sender: ann, target: eve })
  await assert.rejects(template(api, roomId, 'join'), { errcode: 'M_FORBIDDEN' })
  const deny = { type: 'm.room.server_acl', stateKey: '', sender: ann, content: { allow: ['*'], deny: [far] } }
  await api.performSend({ roomId, event: deny })
  await assert.rejects(template(api, roomId, 'join', { userId: `@fay:${far}` }), { errcode: 'M_FORBIDDEN' })
})

inBothTransports('what is sent in place of a join is refused, and nothing is signed or stored', async ({ api }) => {
  const roomId = await publicRoom(api)
  const { event } = await template(api, roomId, 'join')
  const send = (join: ReturnType<typeof signed>, more: object = {}) =>
    api.performRemoteJoin({ roomId, server: far, ...join, ...more })
  const invalid = { errcode: 'M_INVALID_PARAM' }
  await assert.rejects(send(signed(event, { type: 'm.room.message' })), invalid)
  await assert.rejects(send(signed(event, { content: { membership: 'leave' } })), invalid)
  await assert.rejects(send(signed(event, { state_key: `@fay:${far}` })), invalid)
  await assert.rejects(send(signed(event, { sender: bob, state_key: bob })), invalid)
  await assert.rejects(send(signed(event), { eventId: '$another' }), invalid)
  await assert.rejects(send(signed(event), { server: 'third.example' }), invalid)
  await assert.rejects(send(signed(event), { pdu: '{}' }), { errcode: 'M_BAD_JSON' })
  const { pdu, eventId } = signed(event)
  await assert.rejects(send({ pdu: pdu.replace(/"ed25519:1":"[^"]{8}/, '"ed25519:1":"AAAAAAAA'), eventId }), invalid)
  // A banned user whose server fills in the template of another one.
  const fay = `@fay:${far}`
  await api.performBan({ roomId, sender: ann, target: fay })
  await assert.rejects(send(signed(event, { sender: fay, state_key: fay })), { errcode: 'M_FORBIDDEN' })
  assert.equal((await api.queryMembership({ roomId, userId: eve })).membership, undefined)
})

inBothTransports('a restricted join is signed by the server that lets the user in', async ({ api }) => {
  const lobby = await publicRoom(api)
  const content = { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: lobby }] }
  const initialState = [{ type: 'm.room.join_rules', content }]
  const roomId = await publicRoom(api, { preset: 'private_chat', initialState })
  await assert.rejects(template(api, roomId, 'join'), { errcode: 'M_FORBIDDEN' })
  const first = signed((await template(api, lobby, 'join')).event)
  await api.performRemoteJoin({ roomId: lobby, server: far, ...first })
  const { event } = await template(api, roomId, 'join')
  assert.match(event, /"join_authorised_via_users_server":"@ann:here\.example"/)
  const taken = await api.performRemoteJoin({ roomId, server: far, ...signed(event) })
  const json = parseJson(taken.event, { mode: 'strict' })
  assert.ok(isJsonObject(json))
  const { signedText } = readPdu(taken.event, rules, nodeCrypto).event
  const { keyId, seed } = signerOf(here, nodeCrypto)
  assert.equal(verifyJson(json, signedText, here, keyId, nodeCrypto.publicKeyOf(seed), nodeCrypto), true)
})

inBothTransports('a user of another server leaves, and knocks', async ({ api }) => {
  const knockable = { type: 'm.room.join_rules', content: { join_rule: 'knock' } }
  const roomId = await publicRoom(api, { initialState: [knockable], name: 'Hall' })
  const knock = signed((await template(api, roomId, 'knock')).event)
  const { roomState } = await api.performRemoteKnock({ roomId, server: far, ...knock })
  const types = roomState.map(pdu => readPdu(pdu, rules, nodeCrypto).event.type)
  assert.deepEqual(types.sort(), ['m.room.create', 'm.room.join_rules', 'm.room.name'])
  assert.equal((await api.queryMembership({ roomId, userId: eve })).membership, 'knock')
  const leave = signed((await template(api, roomId, 'leave')).event)
  assert.deepEqual(await api.performRemoteLeave({ roomId, server: far, ...leave }), {})
  assert.equal((await api.queryMembership({ roomId, userId: eve })).membership, 'leave')
})

/** An invite of a local user to a room of the other server, with its create event. */
function inviteTo(version: string, changes: JsonObject = {}) {
  const versionRules = rulesOf(version)
  const build = (event: JsonObject) => {
    const common = { sender: eve, origin_server_ts: 1_700_000_000_000, depth: 1, prev_events: [], auth_events: [] }
    const pdu = canonicalJson(hashAndSignEvent({ ...common, ...event }, farSigner, versionRules, nodeCrypto))
    return { pdu, event: readPdu(pdu, versionRules, nodeCrypto).event }
  }
  const named = versionRules.auth.createImpliedByRoomId ? {} : { room_id: `!far:${far}` }
  const create = build({ type: 'm.room.create', state_key: '', content: { room_version: version }, ...named })
  const { roomId } = create.event
  const member = { type: 'm.room.member', state_key: bob, content: { membership: 'invite' }, room_id: roomId }
  const invite = build({ ...member, ...changes })
  const request = { roomId, eventId: invite.event.eventId, pdu: invite.pdu, server: far, roomVersion: version }
  return { ...request, roomState: [create.pdu] }
}

inBothTransports('an invite is signed, kept aside, told of, and taken back by who made it', async ({ api }) => {
  for (const version of ['10', '12']) {
    const invite = inviteTo(version)
    const { roomId } = invite
    const { event } = await api.performRemoteInvite(invite)
    const json = parseJson(event, { mode: 'strict' })
    assert.ok(isJsonObject(json) && isJsonObject(json['signatures']))
    assert.deepEqual(Object.keys(json['signatures']).sort(), [far, here])
    const [kept] = (await api.queryOutsideInvites({ userId: bob, roomId })).invites
    assert.deepEqual([kept?.sender, kept?.strippedState[0]?.['type']], [eve, 'm.room.create'])
    const told = (await api.readOutput({ after: '', limit: 1_000 })).events
    assert.equal(
      told.filter(({ output, roomId: room }) => output.kind === 'outside-invite' && room === roomId).length,
      1,
    )

    const rescission = (sender: string) =>
      inviteTo(version, { sender, room_id: roomId, content: { membership: 'leave' } }).pdu
    const byAnother = { roomId, server: far, pdu: rescission(`@fay:${far}`) }
    assert.deepEqual(await api.performRemoteRescission(byAnother), { retired: false })
    assert.deepEqual(await api.performRemoteRescission({ roomId, server: far, pdu: rescission(eve) }), {
      retired: true,
    })
    assert.deepEqual((await api.queryOutsideInvites({ userId: bob, roomId })).invites, [])
  }
})

inBothTransports(
  'what took an invite back does not take back the next one, also where it comes after it',
  async ({ api }) => {
    const first = inviteTo('11')
    const again = inviteTo('11', { depth: 3 })
    const { roomId } = first
    const tookBack = (depth: number) => inviteTo('11', { sender: eve, content: { membership: 'leave' }, depth }).pdu
    await api.performRemoteInvite(first)
    await api.performRemoteInvite(again)
    const kept = async () =>
      (await api.queryOutsideInvites({ userId: bob, roomId })).invites.map(({ eventId }) => eventId)
    assert.deepEqual(await api.performRemoteRescission({ roomId, server: far, pdu: tookBack(2) }), { retired: false })
    assert.deepEqual(await kept(), [again.eventId])
    assert.deepEqual(await api.performRemoteRescission({ roomId, server: far, pdu: tookBack(4) }), { retired: true })
    assert.deepEqual(await kept(), [])
  },
)

inBothTransports('an invite that is not one, or does not say for what, is not signed', async ({ api }) => {
  const refused = (invite: RequestTo<'performRemoteInvite'>, errcode: string) =>
    assert.rejects(api.performRemoteInvite(invite), { errcode })
  await refused(inviteTo('11', { content: { membership: 'join' } }), 'M_INVALID_PARAM')
  await refused(inviteTo('11', { state_key: `@gus:${far}` }), 'M_INVALID_PARAM')
  await refused({ ...inviteTo('11'), roomVersion: '99' }, 'M_INCOMPATIBLE_ROOM_VERSION')
  await refused({ ...inviteTo('11'), server: 'third.example' }, 'M_INVALID_PARAM')
  await refused({ ...inviteTo('12'), roomState: [] }, 'M_MISSING_PARAM')
  await refused({ ...inviteTo('12'), roomState: inviteTo('11').roomState }, 'M_MISSING_PARAM')
  const { pdu, ...rest } = inviteTo('11')
  const json = parseJson(pdu, { mode: 'strict' }) as JsonObject
  const forged = addEventSignature(
    { ...json, signatures: {} },
    signerOf('third.example', nodeCrypto),
    rules,
    nodeCrypto,
  )
  await refused({ ...rest, pdu: canonicalJson(forged) }, 'M_FORBIDDEN')
  await api.adminBlockRoom({ roomId: rest.roomId, by: ann, reason: 'spam', block: true })
  await refused({ ...rest, pdu }, 'M_FORBIDDEN')
})

inBothTransports('a server that the ACL of a room refuses cannot invite to it', async ({ api }) => {
  const { roomId } = await api.performCreateRoom({ creator: ann, preset: 'public_chat', roomVersion: '11' })
  const content = { allow: ['*'], deny: [far] }
  await api.performSend({ roomId, event: { type: 'm.room.server_acl', stateKey: '', sender: ann, content } })
  const invite = { ...inviteTo('11', { room_id: roomId }), roomId }
  await assert.rejects(api.performRemoteInvite(invite), { message: /server ACL/ })
})

inBothTransports(
  'a server is told how complex a room is that its users could join, and of no other',
  async ({ api }) => {
    const complexity = (roomId: string) => api.queryRoomComplexity({ roomId, server: far })
    const { roomId } = await api.performCreateRoom({ creator: ann, preset: 'public_chat' })
    const { state } = await api.queryCurrentState({ roomId })
    assert.deepEqual(await complexity(roomId), { complexity: state.length / 500, partial: false })
    const hidden = await api.performCreateRoom({ creator: ann, preset: 'private_chat' })
    await assert.rejects(complexity(hidden.roomId), { errcode: 'M_NOT_FOUND' })
    await assert.rejects(complexity('!none:here.example'), { errcode: 'M_NOT_FOUND' })
  },
)
