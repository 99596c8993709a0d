/**
 * What keeps users from what they do not want, and administrators' endpoints for rooms.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ClientServer, must, room } from './client-server.ts'

const server = await ClientServer.open()
after(async () => {
  assert.deepEqual(server.errors, [])
  await server.close()
})
const admin = await server.administrator('root')
const alice = await server.user('alice')
const bob = await server.user('bob')

test('who blocks invites gets none, by whatever endpoint, and is not shown what came before', async () => {
  const setting = `/user/${bob.userId}/account_data/m.invite_permission_config`
  const early = await alice.createRoom({ preset: 'private_chat', invite: [bob.userId] })
  assert.deepEqual(Object.keys((await bob.sync()).rooms.invite), [early])
  await must(bob.put(setting, { default_action: 'block' }))
  assert.deepEqual((await bob.sync()).rooms?.invite ?? {}, {})
  const roomId = await alice.createRoom({ preset: 'private_chat' })
  for (const { status, body } of [
    await alice.post(`${room(roomId)}/invite`, { user_id: bob.userId }),
    await alice.post('/createRoom', { invite: [bob.userId] }),
    await alice.put(`${room(roomId)}/state/m.room.member/${bob.userId}`, { membership: 'invite' }),
  ])
    assert.deepEqual([status, body.errcode], [403, 'M_INVITE_BLOCKED'])
  await must(bob.put(setting, {}))
  await must(alice.post(`${room(roomId)}/invite`, { user_id: bob.userId }))
  assert.ok(roomId in (await bob.sync()).rooms.invite)
})

test('a room that an administrator blocks takes no joins until the block is lifted', async () => {
  const roomId = await alice.createRoom({ preset: 'public_chat' })
  const path = `/_synapse/admin/v1/rooms/${encodeURIComponent(roomId)}/block`
  assert.equal((await alice.put(path, { block: true })).body.errcode, 'M_FORBIDDEN')
  assert.deepEqual(await must(admin.get(path)), { block: false })
  assert.deepEqual(await must(admin.put(path, { block: true })), { block: true })
  assert.deepEqual(await must(admin.get(path)), { block: true, user_id: admin.userId })
  assert.equal((await bob.post(`/join/${encodeURIComponent(roomId)}`)).body.errcode, 'M_FORBIDDEN')
  await must(admin.put(path, { block: false }))
  await bob.join(roomId)
})

test('a room that an administrator deletes is left by all, gone, and cannot be joined again where it is blocked', async () => {
  const roomId = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(roomId)
  const path = `/_synapse/admin/v1/rooms/${encodeURIComponent(roomId)}`
  const deleted = await must(server.call('DELETE', path, { block: true, message: 'illegal' }, admin.token))
  assert.deepEqual(
    { ...deleted, kicked_users: deleted.kicked_users.toSorted() },
    {
      ...{ kicked_users: [alice.userId, bob.userId], failed_to_kick_users: [] },
      ...{ local_aliases: [], new_room_id: null },
    },
  )
  assert.equal((await bob.post(`/join/${encodeURIComponent(roomId)}`)).status, 403)
  assert.deepEqual(await must(admin.get(`${path}/block`)), { block: true, user_id: admin.userId })
})
