/**
 * Two homeservers that talk to each other over TLS on loopback: they come into each other's rooms, and what is said there arrives.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nodeCrypto } from '@neurite/protocol'
import type { RequestTo } from '@neurite/roomserver/api'
import { examine } from '@neurite/roomserver/doctor'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { type FederatedServer, Federation, until } from '../../src/federation/testing/index.ts'

const federation = new Federation()
after(() => federation.close())

const one = await federation.open('one.example')
const two = await federation.open('two.example')
const ann = `@ann:${one.name}`
const bob = `@bob:${two.name}`

async function roomOf(
  server: FederatedServer,
  creator: string,
  more: Partial<RequestTo<'performCreateRoom'>> = {},
): Promise<string> {
  return (await server.api.performCreateRoom({ creator, preset: 'public_chat', ...more })).roomId
}

const membership = async ({ api }: FederatedServer, roomId: string, userId: string) =>
  (await api.queryMembership({ roomId, userId })).membership

async function say({ api }: FederatedServer, roomId: string, sender: string, body: string): Promise<string> {
  const event = { type: 'm.room.message', sender, content: { msgtype: 'm.text', body } }
  return (await api.performSend({ roomId, event })).eventId
}

const hasEvent = async ({ api }: FederatedServer, roomId: string, eventId: string) =>
  (await api.queryEventsById({ roomId, eventIds: [eventId] })).events[0]?.status === 'accepted'

const arrives = (server: FederatedServer, roomId: string, eventId: string) =>
  until(`${eventId} is on ${server.name}`, () => hasEvent(server, roomId, eventId))

/** The current state of a room, as event IDs. */
const stateOf = ({ api, name }: FederatedServer, roomId: string) =>
  until(`${name} has the whole state of ${roomId}`, async () => {
    const { state, partial } = await api.queryCurrentState({ roomId })
    return partial ? undefined : state.map(({ eventId }) => eventId).sort()
  })

async function setByAnn(roomId: string, type: string, content: Record<string, string>): Promise<string> {
  return (await one.api.performSend({ roomId, event: { type, stateKey: '', sender: ann, content } })).eventId
}

async function endOfOutput({ api }: FederatedServer): Promise<string> {
  for (let after = ''; ; ) {
    const { events, position } = await api.readOutput({ after })
    if (events.length === 0) return position
    after = position
  }
}

for (const roomVersion of ['1', '6', '10', '11', '12'])
  test(`a user joins a room of version ${roomVersion} on the other server, and messages go both ways`, async () => {
    const roomId = await roomOf(one, ann, { roomVersion })
    const joined = await two.api.performJoin({ roomIdOrAlias: roomId, userId: bob, via: [one.name] })
    assert.equal(joined.joinedVia, one.name)
    assert.equal(await membership(one, roomId, bob), 'join')
    await arrives(two, roomId, await say(one, roomId, ann, 'hello'))
    await arrives(one, roomId, await say(two, roomId, bob, 'hello yourself'))
    assert.deepEqual(await stateOf(two, roomId), await stateOf(one, roomId))
    assert.deepEqual(federation.errors, [])
  })

/** Joins a room of the other server. @returns of which users it had the membership with the join itself */
async function membersWithJoin(roomId: string): Promise<string[]> {
  await two.api.performJoin({ roomIdOrAlias: roomId, userId: bob, via: [one.name] })
  const [joined] = (await two.api.readOutput({ after: '', limit: 10_000 })).events.filter(
    ({ roomId: of, output }) => of === roomId && output.kind === 'new',
  )
  assert.ok(joined?.output.kind === 'new')
  const { events } = await two.api.queryEventsById({ roomId, eventIds: joined.output.state.added })
  const members = events.map(({ pdu }) => JSON.parse(pdu)).filter(({ type }) => type === 'm.room.member')
  return members.map(({ state_key }) => state_key)
}

/** Some more than the members from which on they are omitted. */
const crowd = Array.from({ length: 51 }, (_, at) => `@member-${at}:${one.name}`)

test('a join without members is answered with the servers in the room, and its members come afterwards', async () => {
  const roomId = await roomOf(one, ann, { name: 'Hall' })
  for (const userId of crowd) await one.api.performJoin({ roomIdOrAlias: roomId, userId })
  assert.deepEqual(await membersWithJoin(roomId), [bob], 'the room was joined without its other members')
  // Who asks for members gets all of them, however long that takes.
  const { members: all } = await two.api.queryMembersOfRoom({ roomId })
  assert.equal(all.length, crowd.length + 2)
  const { servers, partial } = await two.api.queryJoinedHosts({ roomId })
  assert.deepEqual([servers.map(({ server }) => server).sort(), partial], [[one.name, two.name].sort(), false])
  await arrives(one, roomId, await say(two, roomId, bob, 'all here?'))
  assert.deepEqual(federation.errors, [])
})

test('a small room is joined with all its members, though they need not be given', async () => {
  const roomId = await roomOf(one, ann, { name: 'Snug' })
  const few = crowd.slice(0, 3)
  for (const userId of few) await one.api.performJoin({ roomIdOrAlias: roomId, userId })
  assert.deepEqual((await membersWithJoin(roomId)).sort(), [ann, bob, ...few].sort())
  assert.equal((await two.api.queryJoinedHosts({ roomId })).partial, false)
  assert.deepEqual(federation.errors, [])
})

test('a room is joined by its alias on the other server', async () => {
  const { roomId, alias = '' } = await one.api.performCreateRoom({
    ...{ creator: ann, preset: 'public_chat', aliasLocalpart: 'hall' },
  })
  assert.equal((await two.api.performJoin({ roomIdOrAlias: alias, userId: bob })).roomId, roomId)
  await assert.rejects(two.api.performJoin({ roomIdOrAlias: `#none:${one.name}`, userId: bob }), {
    errcode: 'M_NOT_FOUND',
  })
})

test('an invite is signed by the other server, shown there with what the room is, and taken up or rejected', async () => {
  for (const roomVersion of ['10', '12']) {
    const roomId = await roomOf(one, ann, { preset: 'private_chat', name: 'Study', roomVersion })
    await one.api.performInvite({ roomId, inviter: ann, invitee: bob })
    const [invite] = (await two.api.queryOutsideInvites({ userId: bob, roomId })).invites
    const named = invite?.strippedState.find(({ type }) => type === 'm.room.name')
    assert.equal(JSON.stringify(named?.content), JSON.stringify({ name: 'Study' }))
    assert.equal(invite?.sender, ann)
    // Who invites knows the room.
    await two.api.performJoin({ roomIdOrAlias: roomId, userId: bob })
    assert.deepEqual((await two.api.queryOutsideInvites({ userId: bob, roomId })).invites, [])

    const other = await roomOf(one, ann, { preset: 'private_chat', roomVersion })
    await one.api.performInvite({ roomId: other, inviter: ann, invitee: bob })
    await two.api.performLeave({ roomId: other, userId: bob })
    assert.equal(await membership(one, other, bob), 'leave')
    assert.deepEqual((await two.api.queryOutsideInvites({ userId: bob, roomId: other })).invites, [])
  }
})

test('a knock waits on both servers, and is answered with an invite', async () => {
  const knockable = { type: 'm.room.join_rules', content: { join_rule: 'knock' } }
  const roomId = await roomOf(one, ann, { preset: 'private_chat', initialState: [knockable] })
  await two.api.performKnock({ roomIdOrAlias: roomId, userId: bob, reason: 'let me in', via: [one.name] })
  assert.equal(await membership(one, roomId, bob), 'knock')
  assert.equal((await two.api.queryOutsideInvites({ userId: bob, roomId })).invites[0]?.kind, 'knock')
  await one.api.performInvite({ roomId, inviter: ann, invitee: bob })
  assert.equal((await two.api.queryOutsideInvites({ userId: bob, roomId })).invites[0]?.kind, 'invite')
  await two.api.performJoin({ roomIdOrAlias: roomId, userId: bob, via: [one.name] })
  assert.equal(await membership(one, roomId, bob), 'join')
})

test('a restricted room lets in who is in the other room, by the signature of its server, and nobody else', async () => {
  const lobby = await roomOf(one, ann)
  const content = { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: lobby }] }
  const initialState = [{ type: 'm.room.join_rules', content }]
  const roomId = await roomOf(one, ann, { preset: 'private_chat', initialState })
  const wish = { roomIdOrAlias: roomId, userId: bob, via: [one.name] }
  await assert.rejects(two.api.performJoin(wish), { errcode: 'M_FORBIDDEN' })
  await two.api.performJoin({ ...wish, roomIdOrAlias: lobby })
  await two.api.performJoin(wish)
  assert.deepEqual(await stateOf(two, roomId), await stateOf(one, roomId))
})

test('who cannot be let in by a server in the room is let in by another one', async () => {
  const lobby = await roomOf(one, ann)
  const content = { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: lobby }] }
  const initialState = [{ type: 'm.room.join_rules', content }]
  const powerLevelContentOverride = { invite: 50 }
  const roomId = await roomOf(one, ann, { preset: 'private_chat', initialState, powerLevelContentOverride })
  await one.api.performInvite({ roomId, inviter: ann, invitee: bob })
  await two.api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  const cat = `@cat:${two.name}`
  await assert.rejects(two.api.performJoin({ roomIdOrAlias: roomId, userId: cat }), { errcode: 'M_FORBIDDEN' })
  await two.api.performJoin({ roomIdOrAlias: lobby, userId: cat, via: [one.name] })
  assert.equal((await two.api.performJoin({ roomIdOrAlias: roomId, userId: cat })).joinedVia, one.name)
  assert.equal(await membership(one, roomId, cat), 'join')
  const renamed = { membership: 'join', displayname: 'Cat' }
  const event = { type: 'm.room.member', stateKey: cat, sender: cat, content: renamed }
  await arrives(one, roomId, (await two.api.performSend({ roomId, event })).eventId)
})

test('an invite is taken back by who made it, and a knock turned down', async () => {
  const knockable = { type: 'm.room.join_rules', content: { join_rule: 'knock' } }
  const roomId = await roomOf(one, ann, { preset: 'private_chat', initialState: [knockable] })
  const outside = async () => (await two.api.queryOutsideInvites({ userId: bob, roomId })).invites.length
  await one.api.performInvite({ roomId, inviter: ann, invitee: bob })
  assert.equal(await outside(), 1)
  await one.api.performKick({ roomId, sender: ann, target: bob })
  await until('the invite is gone', async () => (await outside()) === 0)
  await two.api.performKnock({ roomIdOrAlias: roomId, userId: bob, via: [one.name] })
  assert.equal(await outside(), 1)
  await one.api.performKick({ roomId, sender: ann, target: bob })
  await until('the knock is gone', async () => (await outside()) === 0)
})

test('who leaves and comes back sees the room as it is by then', async () => {
  const roomId = await roomOf(one, ann)
  const wish = { roomIdOrAlias: roomId, userId: bob, via: [one.name] }
  await two.api.performJoin(wish)
  await two.api.performLeave({ roomId, userId: bob })
  await until('the leave has arrived', async () => (await membership(one, roomId, bob)) === 'leave')
  for (const name of ['first', 'second']) await setByAnn(roomId, 'm.room.name', { name })
  await two.api.performJoin(wish)
  assert.deepEqual(await stateOf(two, roomId), await stateOf(one, roomId))
  await arrives(one, roomId, await say(two, roomId, bob, 'back again'))
  assert.deepEqual(await stateOf(two, roomId), await stateOf(one, roomId))
})

test('who comes back after a time away is let in by the room as it is, and the room of that time is left behind', async () => {
  const roomId = await roomOf(one, ann)
  const wish = { roomIdOrAlias: roomId, userId: bob, via: [one.name] }
  await two.api.performJoin(wish)
  const old = await say(two, roomId, bob, 'before')
  await arrives(one, roomId, old)
  const rule = (join_rule: string) => setByAnn(roomId, 'm.room.join_rules', { join_rule })
  await arrives(two, roomId, await rule('invite'))
  await two.api.performLeave({ roomId, userId: bob })
  await until('the leave has arrived', async () => (await membership(one, roomId, bob)) === 'leave')
  await rule('public')
  for (const name of ['first', 'second']) await setByAnn(roomId, 'm.room.name', { name })
  const { events: before, position } = await two.api.readOutput({ after: await endOfOutput(two) })
  assert.deepEqual(before, [])
  // As far as his own server knows only those may come who are invited: it has not been there since.
  const { eventId } = await two.api.performJoin(wish)
  assert.deepEqual(await stateOf(two, roomId), await stateOf(one, roomId))
  const { events } = await two.api.readOutput({ after: position })
  const output = events.find(({ output }) => output.kind === 'new')?.output
  assert.ok(output?.kind === 'new')
  assert.deepEqual([output.eventId, output.rewritesState, output.forwardExtremities], [eventId, true, [eventId]])
  assert.ok(await hasEvent(two, roomId, old), 'what he was there for can still be read')
  await arrives(one, roomId, await say(two, roomId, bob, 'back again'))
  assert.deepEqual(await stateOf(two, roomId), await stateOf(one, roomId))
})

test('who may not come in is told so, and who is put out learns of it', async () => {
  const roomId = await roomOf(one, ann, { preset: 'private_chat' })
  await assert.rejects(two.api.performJoin({ roomIdOrAlias: roomId, userId: bob, via: [one.name] }), {
    errcode: 'M_FORBIDDEN',
  })
  const open = await roomOf(one, ann)
  await two.api.performJoin({ roomIdOrAlias: open, userId: bob, via: [one.name] })
  await one.api.performBan({ roomId: open, sender: ann, target: bob })
  await until('the ban has arrived', async () => (await membership(two, open, bob)) === 'ban')
})

test('a server that its ACL refuses neither comes in nor is heard', async () => {
  const roomId = await roomOf(one, ann)
  await two.api.performJoin({ roomIdOrAlias: roomId, userId: bob, via: [one.name] })
  const content = { allow: ['*'], deny: ['two.example'] }
  const acl = { type: 'm.room.server_acl', stateKey: '', sender: ann, content }
  await arrives(two, roomId, (await one.api.performSend({ roomId, event: acl })).eventId)
  const refused = await say(two, roomId, bob, 'nobody hears this')
  await until('it was sent', async () => two.head.sender.waiting === 0)
  assert.equal(await hasEvent(one, roomId, refused), false)
  const other = `@cat:${two.name}`
  await two.api.performLeave({ roomId, userId: bob })
  await assert.rejects(two.api.performJoin({ roomIdOrAlias: roomId, userId: other, via: [one.name] }), {
    errcode: 'M_FORBIDDEN',
  })
})

test('history from before a join is fetched', async () => {
  const roomId = await roomOf(one, ann)
  const said: string[] = []
  for (let i = 0; i < 5; i++) said.push(await say(one, roomId, ann, `${i}`))
  const { eventId = '' } = await two.api.performJoin({ roomIdOrAlias: roomId, userId: bob, via: [one.name] })
  assert.equal(await hasEvent(two, roomId, said[4] as string), false)
  const { eventIds } = await two.api.performBackfill({ roomId, before: [eventId], limit: 10 })
  assert.deepEqual(
    said.filter(id => !eventIds.includes(id)),
    [],
  )
  for (const id of said) assert.equal(await hasEvent(two, roomId, id), true)
})

test('history that one server does not have is asked of the next', async () => {
  const three = await federation.open('three.example')
  const roomId = await roomOf(one, ann)
  const said = await say(one, roomId, ann, 'before the others came')
  await two.api.performJoin({ roomIdOrAlias: roomId, userId: bob, via: [one.name] })
  // With more members, it is asked first.
  await two.api.performJoin({ roomIdOrAlias: roomId, userId: `@cat:${two.name}` })
  await three.api.performJoin({ roomIdOrAlias: roomId, userId: `@tom:${three.name}`, via: [two.name] })
  // As far back as the first one knows, and further.
  for (const limit of [10, 10]) await three.api.performBackfill({ roomId, limit })
  assert.equal(await hasEvent(three, roomId, said), true)
})

test('EDUs arrive: those that may be lost, and those that are kept', async () => {
  const typing = { room_id: await roomOf(one, ann), user_id: ann, typing: true }
  one.head.sender.sendPassing([two.name], 'typing', { type: 'm.typing', content: typing })
  const message = { sender: ann, type: 'm.test', message_id: '1', messages: {} }
  await one.head.sender.sendKept([two.name], { type: 'm.direct_to_device', content: message })
  const came = (type: string) => async () => two.edus.some(edu => edu.type === type && edu.origin === one.name)
  await until('typing has come', came('m.typing'))
  await until('the message has come', came('m.direct_to_device'))
})

test('what the servers have stored is sound', async () => {
  for (const { reader } of [one, two]) {
    const findings: unknown[] = []
    const { yieldNow } = nodeRuntime.timers
    await examine({ reader, crypto: nodeCrypto, yieldNow }, finding => findings.push(finding))
    assert.deepEqual(findings, [])
  }
})

test('nothing happened that nothing was prepared for', () => assert.deepEqual(federation.errors, []))
