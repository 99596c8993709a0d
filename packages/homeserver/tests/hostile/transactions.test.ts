/** A server that sends what it has no right to send, or sends it again. Server-server API, "Transactions", "Server Access Control Lists". */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nodeCrypto } from '@neurite/protocol'
import { message, RoomTeller, signerOf, stateEvent } from '@neurite/roomserver/input/testing'
import { room as roomPath } from '../interop/user.ts'
import { HostileWorld } from './hostile-world.ts'
import { changed, roomVersion } from './liar.ts'

const world = await HostileWorld.open()
after(() => world.close())
const { liar, ann } = world
const federation = '/_matrix/federation/v1'

test('a transaction that is sent again is answered as before, and its events are there once', async () => {
  const room = await world.attackedRoom()
  const told = room.teller.tell(message(room.eve, 'said once'), room.joined)
  const pdus = [JSON.parse(told.pdu)]
  const answers = []
  for (let times = 0; times < 5; times++) answers.push(await liar.sendTransaction('again', { pdus }))
  assert.equal(answers[0]?.status, 200)
  assert.deepEqual(answers[0]?.body, { pdus: { [told.event.eventId]: {} } })
  for (const answer of answers) assert.deepEqual(answer, answers[0])
  const other = await liar.sendTransaction('another-name', { pdus })
  assert.deepEqual(other.body, { pdus: { [told.event.eventId]: {} } })
  const said = (await ann.history(room.roomId)).filter(({ event_id: id }) => id === told.event.eventId)
  assert.equal(said.length, 1)
  await world.unharmed(room)
})

test('events of a room that the liar is not in are refused, and nothing of the room is told to it', async () => {
  const roomId = await ann.createRoom({ preset: 'private_chat', room_version: roomVersion, name: 'private' })
  const create = (await ann.state(roomId)).find(({ type }) => type === 'm.room.create')
  const before = JSON.stringify((await ann.state(roomId)).map(({ event_id: id }) => id).sort())
  const eve = `@eve:${liar.name}`
  const teller = new RoomTeller({ roomVersion, roomId, servers: [liar.name], crypto: nodeCrypto })
  // It knows the room's first event and makes up the rest.
  const told = teller.tell(message(eve, 'let me in'))
  const results = await liar.send(
    changed(told, pdu => {
      pdu['prev_events'] = [create.event_id]
      pdu['auth_events'] = [create.event_id]
    }),
  )
  for (const result of Object.values(results)) assert.ok(result.error)
  const room = encodeURIComponent(roomId)
  const queries = [
    `${federation}/state/${room}?event_id=${encodeURIComponent(create.event_id)}`,
    `${federation}/state_ids/${room}?event_id=${encodeURIComponent(create.event_id)}`,
    `${federation}/event/${encodeURIComponent(create.event_id)}`,
    `${federation}/event_auth/${room}/${encodeURIComponent(create.event_id)}`,
    `${federation}/backfill/${room}?limit=10&v=${encodeURIComponent(create.event_id)}`,
    `${federation}/make_join/${room}/${encodeURIComponent(eve)}?ver=${roomVersion}`,
    `${federation}/make_knock/${room}/${encodeURIComponent(eve)}?ver=${roomVersion}`,
  ]
  for (const query of queries) {
    const { status } = await liar.ask('GET', query)
    assert.ok(status === 403 || status === 404, `${query}: ${status}`)
  }
  assert.equal(JSON.stringify((await ann.state(roomId)).map(({ event_id: id }) => id).sort()), before)
  await world.unharmed()
})

test('a server that the room has banned is refused wherever it asks', async () => {
  const room = await world.attackedRoom()
  const told = room.teller.tell(message(room.eve, 'one last word'), room.joined)
  await ann.setState(room.roomId, 'm.room.server_acl', { allow: ['*'], deny: ['localhost'], allow_ip_literals: true })
  const results = await liar.send(told)
  assert.match(results[told.event.eventId]?.error ?? '', /banned|denied|acl|access/i)
  assert.equal(await ann.event(room.roomId, told.event.eventId), undefined)
  const path = encodeURIComponent(room.roomId)
  const id = encodeURIComponent(room.joined.event.eventId)
  for (const query of [
    `make_join/${path}/${encodeURIComponent(room.eve)}?ver=${roomVersion}`,
    `make_leave/${path}/${encodeURIComponent(room.eve)}`,
    `state/${path}?event_id=${id}`,
    `state_ids/${path}?event_id=${id}`,
    `backfill/${path}?limit=10&v=${id}`,
    `event_auth/${path}/${id}`,
  ]) {
    const { status, body } = await liar.ask('GET', `${federation}/${query}`)
    assert.deepEqual({ query, status, errcode: body.errcode }, { query, status: 403, errcode: 'M_FORBIDDEN' })
  }
  await world.unharmed()
  // Its people can still talk.
  await ann.sees(room.roomId, await ann.say(room.roomId, 'among ourselves'))
})

test('a transaction with too many events or EDUs is refused as a whole', async () => {
  const room = await world.attackedRoom()
  const pdus = Array.from({ length: 51 }, (_, at) =>
    JSON.parse(room.teller.tell(message(room.eve, `${at}`), room.joined).pdu),
  )
  const edus = Array.from({ length: 101 }, () => ({ edu_type: 'm.typing', content: {} }))
  for (const more of [{ pdus }, { edus }]) {
    const { status, body } = await liar.sendTransaction(`large-${Object.keys(more)[0]}`, more)
    assert.equal(status, 400)
    assert.match(body.errcode, /^M_/)
  }
  await world.unharmed(room)
})

test('what is no transaction is refused: no JSON, no object, another origin, a wrong signature, none', async () => {
  const room = await world.attackedRoom()
  const uri = (id: string) => `${federation}/send/${id}`
  const refusals = [
    await liar.ask('PUT', uri('a'), 'no JSON'),
    await liar.ask('PUT', uri('b'), '[]'),
    await liar.ask('PUT', uri('c'), '{"pdus":{}}'),
    await liar.ask(
      'PUT',
      uri('d'),
      { origin: liar.name, origin_server_ts: 1, pdus: [] },
      {
        ...liar.signer,
        seed: new Uint8Array(32).fill(1),
      },
    ),
    await liar.ask(
      'PUT',
      uri('e'),
      { origin: liar.name, origin_server_ts: 1, pdus: [] },
      signerOf(world.peer.name, nodeCrypto),
    ),
  ]
  for (const { status, body } of refusals) {
    assert.ok(status >= 400 && status < 500, JSON.stringify(body))
    assert.match(body.errcode, /^M_/)
  }
  const bare = await fetch(`${world.peer.url}${uri('f')}`, { method: 'PUT', body: '{}' })
  assert.equal(bare.status, 401)
  await world.unharmed(room)
})

test('EDUs in the name of others, and such as are no EDUs, move nobody', async () => {
  const room = await world.attackedRoom()
  const edus = [
    { edu_type: 'm.typing', content: { room_id: room.roomId, user_id: ann.id, typing: true } },
    { edu_type: 'm.presence', content: { push: [{ user_id: ann.id, presence: 'offline' }] } },
    {
      edu_type: 'm.receipt',
      content: { [room.roomId]: { 'm.read': { [ann.id]: { data: { ts: 1 }, event_ids: ['$x'] } } } },
    },
    { edu_type: 'm.device_list_update', content: { user_id: ann.id, device_id: 'X', stream_id: 1 } },
    { edu_type: 7, content: [] },
    { edu_type: 'm.typing' },
  ]
  const { status } = await liar.sendTransaction('edus', { edus } as never)
  assert.ok(status === 200 || status === 400)
  const sync = await ann.must('GET', '/sync?timeout=0')
  const ephemeral = JSON.stringify(sync.rooms.join[room.roomId].ephemeral ?? {})
  assert.equal(ephemeral.includes(ann.id), false)
  await world.unharmed(room)
})

test('a redaction of others’ events, and a flood of state, change nothing that the sender may not change', async () => {
  const room = await world.attackedRoom()
  const said = await ann.say(room.roomId, 'mine')
  const redaction = room.teller.tell(
    { type: 'm.room.redaction', sender: room.eve, content: { redacts: said } },
    room.joined,
  )
  const flood = Array.from({ length: 40 }, (_, at) =>
    room.teller.tell({ ...stateEvent('org.example.flood', room.eve, {}), stateKey: `${at}` }, room.joined),
  )
  await liar.send(redaction, ...flood)
  assert.equal((await ann.event(room.roomId, said)).content.body, 'mine')
  assert.equal(await ann.stateContent(room.roomId, 'org.example.flood', '1'), undefined)
  assert.equal((await ann.must('GET', `${roomPath(room.roomId)}/members`)).chunk.length, 2)
  await world.unharmed(room)
})
