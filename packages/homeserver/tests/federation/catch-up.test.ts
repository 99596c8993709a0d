/**
 * What was said while a server was away: it gets it when it is back, whoever was restarted meanwhile.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type FederatedServer, Federation, until } from '../../src/federation/testing/index.ts'

const federation = new Federation()
after(() => federation.close())

async function say({ api }: FederatedServer, roomId: string, sender: string, body: string): Promise<string> {
  const event = { type: 'm.room.message', sender, content: { msgtype: 'm.text', body } }
  return (await api.performSend({ roomId, event })).eventId
}

const hasAll = (server: FederatedServer, roomId: string, eventIds: readonly string[]) =>
  until(`all has come to ${server.name}`, async () => {
    const { events } = await server.api.queryEventsById({ roomId, eventIds: [...eventIds] })
    return events.filter(({ status }) => status === 'accepted').length === eventIds.length
  })

/** The new events of a room in the order in which they were told of. */
async function toldOf({ api }: FederatedServer, roomId: string): Promise<string[]> {
  const { events } = await api.readOutput({ after: '', limit: 1_000 })
  return events.flatMap(({ roomId: room, output }) =>
    room === roomId && output.kind === 'new' ? [output.eventId] : [],
  )
}

/** A room on one server that a user of the other is in. */
async function sharedRoom(host: FederatedServer, guest: FederatedServer): Promise<string> {
  const { roomId } = await host.api.performCreateRoom({ creator: `@ann:${host.name}`, preset: 'public_chat' })
  await guest.api.performJoin({ roomIdOrAlias: roomId, userId: `@bob:${guest.name}`, via: [host.name] })
  return roomId
}

test('a server that was away gets all that was said, in order, as soon as it shows life', async () => {
  const host = await federation.open('host.example')
  const guest = await federation.open('guest.example')
  const roomId = await sharedRoom(host, guest)
  await guest.close()
  const said: string[] = []
  for (let i = 0; i < 5; i++) said.push(await say(host, roomId, `@ann:${host.name}`, `${i}`))
  await until('the host has noticed', async () => host.head.sender.waiting === 1)

  const back = await federation.open('guest.example', guest.disk)
  const reply = await say(back, roomId, `@bob:${back.name}`, 'I am back')
  await hasAll(host, roomId, [reply])
  await hasAll(back, roomId, said)
  const told = await toldOf(back, roomId)
  assert.deepEqual(
    told.filter(id => said.includes(id)),
    said,
  )
  await until('the host is done', async () => host.head.sender.waiting === 0)
})

test('what a server did not get, it gets from the sender after a restart: events and kept EDUs', async () => {
  const host = await federation.open('host2.example')
  const guest = await federation.open('guest2.example')
  const roomId = await sharedRoom(host, guest)
  await guest.close()
  const said = [
    await say(host, roomId, `@ann:${host.name}`, 'one'),
    await say(host, roomId, `@ann:${host.name}`, 'two'),
  ]
  const content = { sender: `@ann:${host.name}`, type: 'm.test', message_id: 'm1', messages: {} }
  await host.head.sender.sendKept([guest.name], { type: 'm.direct_to_device', content })
  await until('the host has noticed', async () => host.head.sender.waiting === 1)
  await host.close()

  const back = await federation.open('guest2.example', guest.disk)
  const hostAgain = await federation.open('host2.example', host.disk)
  await hasAll(back, roomId, said)
  await until('the message has come', async () => back.edus.length > 0)
  assert.deepEqual(JSON.parse(JSON.stringify(back.edus)), [{ origin: host.name, type: 'm.direct_to_device', content }])
  await until('the host is done', async () => hostAgain.head.sender.waiting === 0)
})

test('a sender that is stopped in the middle sends nothing twice that was taken, and forgets nothing', async () => {
  const host = await federation.open('host3.example')
  const guest = await federation.open('guest3.example')
  const roomId = await sharedRoom(host, guest)
  const before = await say(host, roomId, `@ann:${host.name}`, 'before')
  await hasAll(guest, roomId, [before])
  await host.head.sender.stop()
  const after = await say(host, roomId, `@ann:${host.name}`, 'after')
  await host.close()
  const again = await federation.open('host3.example', host.disk)
  await hasAll(guest, roomId, [after])
  assert.deepEqual((await toldOf(guest, roomId)).slice(-2), [before, after])
  await again.close()
})

test('nothing happened that nothing was prepared for', () => assert.deepEqual(federation.errors, []))
