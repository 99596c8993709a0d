import assert from 'node:assert/strict'
import type { RequestTo, RoomServerApi } from '../../src/api/index.ts'
import { far, farEvent } from '../server-in-memory.ts'
import { type Ground, inBothTransports } from './both-transports.ts'

const ann = '@ann:here.example'
const bob = '@bob:here.example'
const cat = '@cat:here.example'
const eve = `@eve:${far}`
const versions = Array.from({ length: 12 }, (_, i) => `${i + 1}`)

async function room({ api }: Ground, more: Partial<RequestTo<'performCreateRoom'>> = {}): Promise<string> {
  const request = { creator: ann, preset: 'public_chat', roomVersion: '11', ...more } as const
  return (await api.performCreateRoom(request)).roomId
}

/** Contents as written JSON: those of events have no prototype. */
const plain = (content: unknown) => (content === undefined ? undefined : JSON.parse(JSON.stringify(content)))

const membership = async (api: RoomServerApi, roomId: string, userId: string) =>
  (await api.queryMembership({ roomId, userId })).membership

inBothTransports(
  'a room is created in every version by every preset, with its state in the right order',
  async ground => {
    const { api, server } = ground
    const presets = {
      private_chat: ['invite', 'can_join'],
      trusted_private_chat: ['invite', 'can_join'],
      public_chat: ['public', undefined],
    } as const
    for (const roomVersion of versions)
      for (const [preset, [joinRule, guestAccess]] of Object.entries(presets)) {
        const roomId = await room(ground, {
          ...{ roomVersion, preset: preset as 'private_chat', name: 'Hall', topic: 'All', invite: [bob] },
          initialState: [{ type: 'm.room.encryption', stateKey: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
        })
        const place = `${preset} in version ${roomVersion}`
        assert.deepEqual(plain(await server.content(roomId, 'm.room.join_rules')), { join_rule: joinRule }, place)
        assert.deepEqual(
          plain(await server.content(roomId, 'm.room.guest_access')),
          guestAccess === undefined ? undefined : { guest_access: guestAccess },
          place,
        )
        assert.equal((await server.content(roomId, 'm.room.create'))?.['room_version'], roomVersion, place)
        assert.equal(await membership(api, roomId, bob), 'invite', place)
        const types = (await server.events(roomId)).map(({ event }) => event.type)
        const expected = ['create', 'member', 'power_levels', 'join_rules', 'history_visibility']
        if (guestAccess !== undefined) expected.push('guest_access')
        const rest = ['encryption', 'name', 'topic', 'member']
        assert.deepEqual(
          types,
          [...expected, ...rest].map(type => `m.room.${type}`),
          place,
        )
      }
  },
)

inBothTransports('a room that cannot be made leaves nothing', async ground => {
  const { api } = ground
  const before = (await api.queryStats({})).rooms
  const refused = (more: Partial<RequestTo<'performCreateRoom'>>, errcode: string) =>
    assert.rejects(room(ground, more), { errcode })
  await refused({ roomVersion: '99' }, 'M_UNSUPPORTED_ROOM_VERSION')
  await refused({ creator: eve }, 'M_FORBIDDEN')
  await refused({ powerLevelContentOverride: { users: { [ann]: 'much' } } }, 'M_INVALID_ROOM_STATE')
  const member = { type: 'm.room.member', stateKey: bob, content: { membership: 'join' } }
  await refused({ initialState: [member] }, 'M_INVALID_PARAM')
  assert.equal((await api.queryStats({})).rooms, before)
})

inBothTransports('an alias is made with its room, found, and lost again by those who may', async ground => {
  const { api, server } = ground
  const made = await api.performCreateRoom({ creator: ann, preset: 'public_chat', aliasLocalpart: 'hall' })
  const { roomId, alias } = made
  assert.equal(alias, '#hall:here.example')
  assert.deepEqual(plain(await server.content(roomId, 'm.room.canonical_alias')), { alias })
  const found = await api.queryAlias({ alias: '#hall:here.example' })
  assert.deepEqual(found, { roomId, creator: ann, servers: ['here.example'] })
  await assert.rejects(room(ground, { aliasLocalpart: 'hall' }), { errcode: 'M_ROOM_IN_USE' })

  const joined = await api.performJoin({ roomIdOrAlias: '#hall:here.example', userId: bob })
  assert.equal(joined.roomId, roomId)
  await api.performSetAlias({ alias: '#other:here.example', roomId, creator: bob })
  assert.deepEqual((await api.queryAliasesOfRoom({ roomId })).aliases, ['#hall:here.example', '#other:here.example'])
  const taken = { alias: '#other:here.example', roomId, creator: ann }
  await assert.rejects(api.performSetAlias(taken), { errcode: 'M_ALIAS_IN_USE' })
  await assert.rejects(api.performSetAlias({ ...taken, alias: '#x:far.example' }), { errcode: 'M_INVALID_PARAM' })
  await assert.rejects(api.performSetAlias({ ...taken, roomId: '!no:here.example', alias: '#n:here.example' }), {
    errcode: 'M_NOT_FOUND',
  })
  await assert.rejects(api.performRemoveAlias({ alias: '#hall:here.example', sender: bob }), { errcode: 'M_FORBIDDEN' })
  await api.performRemoveAlias({ alias: '#other:here.example', sender: bob })
  assert.deepEqual(await api.performRemoveAlias({ alias: '#hall:here.example', sender: ann }), { roomId })
  assert.deepEqual(plain(await server.content(roomId, 'm.room.canonical_alias')), {})
  await assert.rejects(api.queryAlias({ alias: '#hall:here.example' }), { errcode: 'M_NOT_FOUND' })
  const gone = { roomIdOrAlias: '#hall:here.example', userId: cat }
  await assert.rejects(api.performJoin(gone), { errcode: 'M_NOT_FOUND' })
})

inBothTransports('published rooms are listed, most members first, in pages and by search', async ground => {
  const { api } = ground
  const [small, large, hidden] = [
    await room(ground, { visibility: 'public', name: 'Small hall' }),
    await room(ground, { visibility: 'public', name: 'Large', topic: 'A HALL' }),
    await room(ground, { name: 'Hall of nobody' }),
  ]
  await api.performJoin({ roomIdOrAlias: large, userId: bob })
  const ids = async (request: RequestTo<'queryPublishedRooms'>) =>
    (await api.queryPublishedRooms(request)).rooms.map(({ roomId }) => roomId)
  assert.deepEqual(await ids({}), [large, small])
  assert.deepEqual(await ids({ search: 'small' }), [small])
  assert.deepEqual(await ids({ search: 'hall' }), [large, small])
  assert.deepEqual(await ids({ roomTypes: ['m.space'] }), [])
  assert.deepEqual(await ids({ roomTypes: [null] }), [large, small])
  const first = await api.queryPublishedRooms({ limit: 1 })
  assert.equal(first.total, 2)
  const second = await api.queryPublishedRooms({ limit: 1, after: first.next as string })
  assert.deepEqual(
    [...first.rooms, ...second.rooms].map(({ roomId }) => roomId),
    [large, small],
  )
  assert.equal(second.next, undefined)
  assert.deepEqual(await ids({ roomId: hidden }), [])
  const publish = { roomId: hidden, visibility: 'public' } as const
  await assert.rejects(api.performPublish({ ...publish, sender: bob }), { errcode: 'M_FORBIDDEN' })
  await api.performPublish({ ...publish, sender: ann })
  assert.deepEqual(await ids({ roomId: hidden }), [hidden])
  await api.performPublish({ roomId: hidden, visibility: 'private' })
  assert.deepEqual(await ids({ roomId: hidden }), [])
})

inBothTransports('what the rules refuse for its form alone is malformed, not forbidden', async ground => {
  const { api } = ground
  const roomId = await room(ground, { roomVersion: '12' })
  const send = (type: string, content: Record<string, unknown>, stateKey = '') =>
    api.performSend({ roomId, event: { type, stateKey, sender: ann, content }, unlessSame: true })
  await assert.rejects(send('m.room.create', { room_version: '12', more: true }), { errcode: 'M_BAD_JSON' })
  await assert.rejects(send('m.room.power_levels', { users: { [ann]: 100 } }), { errcode: 'M_BAD_JSON' })
  await assert.rejects(send('m.room.power_levels', { users: { [bob]: 2 ** 53 } }), { errcode: 'M_BAD_JSON' })
  await assert.rejects(send('m.room.member', { membership: 'asleep' }, ann), { errcode: 'M_BAD_JSON' })
})

inBothTransports('memberships change as the rules say', async ground => {
  const { api } = ground
  const roomId = await room(ground, { preset: 'private_chat' })
  const refused = (work: Promise<unknown>, errcode = 'M_FORBIDDEN') => assert.rejects(work, { errcode })
  await refused(api.performJoin({ roomIdOrAlias: roomId, userId: bob }))
  await refused(api.performKnock({ roomIdOrAlias: roomId, userId: bob }))
  await api.performInvite({ roomId, inviter: ann, invitee: bob, reason: 'come' })
  assert.equal(await membership(api, roomId, bob), 'invite')
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  await refused(api.performKick({ roomId, sender: bob, target: ann }))
  await refused(api.performBan({ roomId, sender: bob, target: ann }))
  await api.performKick({ roomId, sender: ann, target: bob, reason: 'go' })
  assert.equal(await membership(api, roomId, bob), 'leave')
  await api.performBan({ roomId, sender: ann, target: bob })
  assert.equal(await membership(api, roomId, bob), 'ban')
  await refused(api.performInvite({ roomId, inviter: ann, invitee: bob }))
  await refused(api.performLeave({ roomId, userId: bob }))
  await api.performUnban({ roomId, sender: ann, target: bob })
  assert.equal(await membership(api, roomId, bob), 'leave')
  assert.deepEqual(await api.performLeave({ roomId, userId: bob }), {})
  await refused(api.performLeave({ roomId: '!none:here.example', userId: bob }), 'M_NOT_FOUND')

  const knocking = { type: 'm.room.join_rules', stateKey: '', content: { join_rule: 'knock' } }
  const gate = await room(ground, { preset: 'private_chat', initialState: [knocking] })
  await api.performKnock({ roomIdOrAlias: gate, userId: bob, reason: 'please' })
  assert.equal(await membership(api, gate, bob), 'knock')
  await api.performInvite({ roomId: gate, inviter: ann, invitee: bob })
  await api.performJoin({ roomIdOrAlias: gate, userId: bob })
  assert.equal(await membership(api, gate, bob), 'join')
})

inBothTransports('a room is forgotten by who has left it, and back with the next join', async ground => {
  const { api } = ground
  const roomId = await room(ground)
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  await assert.rejects(api.performForget({ roomId, userId: bob }), { errcode: 'M_UNKNOWN' })
  await api.performLeave({ roomId, userId: bob })
  const forgotten = async () => (await api.queryRoomsForUser({ userId: bob })).rooms.map(entry => entry.forgotten)
  assert.deepEqual(await forgotten(), [false])
  await api.performForget({ roomId, userId: bob })
  assert.deepEqual(await forgotten(), [true])
  assert.equal((await api.queryMembership({ roomId, userId: bob })).forgotten, true)
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  await api.performLeave({ roomId, userId: bob })
  assert.deepEqual(await forgotten(), [false])
  await assert.rejects(api.performForget({ roomId: '!none:here.example', userId: bob }), { errcode: 'M_NOT_FOUND' })
})

for (const [from, to] of [
  ['1', '11'],
  ['10', '12'],
  ['12', '12'],
  ['12', '11'],
] as const)
  inBothTransports(`a room is upgraded from version ${from} to ${to} with what goes along`, async ground => {
    const { api, server } = ground
    const { roomId: old } = await api.performCreateRoom({
      ...{ creator: ann, preset: 'public_chat', roomVersion: from, name: 'Hall', aliasLocalpart: 'hall' },
      ...{ visibility: 'public', creationContent: { type: 'm.space' } },
      powerLevelContentOverride: { users: { ...(from === '12' ? {} : { [ann]: 100 }), [bob]: 50 } },
      initialState: [
        { type: 'm.space.child', stateKey: '!child:here.example', content: { via: ['here.example'] } },
        { type: 'org.example.mine', stateKey: '', content: { stays: true } },
      ],
    })
    await api.performJoin({ roomIdOrAlias: old, userId: bob })
    await api.performBan({ roomId: old, sender: ann, target: cat, reason: 'noise' })
    await assert.rejects(api.performUpgrade({ roomId: old, sender: bob, newVersion: to }), { errcode: 'M_FORBIDDEN' })
    const { roomId, tombstone } = await api.performUpgrade({ roomId: old, sender: ann, newVersion: to })

    const state = await server.state(roomId)
    const content = (type: string, stateKey = '') => plain(state.get(`${type} ${stateKey}`)?.content)
    assert.equal((await api.queryRoomVersion({ roomId })).roomVersion, to)
    const create = content('m.room.create')
    assert.equal(create.predecessor.room_id, old)
    assert.equal(create.type, 'm.space')
    assert.deepEqual(content('m.room.name'), { name: 'Hall' })
    assert.deepEqual(content('m.room.join_rules'), { join_rule: 'public' })
    assert.deepEqual(content('m.space.child', '!child:here.example'), { via: ['here.example'] })
    assert.equal(content('org.example.mine'), undefined)
    assert.deepEqual(content('m.room.member', cat), { membership: 'ban', reason: 'noise' })
    assert.equal(content('m.room.member', bob), undefined)
    // Who stood above all levels reaches them all, the tombstone's of version 12 with them.
    const annsLevel = to === '12' ? {} : { [ann]: from === '12' ? 150 : 100 }
    assert.deepEqual(content('m.room.power_levels').users, { ...annsLevel, [bob]: 50 })

    const oldState = await server.state(old)
    assert.equal(oldState.get('m.room.tombstone ')?.eventId, tombstone)
    assert.equal(oldState.get('m.room.tombstone ')?.content['replacement_room'], roomId)
    assert.deepEqual(plain(oldState.get('m.room.canonical_alias ')?.content), {})
    const levels = oldState.get('m.room.power_levels ')?.content
    assert.deepEqual([levels?.['events_default'], levels?.['invite']], [50, 50])
    assert.equal((await api.queryAlias({ alias: '#hall:here.example' })).roomId, roomId)
    assert.deepEqual(
      (await api.queryPublishedRooms({})).rooms.map(entry => entry.roomId),
      [roomId],
    )
  })

inBothTransports('additional creators are named where the version has them', async ground => {
  const { api, server } = ground
  const old = await room(ground)
  const wish = { roomId: old, sender: ann, additionalCreators: [bob] }
  await assert.rejects(api.performUpgrade({ ...wish, newVersion: '0' }), { errcode: 'M_UNSUPPORTED_ROOM_VERSION' })
  const { roomId } = await api.performUpgrade({ ...wish, newVersion: '12' })
  assert.deepEqual(plain(await server.content(roomId, 'm.room.create')).additional_creators, [bob])
})

inBothTransports('users peek into world-readable rooms, and other servers do', async ground => {
  const { api } = ground
  const readable = {
    type: 'm.room.history_visibility',
    stateKey: '',
    content: { history_visibility: 'world_readable' },
  }
  const [open, closed] = [await room(ground, { initialState: [readable] }), await room(ground)]
  assert.deepEqual(await api.performPeek({ roomId: open, userId: bob, device: 'D' }), { roomId: open })
  await assert.rejects(api.performPeek({ roomId: closed, userId: bob, device: 'D' }), { errcode: 'M_FORBIDDEN' })
  const inbound = { roomId: open, server: far, peekId: 'p', renewalInterval: 60_000 }
  const answer = await api.performInboundPeek(inbound)
  const { state } = await api.queryCurrentState({ roomId: open })
  assert.deepEqual(new Set(answer.stateIds), new Set(state.map(({ eventId }) => eventId)))
  await assert.rejects(api.performInboundPeek({ ...inbound, roomId: closed }), { errcode: 'M_FORBIDDEN' })
  const peeks = await api.queryPeeks({ roomId: open })
  assert.deepEqual(peeks.users, [{ userId: bob, device: 'D' }])
  assert.deepEqual(
    peeks.servers.map(({ server, peekId }) => [server, peekId]),
    [[far, 'p']],
  )
  await api.performPeek({ roomId: open, userId: bob, device: 'D', end: true })
  await api.performInboundPeek({ ...inbound, end: true })
  assert.deepEqual(await api.queryPeeks({ roomId: open }), { users: [], servers: [] })
  const told = (await api.readOutput({ after: '' })).events.filter(({ output }) => output.kind.includes('peek'))
  assert.deepEqual(
    told.map(event => [event.roomId, event.output.kind]),
    ['peek', 'inbound-peek', 'peek-retired', 'inbound-peek-retired'].map(kind => [open, kind]),
  )
})

inBothTransports('a blocked room takes no joins and no events, and lets users leave', async ground => {
  const { api } = ground
  const roomId = await room(ground)
  await api.adminBlockRoom({ roomId, block: true, by: '@admin:here.example', reason: 'spam' })
  const { rooms } = await api.queryBlockedRooms({})
  assert.deepEqual(
    rooms.map(({ roomId: id, by, reason }) => [id, by, reason]),
    [[roomId, '@admin:here.example', 'spam']],
  )
  await assert.rejects(api.performJoin({ roomIdOrAlias: roomId, userId: bob }), { errcode: 'M_FORBIDDEN' })
  const event = { type: 'm.room.message', sender: ann, content: { body: 'x' } }
  await assert.rejects(api.performSend({ roomId, event }), { errcode: 'M_FORBIDDEN' })
  await api.performLeave({ roomId, userId: ann })
  await api.adminBlockRoom({ roomId, block: false, by: '@admin:here.example' })
  assert.deepEqual((await api.queryBlockedRooms({ roomId })).rooms, [])
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
})

inBothTransports('reports are kept for the operator until they are removed', async ground => {
  const { api } = ground
  const roomId = await room(ground)
  const event = { type: 'm.room.message', sender: ann, content: { body: 'x' } }
  const { eventId } = await api.performSend({ roomId, event })
  await api.adminReport({ roomId, eventId, reporter: bob, reason: 'rude', score: -50 })
  await api.adminReport({ roomId, reporter: bob, reason: 'all of it' })
  await assert.rejects(api.adminReport({ roomId, eventId: '$none', reporter: bob, reason: '' }), {
    errcode: 'M_NOT_FOUND',
  })
  const { reports } = await api.queryReports({})
  assert.deepEqual(
    reports.map(report => [report.eventId, report.reason, report.score]),
    [
      [eventId, 'rude', -50],
      [undefined, 'all of it', undefined],
    ],
  )
  const [first] = reports
  await api.adminRemoveReport({ id: first?.id as number })
  assert.equal((await api.queryReports({})).reports.length, 1)
  await assert.rejects(api.adminRemoveReport({ id: first?.id as number }), { errcode: 'M_NOT_FOUND' })
})

inBothTransports('rooms and users are evacuated', async ground => {
  const { api } = ground
  const [one, two] = [await room(ground), await room(ground, { creator: bob })]
  await api.performJoin({ roomIdOrAlias: one, userId: bob })
  await api.performInvite({ roomId: one, inviter: ann, invitee: cat })
  const evacuated = await api.adminEvacuateRoom({ roomId: one, reason: 'closing' })
  assert.deepEqual([evacuated.left.toSorted(), evacuated.failed], [[ann, bob, cat], []])
  assert.equal((await api.queryMemberCounts({ roomId: one })).joined, 0)
  assert.deepEqual(await api.adminEvacuateUser({ userId: bob }), { left: [two], failed: [] })
  await assert.rejects(api.adminEvacuateRoom({ roomId: '!none:here.example' }), { errcode: 'M_NOT_FOUND' })
})

inBothTransports('a purged room is gone with all that is its own, and others are whole', async ground => {
  const { api, server } = ground
  const roomId = await room(ground, { name: 'Going', aliasLocalpart: 'going', visibility: 'public' })
  const other = await room(ground, { name: 'Staying' })
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  const prevEvents = [(await server.events(roomId)).at(-1)?.event].filter(event => event !== undefined)
  const parts = { roomId, type: 'm.room.member', sender: eve, stateKey: eve, content: { membership: 'join' } }
  await server.take(farEvent('11', { ...parts, prevEvents, state: await server.state(roomId) }))
  const { outputPosition } = await api.queryStats({})
  await api.adminPurgeRoom({ roomId })
  await assert.rejects(api.queryCurrentState({ roomId }), { errcode: 'M_NOT_FOUND' })
  await assert.rejects(api.queryAlias({ alias: '#going:here.example' }), { errcode: 'M_NOT_FOUND' })
  assert.deepEqual((await api.queryPublishedRooms({})).rooms, [])
  assert.deepEqual((await api.queryRoomsForUser({ userId: bob })).rooms, [])
  assert.equal((await api.queryStats({})).rooms, 1)
  assert.deepEqual(plain(await server.content(other, 'm.room.name')), { name: 'Staying' })
  const told = (await api.readOutput({ after: outputPosition })).events
  assert.deepEqual(
    told.filter(({ output }) => output.kind === 'purged').map(event => event.roomId),
    [roomId],
  )
  await assert.rejects(api.adminPurgeRoom({ roomId }), { errcode: 'M_NOT_FOUND' })
  await api.performSend({ roomId: other, event: { type: 'm.room.message', sender: ann, content: { body: 'x' } } })
})

inBothTransports('the states of a room are worked out anew on request, and a right one stays', async ground => {
  const { api, server } = ground
  const roomId = await room(ground)
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  const right = { wrongStates: [], current: { added: [], removed: [] }, repaired: false }
  const events = (await server.events(roomId)).length
  assert.deepEqual(await api.adminRecomputeState({ roomId, repair: false }), { events, ...right })
  assert.deepEqual(await api.adminRecomputeState({ roomId, repair: true }), { events, ...right })
  await assert.rejects(api.adminRecomputeState({ roomId: '!none:here.example', repair: true }), {
    errcode: 'M_NOT_FOUND',
  })
})
