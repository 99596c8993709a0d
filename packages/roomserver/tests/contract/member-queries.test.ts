import assert from 'node:assert/strict'
import { type RequestTo, RoomServerError } from '../../src/api/index.ts'
import { far, farEvent } from '../server-in-memory.ts'
import { type Ground, inBothTransports } from './both-transports.ts'

const ann = '@ann:here.example'
const bob = '@bob:here.example'
const cat = '@cat:here.example'
const eve = `@eve:${far}`

async function room({ api }: Ground, more: Partial<RequestTo<'performCreateRoom'>> = {}): Promise<string> {
  const request = { creator: ann, preset: 'public_chat', roomVersion: '11', ...more } as const
  return (await api.performCreateRoom(request)).roomId
}

const message = (sender: string, body: string) => ({ type: 'm.room.message', sender, content: { body } })

async function farJoins({ server }: Ground, roomId: string): Promise<void> {
  const prevEvents = [(await server.events(roomId)).at(-1)?.event].filter(event => event !== undefined)
  const parts = { roomId, type: 'm.room.member', sender: eve, stateKey: eve, content: { membership: 'join' } }
  await server.take(farEvent('11', { ...parts, prevEvents, state: await server.state(roomId) }))
}

inBothTransports('a membership is asked for now and at an event', async ground => {
  const { api } = ground
  const roomId = await room(ground)
  const { eventId: before } = await api.performSend({ roomId, event: message(ann, 'early') })
  const { eventId } = await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  const now = await api.queryMembership({ roomId, userId: bob })
  assert.deepEqual(now, { membership: 'join', eventId, forgotten: false })
  assert.deepEqual(await api.queryMembership({ roomId, userId: bob, at: before }), { forgotten: false })
  const { eventId: after } = await api.performSend({ roomId, event: message(ann, 'late') })
  assert.deepEqual(await api.queryMembership({ roomId, userId: bob, at: after }), now)
  assert.deepEqual(await api.queryMembership({ roomId, userId: cat }), { forgotten: false })
  await assert.rejects(api.queryMembership({ roomId: '!none:here.example', userId: bob }), { errcode: 'M_NOT_FOUND' })
})

inBothTransports('members are listed by membership and in pages', async ground => {
  const { api } = ground
  const roomId = await room(ground)
  const users = Array.from({ length: 7 }, (_, i) => `@user${i}:here.example`)
  for (const userId of users) await api.performJoin({ roomIdOrAlias: roomId, userId })
  await api.performLeave({ roomId, userId: users[0] as string })
  const named = async (request: object) => {
    const { members } = await api.queryMembersOfRoom({ roomId, ...request })
    return new Set(members.map(({ pdu }) => JSON.parse(pdu).state_key))
  }
  assert.deepEqual(await named({ membership: 'join' }), new Set([ann, ...users.slice(1)]))
  assert.deepEqual(await named({ notMembership: 'join' }), new Set([users[0]]))
  const paged: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await api.queryMembersOfRoom({ roomId, limit: 3, ...(after === undefined ? {} : { after }) })
    paged.push(...page.members.map(({ pdu }) => JSON.parse(pdu).state_key))
    after = page.next
    if (after === undefined) break
  }
  assert.deepEqual(paged.toSorted(), [ann, ...users].toSorted())
})

inBothTransports('who has left sees the members as they were then, and a stranger none', async ground => {
  const { api } = ground
  const roomId = await room(ground, { preset: 'private_chat', invite: [bob, cat] })
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  await api.performLeave({ roomId, userId: bob })
  await api.performJoin({ roomIdOrAlias: roomId, userId: cat })
  const joined = async (seenBy: string) => {
    const { members } = await api.queryMembersOfRoom({ roomId, seenBy, membership: 'join' })
    return members.map(({ pdu }) => JSON.parse(pdu).state_key).toSorted()
  }
  assert.deepEqual(await joined(ann), [ann, cat])
  assert.deepEqual(await joined(bob), [ann])
  await assert.rejects(joined('@dan:here.example'), { errcode: 'M_FORBIDDEN' })
})

inBothTransports('joined users come with their names; counts and hosts are kept', async ground => {
  const { api } = ground
  const roomId = await room(ground)
  const content = { displayname: 'Bob', avatar_url: 'mxc://here.example/bob' }
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob, content })
  await farJoins(ground, roomId)
  await api.performInvite({ roomId, inviter: ann, invitee: cat })
  const { users } = await api.queryJoinedUsers({ roomId })
  const byId = new Map(users.map(user => [user.userId, user]))
  assert.deepEqual([...byId.keys()].toSorted(), [ann, bob, eve].toSorted())
  assert.equal(byId.get(bob)?.displayName, 'Bob')
  assert.equal(byId.get(bob)?.avatarUrl, 'mxc://here.example/bob')
  const local = await api.queryJoinedUsers({ roomId, localOnly: true })
  assert.deepEqual(local.users.map(({ userId }) => userId).toSorted(), [ann, bob])
  assert.deepEqual(await api.queryMemberCounts({ roomId }), { joined: 3, invited: 1, servers: 2, partial: false })
  const { servers } = await api.queryJoinedHosts({ roomId })
  assert.deepEqual(servers, [
    { server: far, members: 1 },
    { server: 'here.example', members: 2 },
  ])
  const first = await api.queryJoinedHosts({ roomId, limit: 1 })
  const second = await api.queryJoinedHosts({ roomId, limit: 1, after: first.next as string })
  assert.deepEqual([...first.servers, ...second.servers], servers)
  assert.deepEqual(await api.queryServerJoinedToRoom({ roomId, server: far }), { roomExists: true, joined: true })
  assert.deepEqual(await api.queryServerJoinedToRoom({ roomId, server: 'x.example' }), {
    ...{ roomExists: true, joined: false },
  })
  assert.deepEqual(await api.queryServerJoinedToRoom({ roomId: '!no:here.example', server: far }), {
    ...{ roomExists: false, joined: false },
  })
})

/** What of a life in a room is seen: before the user came, while invited, while in, after they left. */
const seen = {
  world_readable: { user: [true, true, true, true], stranger: true },
  shared: { user: [true, true, true, false], stranger: false },
  invited: { user: [false, true, true, false], stranger: false },
  joined: { user: [false, false, true, false], stranger: false },
}

for (const [visibility, expected] of Object.entries(seen))
  inBothTransports(`history visibility ${visibility} is judged at each event, for users and servers`, async ground => {
    const { api, server } = ground
    const event = { type: 'm.room.history_visibility', stateKey: '', content: { history_visibility: visibility } }
    const roomId = await room(ground, { preset: 'private_chat', initialState: [event] })
    const say = async (body: string) => (await api.performSend({ roomId, event: message(ann, body) })).eventId
    const eventIds = [await say('before')]
    await api.performInvite({ roomId, inviter: ann, invitee: bob })
    eventIds.push(await say('invited'))
    const { eventId: join = '' } = await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
    eventIds.push(await say('joined'))
    await api.performLeave({ roomId, userId: bob })
    eventIds.push(await say('left'))
    const asked = { roomId, eventIds: [...eventIds, join, '$none'] }
    const { allowed } = await api.queryUserAllowedToSeeEvents({ ...asked, userId: bob })
    assert.deepEqual(allowed, [...expected.user, true, false])
    const stranger = await api.queryUserAllowedToSeeEvents({ ...asked, userId: cat })
    assert.deepEqual(
      stranger.allowed.slice(0, 4),
      Array.from({ length: 4 }, () => expected.stranger),
    )
    const own = await api.queryUserAllowedToSeeEvents({ roomId, eventIds, userId: ann })
    assert.deepEqual(own.allowed, [true, true, true, true])

    // The same life for a user of another server, by the eyes of that server.
    const roomOfFar = await room(ground, { preset: 'public_chat', initialState: [event] })
    const sayThere = async (body: string) =>
      (await api.performSend({ roomId: roomOfFar, event: message(ann, body) })).eventId
    const there = [await sayThere('before')]
    await farJoins({ api, server }, roomOfFar)
    there.push(await sayThere('joined'))
    const seenByFar = await api.queryServerAllowedToSeeEvents({ server: far, roomId: roomOfFar, eventIds: there })
    assert.deepEqual(seenByFar.allowed, [expected.user[0], true])
    const other = { server: 'x.example', roomId: roomOfFar, eventIds: there }
    const seenByOther = await api.queryServerAllowedToSeeEvents(other)
    assert.deepEqual(seenByOther.allowed, [expected.stranger, expected.stranger])
  })

inBothTransports(
  'a server that has left sees what was sent while it was in, and before where it is shared',
  async ground => {
    const { api, server } = ground
    const roomId = await room(ground)
    const say = async (body: string) => (await api.performSend({ roomId, event: message(ann, body) })).eventId
    const eventIds = [await say('before')]
    await farJoins(ground, roomId)
    eventIds.push(await say('in'))
    await api.performKick({ roomId, sender: ann, target: eve })
    eventIds.push(await say('after'))
    assert.equal(await server.membership(roomId, eve), 'leave')
    const { allowed } = await api.queryServerAllowedToSeeEvents({ server: far, roomId, eventIds })
    assert.deepEqual(allowed, [true, true, false])
  },
)

inBothTransports('the rooms of a user, and who shares them', async ground => {
  const { api } = ground
  const [one, two, three] = [await room(ground), await room(ground), await room(ground)]
  await api.performJoin({ roomIdOrAlias: one, userId: bob })
  await api.performJoin({ roomIdOrAlias: two, userId: bob })
  await api.performLeave({ roomId: two, userId: bob })
  await api.performInvite({ roomId: three, inviter: ann, invitee: bob })
  const rooms = async (membership?: 'join' | 'leave' | 'invite') => {
    const found = await api.queryRoomsForUser({ userId: bob, ...(membership === undefined ? {} : { membership }) })
    return new Map(found.rooms.map(entry => [entry.roomId, entry.membership]))
  }
  assert.deepEqual(
    await rooms(),
    new Map([
      [one, 'join'],
      [two, 'leave'],
      [three, 'invite'],
    ]),
  )
  assert.deepEqual(await rooms('join'), new Map([[one, 'join']]))
  const paged = await api.queryRoomsForUser({ userId: bob, limit: 2 })
  const rest = await api.queryRoomsForUser({ userId: bob, limit: 2, after: paged.next as string })
  assert.equal(paged.rooms.length + rest.rooms.length, 3)

  await farJoins(ground, one)
  await api.performJoin({ roomIdOrAlias: two, userId: cat })
  const shared = await api.querySharedUsers({ userId: bob })
  assert.deepEqual(shared.users.toSorted(), [ann, eve].toSorted())
  assert.deepEqual((await api.querySharedUsers({ userId: bob, localOnly: true })).users, [ann])
  assert.deepEqual((await api.querySharedUsers({ userId: bob, others: [cat, eve] })).users, [eve])
  assert.deepEqual((await api.queryLeftUsers({ userIds: [ann, eve, '@none:x.example'] })).left, ['@none:x.example'])
  await api.performKick({ roomId: one, sender: ann, target: eve })
  assert.deepEqual((await api.queryLeftUsers({ userIds: [ann, eve] })).left, [eve])
})

inBothTransports('who left and who came between two positions of the output log', async ground => {
  const { api } = ground
  const roomId = await room(ground)
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  const { outputPosition: from } = await api.queryStats({})
  await api.performLeave({ roomId, userId: bob })
  await api.performJoin({ roomIdOrAlias: roomId, userId: cat })
  const { outputPosition: to } = await api.queryStats({})
  await api.performLeave({ roomId, userId: cat })
  assert.deepEqual(await api.queryUsersWhoLeft({ roomId, from, to }), { left: [bob], joined: [cat] })
  assert.deepEqual(await api.queryUsersWhoLeft({ roomId, from }), { left: [bob], joined: [] })
  await assert.rejects(api.queryUsersWhoLeft({ roomId, from: 'nowhere' }), { errcode: 'M_INVALID_PARAM' })
})

inBothTransports('users are found by a part of their ID or name where a room is shared', async ground => {
  const { api } = ground
  const roomId = await room(ground, { preset: 'private_chat', invite: [bob] })
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob, content: { displayname: 'Bob 100%_' } })
  const hidden = await room(ground, { creator: cat, preset: 'private_chat' })
  assert.ok(hidden)
  const find = async (search: string) =>
    (await api.queryKnownUsers({ userId: ann, search })).users.map(({ userId }) => userId)
  assert.deepEqual(await find('BOB'), [bob])
  assert.deepEqual(await find('0%_'), [bob])
  assert.deepEqual(await find('%'), [bob])
  assert.deepEqual(await find('cat'), [])
})

inBothTransports('state content over many rooms', async ground => {
  const { api } = ground
  const [one, two] = [await room(ground, { name: 'One' }), await room(ground, { name: 'Two' })]
  await api.performJoin({ roomIdOrAlias: two, userId: bob })
  const { rooms } = await api.queryBulkStateContent({
    roomIds: [one, '!none:here.example', two],
    tuples: [
      ['m.room.name', ''],
      ['m.room.member', '*'],
    ],
  })
  const told = rooms.map(({ roomId, state }) => [
    roomId,
    state.filter(({ type }) => type === 'm.room.name').map(({ content }) => content['name']),
    state.filter(({ type }) => type === 'm.room.member').map(({ stateKey }) => stateKey),
  ])
  assert.deepEqual(told, [
    [one, ['One'], [ann]],
    [two, ['Two'], [ann, bob]],
  ])
})

inBothTransports('a restricted room says whom its conditions let in, and by whom', async ground => {
  const { api } = ground
  const [space, plain] = [await room(ground), await room(ground)]
  const content = { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: space }] }
  const joinRules = { type: 'm.room.join_rules', stateKey: '', content }
  const roomId = await room(ground, { preset: 'private_chat', initialState: [joinRules] })
  await api.performJoin({ roomIdOrAlias: space, userId: bob })
  const ask = (userId: string, asked = roomId) => api.queryRestrictedJoinAllowed({ roomId: asked, userId })
  assert.deepEqual(await ask(bob), { restricted: true, resident: true, allowed: true, authorisedVia: ann })
  assert.deepEqual(await ask(cat), { restricted: true, resident: true, allowed: false })
  assert.deepEqual(await ask(cat, plain), { restricted: false, resident: true, allowed: false })
  await assert.rejects(ask(cat, '!none:here.example'), RoomServerError)
})

inBothTransports('of rooms that nobody peeks into and users without invites there is nothing to tell', async ground => {
  const { api } = ground
  const roomId = await room(ground)
  assert.deepEqual(await api.queryPeeks({ roomId }), { users: [], servers: [] })
  assert.deepEqual(await api.queryOutsideInvites({ userId: bob }), { invites: [] })
})
