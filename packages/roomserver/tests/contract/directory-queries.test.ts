import assert from 'node:assert/strict'
import type { RequestTo } from '../../src/api/index.ts'
import { far } from '../server-in-memory.ts'
import { type Ground, inBothTransports } from './both-transports.ts'

const ann = '@ann:here.example'
const bob = '@bob:here.example'

async function room({ api }: Ground, more: Partial<RequestTo<'performCreateRoom'>> = {}): Promise<string> {
  const request = { creator: ann, preset: 'public_chat', roomVersion: '11', ...more } as const
  return (await api.performCreateRoom(request)).roomId
}

inBothTransports('the room versions that there are', async ({ api }) => {
  const { default: standard, available } = await api.queryCapabilities({})
  assert.equal(standard, '12')
  const expected = Array.from({ length: 12 }, (_, i) => [`${i + 1}`, 'stable'])
  assert.deepEqual(Object.entries(available).toSorted(), expected.toSorted())
})

inBothTransports('a room is summed up by its state', async ground => {
  const { api } = ground
  const roomId = await room(ground, {
    ...{ name: 'Hall', topic: 'All of it', creationContent: { type: 'm.space' } },
    initialState: [
      { type: 'm.room.history_visibility', stateKey: '', content: { history_visibility: 'world_readable' } },
      { type: 'm.room.avatar', stateKey: '', content: { url: 'mxc://here.example/hall' } },
    ],
  })
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  const { room: summary } = await api.queryRoomSummary({ roomId })
  const { guestCanJoin, ...rest } = summary
  assert.equal(typeof guestCanJoin, 'boolean')
  assert.deepEqual(rest, {
    ...{ roomId, roomVersion: '11', name: 'Hall', topic: 'All of it', avatarUrl: 'mxc://here.example/hall' },
    ...{ joinRule: 'public', roomType: 'm.space', joinedMembers: 2, worldReadable: true },
  })
  await assert.rejects(api.queryRoomSummary({ roomId: '!none:here.example' }), { errcode: 'M_NOT_FOUND' })
})

inBothTransports('server ACLs refuse whom they name, and are found', async ground => {
  const { api } = ground
  const acl = { type: 'm.room.server_acl', stateKey: '', content: { allow: ['*'], deny: ['*.Evil.example', far] } }
  const [closed, open] = [await room(ground, { initialState: [acl] }), await room(ground)]
  const banned = async (server: string, roomId = closed) => (await api.queryServerBanned({ roomId, server })).banned
  assert.equal(await banned('one.evil.example:8448'), true)
  assert.equal(await banned(far), true)
  assert.equal(await banned('good.example'), false)
  assert.equal(await banned(far, open), false)
  assert.equal(await banned('not a server name'), true)
  assert.equal(await banned(far, '!none:here.example'), false)
  assert.deepEqual(await api.queryRoomsWithAcls({}), { roomIds: [closed] })
  const allowed = { type: 'm.room.server_acl', stateKey: '', sender: ann, content: { allow: ['*'] } }
  await api.performSend({ roomId: closed, event: allowed })
  assert.equal(await banned(far), false)
})

/** A space with rooms below it, of which one has a child that is not here, and leads back. */
async function space(ground: Ground): Promise<Record<'root' | 'one' | 'two' | 'hidden' | 'deep', string>> {
  const { api } = ground
  const deep = await room(ground, { name: 'Deep' })
  const one = await room(ground, { name: 'One', creationContent: { type: 'm.space' } })
  const two = await room(ground, { name: 'Two' })
  const hidden = await room(ground, { name: 'Hidden', preset: 'private_chat', creator: bob })
  const root = await room(ground, { name: 'Root', creationContent: { type: 'm.space' } })
  const child = (roomId: string, stateKey: string, content: Record<string, unknown>) =>
    api.performSend({ roomId, event: { type: 'm.space.child', stateKey, sender: ann, content } })
  const via = ['here.example']
  await child(root, two, { via, order: 'b', suggested: true })
  await child(root, one, { via, order: 'a' })
  await child(root, hidden, { via, order: 'c' })
  await child(root, '!gone:here.example', {})
  await child(one, deep, { via })
  await child(one, root, { via })
  await child(one, '!elsewhere:far.example', { via: ['far.example'] })
  return { root, one, two, hidden, deep }
}

inBothTransports('a hierarchy is walked depth first, in order, once each, as the asker may see it', async ground => {
  const { api } = ground
  const { root, one, two, hidden, deep } = await space(ground)
  const walked = await api.queryRoomHierarchy({ roomId: root, userId: ann })
  assert.deepEqual(
    walked.rooms.map(({ room: { roomId }, depth }) => [roomId, depth]),
    [
      [root, 0],
      [one, 1],
      [deep, 2],
      [two, 1],
    ],
  )
  assert.deepEqual(walked.inaccessible, [hidden])
  assert.deepEqual(walked.unknown, [{ roomId: '!elsewhere:far.example', via: ['far.example'] }])
  assert.deepEqual(
    walked.rooms[0]?.children.map(({ stateKey }) => stateKey),
    [one, two, hidden],
  )
  const ofBob = await api.queryRoomHierarchy({ roomId: root, userId: bob })
  assert.ok(ofBob.rooms.some(({ room: { roomId } }) => roomId === hidden))
  const shallow = await api.queryRoomHierarchy({ roomId: root, userId: ann, maxDepth: 1, suggestedOnly: true })
  assert.deepEqual(
    shallow.rooms.map(({ room: { roomId } }) => roomId),
    [root, two],
  )
  const paged: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await api.queryRoomHierarchy({
      ...{ roomId: root, userId: ann, limit: 1 },
      ...(after === undefined ? {} : { after }),
    })
    paged.push(...page.rooms.map(({ room: { roomId } }) => roomId))
    after = page.next
    if (after === undefined) break
  }
  assert.deepEqual(paged, [root, one, deep, two])
  await assert.rejects(api.queryRoomHierarchy({ roomId: hidden, userId: ann }), { errcode: 'M_FORBIDDEN' })
  await assert.rejects(api.queryRoomHierarchy({ roomId: '!none:here.example', userId: ann }), {
    errcode: 'M_NOT_FOUND',
  })
})

inBothTransports('the operator sees all rooms, and those without a local user', async ground => {
  const { api } = ground
  const [hall, left] = [await room(ground, { name: 'Hall' }), await room(ground, { name: 'Left' })]
  await api.performLeave({ roomId: left, userId: ann })
  const ids = async (request: RequestTo<'queryRooms'>) => {
    const { rooms, total } = await api.queryRooms(request)
    return [rooms.map(({ room: { roomId } }) => roomId), total]
  }
  assert.deepEqual(await ids({}), [[hall, left], 2])
  assert.deepEqual(await ids({ search: 'hAl' }), [[hall], 2])
  assert.deepEqual(await ids({ emptyOnly: true }), [[left], 2])
  const first = await api.queryRooms({ limit: 1 })
  assert.deepEqual(await ids({ limit: 1, after: first.next as string }), [[left], 2])
})

inBothTransports('figures of one room and of all', async ground => {
  const { api, server } = ground
  const [one, two] = [await room(ground), await room(ground)]
  await api.performJoin({ roomIdOrAlias: two, userId: bob })
  const ofOne = await api.queryStats({ roomId: one })
  assert.equal(ofOne.events, (await server.events(one)).length)
  assert.equal(ofOne.joinedMembers, 1)
  assert.equal(ofOne.forwardExtremities, 1)
  assert.equal(ofOne.provisional, 0)
  const all = await api.queryStats({})
  assert.equal(all.rooms, 2)
  assert.equal(all.joinedMembers, 3)
  assert.equal(all.events, (await server.events(one)).length + (await server.events(two)).length)
  await assert.rejects(api.queryStats({ roomId: '!none:here.example' }), { errcode: 'M_NOT_FOUND' })
})
