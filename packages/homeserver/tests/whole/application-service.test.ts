/**
 * A bridge at work: it makes users, acts for them, and is sent what concerns them. Application service API.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { request } from 'undici'
import { WholeServer, WholeServerUser } from './whole-server.ts'

interface Transaction {
  readonly id: string
  readonly token: string | undefined
  readonly events: readonly { readonly type: string; readonly sender: string; readonly state_key?: string }[]
}

const transactions: Transaction[] = []
const paths: string[] = []
/** How many transactions are answered with an error first. */
let failures = 0

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { url = '' } = incoming
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const [, id] = /^\/_matrix\/app\/v1\/transactions\/(.*)$/.exec(url) ?? []
  paths.push(url)
  let status = 200
  if (id !== undefined && failures-- > 0) status = 500
  else if (id !== undefined)
    transactions.push({
      ...{ id, token: incoming.headers.authorization },
      events: JSON.parse(Buffer.concat(chunks).toString()).events,
    })
  else if (url.includes('/rooms/')) await bot.createRoom({ preset: 'public_chat', room_alias_name: '_bridged_hall' })
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end('{}')
}

const folder = mkdtempSync(join(tmpdir(), 'neurite-bridge-'))
const bridge = createServer((incoming, outgoing) => void answer(incoming, outgoing))
await new Promise<void>(resolve => bridge.listen(0, '127.0.0.1', resolve))
const registration = join(folder, 'bridge.yaml')
writeFileSync(
  registration,
  `id: bridge
url: http://127.0.0.1:${(bridge.address() as AddressInfo).port}/
as_token: from-bridge
hs_token: to-bridge
sender_localpart: _bridge
namespaces:
  users: [{ exclusive: true, regex: "@_bridged_.*" }]
  aliases: [{ exclusive: true, regex: "#_bridged_.*" }]
  rooms: []
`,
)
const server = await WholeServer.open(folder, `application_services: ["${registration}"]`)
after(async () => {
  await server.close()
  bridge.close()
  rmSync(folder, { recursive: true })
  // That the bridge refused a transaction is said, and nothing else.
  assert.deepEqual(
    server.complaints.filter(line => !line.includes('answers transaction')),
    [],
  )
})

const client = '/_matrix/client/v3'
const bot = new WholeServerUser(server, `@_bridge:${server.name}`, 'from-bridge')
const ann = await server.user('ann')
const type = 'm.login.application_service'

/** What an error answer says. */
async function refusal(method: string, path: string, token: string | undefined, body: unknown): Promise<string> {
  return server.call(method, path, token, body).then(
    () => 'none',
    (error: Error) => /"errcode":"(\w+)"/.exec(error.message)?.[1] ?? error.message,
  )
}

async function until<T>(what: string, find: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 2_000; tries++) {
    const found = find()
    if (found !== undefined) return found
    await nodeRuntime.timers.sleep(5)
  }
  return assert.fail(`it never came to pass: ${what}`)
}

test('the bridge registers users of its namespace and acts for them, and nobody else does', async () => {
  const register = `${client}/register`
  const made = await server.call('POST', register, 'from-bridge', {
    type,
    username: '_bridged_eve',
    inhibit_login: true,
  })
  const eve = `@_bridged_eve:${server.name}`
  assert.deepEqual(made, { user_id: eve })
  const asEve = `user_id=${encodeURIComponent(eve)}`
  assert.deepEqual(await bot.get(`${client}/account/whoami?${asEve}`), { user_id: eve, is_guest: false })
  assert.equal((await bot.get(`${client}/account/whoami`)).user_id, bot.userId)

  const auth = { type: 'm.login.dummy' }
  const whoami = (query: string, token = 'from-bridge') =>
    refusal('GET', `${client}/account/whoami?${query}`, token, undefined)
  assert.equal(await whoami(`user_id=${encodeURIComponent(ann.userId)}`), 'M_FORBIDDEN')
  assert.equal(await whoami(`user_id=@_bridged_nobody:${server.name}`), 'M_FORBIDDEN')
  assert.equal(await whoami(`${asEve}&device_id=NONE`), 'M_UNKNOWN_DEVICE')
  assert.equal(await whoami(asEve, 'another'), 'M_UNKNOWN_TOKEN')
  assert.equal(await refusal('POST', register, 'another', { type, username: '_bridged_x' }), 'M_UNKNOWN_TOKEN')
  assert.equal(await refusal('POST', register, 'from-bridge', { type, username: 'other' }), 'M_EXCLUSIVE')
  const wish = { username: 'ann2', password: 'a long password', auth }
  assert.equal(await refusal('POST', register, undefined, { ...wish, username: '_bridged_x' }), 'M_INVALID_USERNAME')
  const alias = `${client}/directory/room/${encodeURIComponent(`#_bridged_x:${server.name}`)}`
  const roomId = await ann.createRoom()
  assert.equal(await refusal('PUT', alias, ann.token, { room_id: roomId }), 'M_EXCLUSIVE')

  const login = { type, identifier: { type: 'm.id.user', user: '_bridged_eve' }, device_id: 'PHONE' }
  assert.equal((await server.call('POST', `${client}/login`, 'from-bridge', login)).device_id, 'PHONE')
  assert.equal((await bot.get(`${client}/account/whoami?${asEve}&device_id=PHONE`)).device_id, 'PHONE')
})

test('the bridge says when something happened elsewhere; users cannot', async () => {
  const roomId = await bot.createRoom()
  const at = async (user: WholeServerUser, room: string, eventId: string) =>
    (await user.get(`${client}/rooms/${encodeURIComponent(room)}/event/${eventId}`)).origin_server_ts
  assert.equal(await at(bot, roomId, await bot.say(roomId, 'long ago', '?ts=1234567')), 1_234_567)
  const other = await ann.createRoom()
  assert.notEqual(await at(ann, other, await ann.say(other, 'now', '?ts=1234567')), 1_234_567)
})

test('the bridge is sent what concerns its users, each transaction until it is taken, and nothing else', async () => {
  const roomId = await ann.createRoom({ preset: 'public_chat' })
  const before = await ann.say(roomId, 'nobody of yours is here')
  failures = 2
  await bot.join(roomId, server)
  const said = await ann.say(roomId, 'now there is')
  const ids = () => transactions.flatMap(({ events }) => events.map(event => (event as { event_id?: string }).event_id))
  await until('the message is there', () => (ids().includes(said) ? true : undefined))
  assert.ok(!ids().includes(before))
  assert.equal(ids().length, new Set(ids()).size)
  assert.ok(transactions.every(({ token }) => token === 'Bearer to-bridge'))
  assert.equal(new Set(transactions.map(({ id }) => id)).size, transactions.length)
  const join = transactions.flatMap(({ events }) => events).filter(event => event.state_key === bot.userId)
  assert.ok(join.length > 0)
})

test('an alias that is not there is asked of the bridge, which makes it', async () => {
  const alias = encodeURIComponent(`#_bridged_hall:${server.name}`)
  const { room_id: roomId } = await ann.post(`${client}/join/${alias}`)
  assert.ok(paths.includes(`/_matrix/app/v1/rooms/${alias}`))
  assert.equal((await ann.get(`${client}/directory/room/${alias}`)).room_id, roomId)
  const other = `${client}/directory/room/${encodeURIComponent(`#none:${server.name}`)}`
  assert.equal(await refusal('GET', other, undefined, undefined), 'M_NOT_FOUND')
})

test('a ping goes there and back', async () => {
  const ping = '/_matrix/client/v1/appservice/bridge/ping'
  const { duration_ms: duration } = await bot.post(ping, { transaction_id: 'mine' })
  assert.ok(duration >= 0)
  assert.ok(paths.includes('/_matrix/app/v1/ping'))
  assert.equal(await refusal('POST', ping.replace('bridge', 'other'), 'from-bridge', {}), 'M_FORBIDDEN')
  assert.equal((await request(`http://127.0.0.1:${(bridge.address() as AddressInfo).port}/`)).statusCode, 200)
})
