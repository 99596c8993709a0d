/**
 * Upgrades in their details: levels, join rules, creators, and who may. Client-server API, "Room Upgrades".
 */
import assert from 'node:assert/strict'
import type { RequestTo } from '../../src/api/index.ts'
import { type Ground, inBothTransports } from './both-transports.ts'

const ann = '@ann:here.example'
const bob = '@bob:here.example'
const cat = '@cat:here.example'

async function room({ api }: Ground, more: Partial<RequestTo<'performCreateRoom'>> = {}): Promise<string> {
  const request = { creator: ann, preset: 'public_chat', roomVersion: '11', ...more } as const
  return (await api.performCreateRoom(request)).roomId
}

async function upgraded({ api }: Ground, roomId: string, newVersion: string, sender = ann, more = {}) {
  return (await api.performUpgrade({ roomId, sender, newVersion, ...more })).roomId
}

const plain = (content: unknown) => (content === undefined ? undefined : JSON.parse(JSON.stringify(content)))

inBothTransports('levels that older versions wrote as text become integers', async ground => {
  const { server } = ground
  const levels = { users: { [ann]: '100', [bob]: ' 50 ' }, ban: '60', notifications: { room: '20' }, kick: 'much' }
  const old = await room(ground, { roomVersion: '5', powerLevelContentOverride: levels })
  const roomId = await upgraded(ground, old, '11')
  const { users, ban, kick, notifications } = plain(await server.content(roomId, 'm.room.power_levels'))
  assert.deepEqual([users, ban, kick, notifications], [{ [ann]: 100, [bob]: 50 }, 60, undefined, { room: 20 }])
})

inBothTransports('creators who outranked all get a level that reaches everything where nobody can', async ground => {
  const { api, server } = ground
  const events = { 'm.room.tombstone': 150, 'm.room.server_acl': 120 }
  const old = await room(ground, {
    ...{ roomVersion: '12', creationContent: { additional_creators: [bob] } },
    powerLevelContentOverride: { events },
  })
  const roomId = await upgraded(ground, old, '11')
  const { users } = plain(await server.content(roomId, 'm.room.power_levels'))
  assert.deepEqual(users, { [ann]: 150, [bob]: 150 })
  assert.equal((await server.content(roomId, 'm.room.create'))?.['additional_creators'], undefined)
  await api.performSend({
    roomId,
    event: { type: 'm.room.server_acl', stateKey: '', sender: ann, content: { allow: ['*'] } },
  })
})

inBothTransports('creators of the new room are not listed, and old ones are not carried over', async ground => {
  const { api, server } = ground
  const old = await room(ground, {
    ...{ roomVersion: '12', powerLevelContentOverride: { users: { [bob]: 150, [cat]: 50 } } },
  })
  await api.performJoin({ roomIdOrAlias: old, userId: bob })
  const roomId = await upgraded(ground, old, '12', bob, { additionalCreators: [cat] })
  assert.deepEqual(plain(await server.content(roomId, 'm.room.power_levels')).users, {})
  const create = plain(await server.content(roomId, 'm.room.create'))
  assert.deepEqual(create, { additional_creators: [cat], predecessor: { room_id: old }, room_version: '12' })
})

inBothTransports('additional creators are ignored by versions without them', async ground => {
  const { server } = ground
  const roomId = await upgraded(ground, await room(ground), '10', ann, { additionalCreators: [bob, 'nobody'] })
  const create = plain(await server.content(roomId, 'm.room.create'))
  assert.equal(create.additional_creators, undefined)
  assert.match(create.predecessor.event_id, /^\$/)
})

inBothTransports('a join rule that the new version lacks becomes one that lets nobody else in', async ground => {
  const { server } = ground
  const allow = [{ type: 'm.room_membership', room_id: '!other:here.example' }]
  const joinRule = async (roomVersion: string, join_rule: string, to: string) => {
    const rule = { type: 'm.room.join_rules', stateKey: '', content: { join_rule, allow } }
    const roomId = await upgraded(ground, await room(ground, { roomVersion, initialState: [rule] }), to)
    return (await server.content(roomId, 'm.room.join_rules'))?.['join_rule']
  }
  assert.equal(await joinRule('10', 'knock_restricted', '11'), 'knock_restricted')
  assert.equal(await joinRule('10', 'knock_restricted', '9'), 'restricted')
  assert.equal(await joinRule('10', 'knock_restricted', '7'), 'invite')
  assert.equal(await joinRule('8', 'restricted', '7'), 'invite')
  assert.equal(await joinRule('8', 'knock', '7'), 'knock')
  assert.equal(await joinRule('8', 'knock', '6'), 'invite')
})

inBothTransports('the old room is closed to those without a level, and its other levels stay', async ground => {
  const { api, server } = ground
  const override = { users: { [ann]: 100, [bob]: 60 }, users_default: 55, events_default: 10, invite: 99, redact: 70 }
  const old = await room(ground, { powerLevelContentOverride: override })
  await api.performJoin({ roomIdOrAlias: old, userId: bob })
  await api.performJoin({ roomIdOrAlias: old, userId: cat })
  await upgraded(ground, old, '12')
  const levels = plain(await server.content(old, 'm.room.power_levels'))
  const { users, users_default, events_default, invite, redact } = levels
  assert.deepEqual([users, users_default, events_default, invite, redact], [override.users, 55, 56, 99, 70])
  const message = (sender: string) => ({ roomId: old, event: { type: 'm.room.message', sender, content: {} } })
  await assert.rejects(api.performSend(message(cat)), { errcode: 'M_FORBIDDEN' })
  await api.performSend(message(bob))
})

inBothTransports('a room whose levels its upgrader may not raise is upgraded all the same', async ground => {
  const { api, server } = ground
  const override = { users: { [ann]: 100, [bob]: 50 }, events: { 'm.room.tombstone': 50, 'm.room.power_levels': 100 } }
  const old = await room(ground, { powerLevelContentOverride: override })
  await api.performJoin({ roomIdOrAlias: old, userId: bob })
  const roomId = await upgraded(ground, old, '11', bob)
  assert.equal((await server.content(old, 'm.room.tombstone'))?.['replacement_room'], roomId)
  assert.equal((await server.content(old, 'm.room.power_levels'))?.['events_default'], 0)
  assert.deepEqual(plain(await server.content(roomId, 'm.room.power_levels')).users, override.users)
})

inBothTransports('a refused upgrade leaves no room behind', async ground => {
  const { api } = ground
  const old = await room(ground)
  await api.performJoin({ roomIdOrAlias: old, userId: bob })
  const refused = async (request: RequestTo<'performUpgrade'>, errcode: string) => {
    await assert.rejects(api.performUpgrade(request), { errcode })
    assert.equal((await api.queryStats({})).rooms, 1)
  }
  await refused({ roomId: old, sender: bob, newVersion: '12' }, 'M_FORBIDDEN')
  await refused({ roomId: old, sender: cat, newVersion: '12' }, 'M_FORBIDDEN')
  await refused({ roomId: old, sender: ann, newVersion: '99' }, 'M_UNSUPPORTED_ROOM_VERSION')
  await refused({ roomId: '!none:here.example', sender: ann, newVersion: '12' }, 'M_NOT_FOUND')
  const additionalCreators = ['nobody']
  await refused({ roomId: old, sender: ann, newVersion: '12', additionalCreators }, 'M_INVALID_PARAM')
  await api.adminBlockRoom({ roomId: old, block: true, by: ann })
  await refused({ roomId: old, sender: ann, newVersion: '12' }, 'M_FORBIDDEN')
})
