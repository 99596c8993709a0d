/** A server whose events name others that it gives only in part, late, or without end. Server-server API, "Retrieving missing events". */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { message, type Told } from '@neurite/roomserver/input/testing'
import { json, type Script, until } from '../../src/federation/testing/index.ts'
import { endlessChain, HostileWorld } from './hostile-world.ts'
import { asJson } from './liar.ts'

const world = await HostileWorld.open()
after(() => world.close())
const { liar, ann } = world

/** Events of the chain that are there to be asked for. */
const chainLength = 400
/** Requests that one event may cause, however many it turns out to miss. */
const mostRequests = 200

test('a chain of missing events that has no end is not followed for ever', async () => {
  const room = await world.attackedRoom()
  const chain = endlessChain(room, chainLength)
  const before = liar.server.asked.length
  liar.answer(chain.answers)
  await liar.send(chain.newest)
  await world.unharmed(room)
  assert.notEqual((await world.verdicts(room, chain.newest))[0], 'accepted')
  const asked = liar.server.asked.length - before
  assert.ok(asked <= mostRequests, `${asked} requests for one event`)
  liar.answer({})
})

test('prev events that nobody has keep an event out, and nothing else', async () => {
  const room = await world.attackedRoom()
  liar.answer({})
  const missing = room.teller.tell(message(room.eve, 'never sent'), room.joined)
  const told = room.teller.tell(message(room.eve, 'on nothing'), missing)
  await liar.send(told)
  await world.unharmed(room)
  assert.equal(await ann.event(room.roomId, told.event.eventId), undefined)
})

/** Never ends its answer, and lets nobody know. */
const silent: Script = () => undefined

test('while answers do not come the room takes other events, and in the end does without them', async () => {
  const room = await world.attackedRoom()
  const missing = room.teller.tell(message(room.eve, 'held back'), room.joined)
  const told = room.teller.tell(message(room.eve, 'waits'), missing)
  liar.answer({}, silent)
  const sending = liar.send(told)
  await until('it was asked', async () => liar.asked('get_missing_events').length > 0)
  await world.unharmed(room)
  liar.answer({
    get_missing_events: json(`{"events":${asJson([missing])}}`),
    event: json(`{"origin":"${liar.name}","origin_server_ts":1,"pdus":${asJson([missing])}}`),
  })
  liar.server.hangUp()
  await Promise.allSettled([sending])
  await world.unharmed(room)
})

const wrongAnswers: Readonly<Record<string, Script>> = {
  'web pages': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end('<html>It works!</html>')
  },
  'no JSON under the name of JSON': json('{"events":[', 200),
  'JSON of another shape': json({ events: 'none', pdus: 7, pdu_ids: {}, auth_chain_ids: null }),
  'errors that are no errors': json({ errcode: 42 }, 500),
  'more bytes than anybody should read': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"events":["')
    const part = 'x'.repeat(1_048_576)
    // Until the other side hangs up.
    const more = (): void => {
      while (!response.destroyed && response.write(part));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  },
  'deeply nested JSON': json(`{"events":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  'an answer that is cut off': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"events":[', () => response.destroy())
  },
}

for (const [what, script] of Object.entries(wrongAnswers))
  test(`answers that are ${what} are no answers`, async () => {
    const room = await world.attackedRoom()
    const missing = room.teller.tell(message(room.eve, 'missing'), room.joined)
    const told: Told = room.teller.tell(message(room.eve, 'on what is missing'), missing)
    liar.answer({}, script)
    const asked = liar.asked('get_missing_events').length
    await liar.send(told)
    assert.ok(liar.asked('get_missing_events').length > asked, 'it was asked')
    assert.notEqual((await world.verdicts(room, told))[0], 'accepted')
    liar.answer({})
    await world.unharmed(room)
  })

test('answers with events that were not asked for, or of another room, are passed over', async () => {
  const [room, other] = [await world.attackedRoom(), await world.attackedRoom()]
  const foreign = other.teller.tell(message(other.eve, 'of another room'), other.joined)
  const missing = room.teller.tell(message(room.eve, 'missing'), room.joined)
  const told = room.teller.tell(message(room.eve, 'on what is missing'), missing)
  liar.answer({
    get_missing_events: json(`{"events":${asJson([foreign, foreign])}}`),
    event: json(`{"origin":"${liar.name}","origin_server_ts":1,"pdus":${asJson([foreign])}}`),
  })
  await liar.send(told)
  assert.notEqual((await world.verdicts(room, told))[0], 'accepted')
  assert.equal(await ann.event(other.roomId, foreign.event.eventId), undefined)
  liar.answer({})
  await world.unharmed(room)
})
