/**
 * Users are notified by push gateways: a scripted one on loopback, and a server as `neurite start` makes it. Push gateway API.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { json, ScriptedServer } from '../../src/federation/testing/scripted-server.ts'
import { authority, WholeServer, type WholeServerUser } from './whole-server.ts'

const client = '/_matrix/client/v3'
const path = '/_matrix/push/v1/notify'
const folder = mkdtempSync(join(tmpdir(), 'neurite-push-'))
const gateway = await ScriptedServer.start(authority.issue(['127.0.0.1']), json({ rejected: [] }))
const server = await WholeServer.open(folder)
const [ann, bob] = [await server.user('ann'), await server.user('bob')]
after(async () => {
  await server.close()
  await gateway.close()
  rmSync(folder, { recursive: true })
  assert.deepEqual(server.complaints, [])
})

async function until<T>(what: string, find: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const end = nodeRuntime.clock.monotonic() + 20_000
  while (nodeRuntime.clock.monotonic() < end) {
    const found = await find()
    if (found !== undefined && found !== false) return found
    await nodeRuntime.timers.sleep(5)
  }
  throw new Error(`it never came to pass: ${what}`)
}

/** Notifications for a pusher that the gateway was asked to pass on, in order. */
const sentTo = (pushkey: string) =>
  gateway.asked
    .filter(({ method, url }) => method === 'POST' && url === path)
    .map(({ body }) => JSON.parse(body).notification)
    .filter(({ devices }) => devices[0].pushkey === pushkey)

const notified = (pushkey: string, eventId: string) =>
  until(`a notification of ${eventId}`, () => sentTo(pushkey).find(({ event_id: id }) => id === eventId))

async function setPusher(user: WholeServerUser, pushkey: string, data: object = {}): Promise<void> {
  await user.post(`${client}/pushers/set`, {
    ...{ kind: 'http', app_id: 'app', pushkey, lang: 'en', app_display_name: 'App', device_display_name: 'Phone' },
    data: { url: `https://127.0.0.1:${gateway.port}${path}`, ...data },
    append: true,
  })
}

const pushersOf = async (user: WholeServerUser) =>
  (await user.get(`${client}/pushers`)).pushers.map(({ pushkey }: { pushkey: string }) => pushkey)

/** A room of two, in which every message makes a sound. */
async function roomOfTwo(): Promise<string> {
  const roomId = await ann.createRoom({ preset: 'private_chat', name: 'Study', invite: [bob.userId] })
  await bob.post(`${client}/join/${encodeURIComponent(roomId)}`)
  return roomId
}

test('a message is told of with what an app shows, and its own messages to nobody', async () => {
  const roomId = await roomOfTwo()
  await setPusher(bob, 'whole')
  await bob.say(roomId, 'my own')
  const eventId = await ann.say(roomId, 'hello')
  const { devices, ...notification } = await notified('whole', eventId)
  assert.deepEqual(notification, {
    ...{ event_id: eventId, room_id: roomId, type: 'm.room.message', sender: ann.userId, prio: 'high' },
    ...{ sender_display_name: 'ann', room_name: 'Study', counts: { unread: 1 } },
    content: { msgtype: 'm.text', body: 'hello' },
  })
  const [{ pushkey_ts: at, ...device }] = devices
  assert.deepEqual(device, { app_id: 'app', pushkey: 'whole', data: {}, tweaks: { sound: 'default' } })
  assert.ok(Math.abs(at - nodeRuntime.clock.now() / 1_000) < 60)
  assert.equal(sentTo('whole').length, 1)
})

test('a pusher that wants only IDs is given no content', async () => {
  const roomId = await roomOfTwo()
  await setPusher(bob, 'ids', { format: 'event_id_only', brand: 'red' })
  const eventId = await ann.say(roomId, 'secret')
  const { counts, ...notification } = await notified('ids', eventId)
  assert.ok(counts.unread >= 1)
  assert.deepEqual(
    { ...notification, devices: undefined },
    { event_id: eventId, room_id: roomId, prio: 'high', devices: undefined },
  )
  assert.deepEqual(notification.devices[0].data, { format: 'event_id_only', brand: 'red' })
})

test('an invite is told of, and who reads has a smaller number on the icon', async () => {
  await setPusher(bob, 'badge')
  const roomId = await ann.createRoom({ preset: 'private_chat', invite: [bob.userId] })
  const invite = await until('the invite', () => sentTo('badge').find(({ room_id: id }) => id === roomId))
  assert.equal(invite.type, 'm.room.member')
  assert.equal(invite.user_is_target, true)
  await bob.post(`${client}/join/${encodeURIComponent(roomId)}`)
  const eventId = await ann.say(roomId, 'read me')
  const { counts } = await notified('badge', eventId)
  const receipt = `${client}/rooms/${encodeURIComponent(roomId)}/receipt/m.read.private/${encodeURIComponent(eventId)}`
  await bob.post(receipt)
  const update = await until('new counts', () => sentTo('badge').find(({ event_id: id }) => id === undefined))
  assert.equal(update.counts.unread ?? 0, counts.unread - 1)
})

test('a gateway that fails is asked again until it takes the notification, and other messages wait behind it', async () => {
  const roomId = await roomOfTwo()
  await setPusher(bob, 'failing')
  const good = gateway.script
  let failures = 2
  gateway.script = (asked, response) =>
    asked.body.includes('"failing"') && failures-- > 0
      ? json({ errcode: 'M_UNKNOWN' }, 502)(asked, response)
      : good(asked, response)
  const first = await ann.say(roomId, 'one')
  const second = await ann.say(roomId, 'two')
  await notified('failing', second)
  gateway.script = good
  assert.deepEqual(
    sentTo('failing').map(({ event_id: id }) => id),
    [first, first, first, second],
  )
})

test('a pushkey that the gateway rejects is a pusher no more', async () => {
  const roomId = await roomOfTwo()
  await setPusher(bob, 'gone')
  const good = gateway.script
  gateway.script = (asked, response) =>
    json({ rejected: asked.body.includes('"gone"') ? ['gone'] : [] })(asked, response)
  await notified('gone', await ann.say(roomId, 'hello?'))
  await until('the pusher is removed', async () => !(await pushersOf(bob)).includes('gone'))
  gateway.script = good
  await notified('whole', await ann.say(roomId, 'are you there?'))
  assert.equal(sentTo('gone').length, 1)
})

test('what happens while the server is down is told of after the next start, and nothing twice', async () => {
  const roomId = await roomOfTwo()
  await setPusher(bob, 'restarted')
  const before = await ann.say(roomId, 'before')
  await notified('restarted', before)
  // As after a crash in between: the message is there, and the gateway was not told.
  const good = gateway.script
  gateway.script = (asked, response) =>
    asked.body.includes('"restarted"') ? json({}, 503)(asked, response) : good(asked, response)
  const during = await ann.say(roomId, 'during')
  await until('a try', () => sentTo('restarted').some(({ event_id: id }) => id === during))
  await server.restart()
  gateway.script = good
  await notified('restarted', during)
  const after = await ann.say(roomId, 'after')
  await notified('restarted', after)
  assert.deepEqual(sentTo('restarted').filter(({ event_id: id }) => id === before || id === after).length, 2)
})
