/**
 * What administrators do, and what users must show who they are for.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ClientServer, type Json, must, room } from './client-server.ts'

const server = await ClientServer.open()
after(async () => {
  assert.deepEqual(server.errors, [])
  await server.close()
})
const admin = await server.administrator('root')
const alice = await server.user('alice')
const bob = await server.user('bob')

test('a notice of the server comes in a room of its own, whose invite cannot be rejected and whose user cannot write', async () => {
  const path = '/_synapse/admin/v1/send_server_notice'
  const body = { user_id: alice.userId, content: { msgtype: 'm.text', body: 'hello' } }
  assert.equal((await alice.post(path, body)).body.errcode, 'M_FORBIDDEN')
  const { event_id: eventId } = await must(admin.post(path, body))
  const invited = (await alice.sync()).rooms.invite
  const [roomId = ''] = Object.keys(invited)
  assert.ok(invited[roomId].invite_state.events.every((event: Json) => event.sender === '@notices:here.example'))
  const { tags } = await must(alice.get(`/user/${alice.userId}${room(roomId)}/tags`))
  assert.deepEqual(tags, { 'm.server_notice': {} })
  assert.equal((await alice.post(`${room(roomId)}/leave`)).body.errcode, 'M_CANNOT_LEAVE_SERVER_NOTICE_ROOM')

  await alice.join(roomId)
  const { timeline } = (await alice.sync()).rooms.join[roomId]
  assert.ok(timeline.events.some((event: Json) => event.event_id === eventId))
  assert.equal((await alice.put(`${room(roomId)}/send/m.room.message/1`, { body: 'no' })).body.errcode, 'M_FORBIDDEN')

  await must(alice.post(`${room(roomId)}/leave`))
  const once = await must(admin.put(`${path}/1`, body))
  assert.deepEqual(await must(admin.put(`${path}/1`, body)), once)
  assert.deepEqual(Object.keys((await alice.sync()).rooms.invite), [roomId])
  assert.equal((await admin.post(path, { ...body, user_id: '@none:here.example' })).body.errcode, 'M_NOT_FOUND')
})

test('who shows another user’s password may not delete a device, and is not asked again', async () => {
  const path = `/devices/${alice.deviceId}`
  const auth = (user: string) => ({
    auth: { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password: 'a long password' },
  })
  const { status, body } = await server.call('DELETE', path, auth(bob.userId), alice.token)
  assert.deepEqual([status, body.errcode, body.session], [403, 'M_FORBIDDEN', undefined])
  const wrong = { auth: { ...auth(alice.userId).auth, password: 'wrong' } }
  const again = await server.call('DELETE', path, wrong, alice.token)
  assert.deepEqual([again.status, again.body.errcode, typeof again.body.session], [401, 'M_FORBIDDEN', 'string'])
})

test('who is found in the directory is shown by their profile, whatever they are called in a room', async () => {
  const carol = await server.user('carol')
  const roomId = await carol.createRoom({ preset: 'private_chat', invite: [bob.userId] })
  await bob.join(roomId)
  const content = { membership: 'join', displayname: 'Somebody else' }
  await must(carol.put(`${room(roomId)}/state/m.room.member/${carol.userId}`, content))
  const { results } = await must(bob.post('/user_directory/search', { search_term: 'carol' }))
  assert.deepEqual(results, [{ user_id: carol.userId, display_name: 'carol' }])
})

test('rules of kinds that are not known are not there, and backups may be of any algorithm', async () => {
  assert.equal((await bob.get('/pushrules/global/postcontent/any')).status, 404)
  const { version } = await must(bob.post('/room_keys/version', { algorithm: 'org.example.new', auth_data: {} }))
  assert.equal((await must(bob.get('/room_keys/version'))).version, version)
})
