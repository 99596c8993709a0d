import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ClientServer, type ClientUser, type Json, must, room } from './client-server.ts'

const server = await ClientServer.open()
after(async () => {
  assert.deepEqual(server.errors, [])
  await server.close()
})
let users = 0
const someone = (name: string): Promise<ClientUser> => server.user(`${name}${users++}`)

const idsOf = (part: Json): string[] => part.events.map((event: Json) => event.event_id)
const keysOf = (part: Json): string[] => part.events.map((event: Json) => `${event.type} ${event.state_key}`)
const filtered = (filter: object) => ({ filter: JSON.stringify(filter) })

test('the first answer has the rooms with their newest events and the state before them', async () => {
  const alice = await someone('alice')
  const roomId = await alice.createRoom({ name: 'Hall' })
  const sent: string[] = []
  for (let i = 0; i < 12; i++) sent.push(await alice.say(roomId, `${i}`))
  const answer = await alice.sync()
  const { timeline, state, summary } = answer.rooms.join[roomId]
  assert.deepEqual(idsOf(timeline), sent.slice(2))
  assert.equal(timeline.limited, true)
  assert.ok(keysOf(state).includes('m.room.name '))
  assert.ok(keysOf(state).includes(`m.room.member ${alice.userId}`))
  assert.equal(summary['m.joined_member_count'], 1)
  const before = await must(alice.get(`${room(roomId)}/messages?dir=b&limit=2&from=${timeline.prev_batch}`))
  assert.deepEqual(
    before.chunk.map((event: Json) => event.event_id),
    [sent[1], sent[0]],
  )
  assert.ok(answer.account_data.events.some((event: Json) => event.type === 'm.push_rules'))
  assert.equal(answer.device_one_time_keys_count.signed_curve25519, 0)
})

test('later answers have what is new, and nothing where nothing is', async () => {
  const alice = await someone('alice')
  const roomId = await alice.createRoom()
  const first = await alice.sync()
  const empty = await alice.sync(first.next_batch)
  assert.deepEqual(empty.rooms.join, {})
  const eventId = await alice.say(roomId, 'new')
  const { rooms, next_batch } = await alice.sync(empty.next_batch)
  const { timeline, state } = rooms.join[roomId]
  assert.deepEqual(idsOf(timeline), [eventId])
  assert.deepEqual([timeline.limited, state.events], [false, []])
  assert.equal(timeline.events[0].room_id, undefined)
  assert.equal(typeof timeline.events[0].unsigned.transaction_id, 'string')
  assert.deepEqual((await alice.sync(next_batch)).rooms.join, {})
})

test('where more has happened than fits, the state that changed in the gap comes along', async () => {
  const alice = await someone('alice')
  const roomId = await alice.createRoom({ name: 'One' })
  const { next_batch } = await alice.sync()
  await must(alice.put(`${room(roomId)}/state/m.room.name/`, { name: 'Two' }))
  await must(alice.put(`${room(roomId)}/state/m.room.topic/`, { topic: 'x' }))
  for (let i = 0; i < 3; i++) await alice.say(roomId, `${i}`)
  const { timeline, state } = (await alice.sync(next_batch, filtered({ room: { timeline: { limit: 2 } } }))).rooms.join[
    roomId
  ]
  assert.equal(timeline.limited, true)
  assert.equal(timeline.events.length, 2)
  assert.deepEqual(keysOf(state), ['m.room.name ', 'm.room.topic '])
  assert.deepEqual(state.events[0].content, { name: 'Two' })
  assert.deepEqual(state.events[0].unsigned.prev_content, { name: 'One' })
})

test('a request waits until something happens, and no longer', async () => {
  const [alice, bob] = await Promise.all([someone('alice'), someone('bob')])
  const roomId = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(roomId)
  const { next_batch } = await alice.sync()
  const quiet = await alice.sync(next_batch)
  const waiting = alice.sync(quiet.next_batch, { timeout: '60000' })
  const eventId = await bob.say(roomId, 'here')
  assert.deepEqual(idsOf((await waiting).rooms.join[roomId].timeline), [eventId])
  const over = await alice.sync((await alice.sync()).next_batch, { timeout: '5' })
  assert.deepEqual(over.rooms.join, {})
})

test('an invite comes with stripped state, turns into the room when it is taken, and goes when it is not', async () => {
  const [alice, bob] = await Promise.all([someone('alice'), someone('bob')])
  const roomId = await alice.createRoom({ name: 'Hall', preset: 'private_chat', invite: [bob.userId] })
  const other = await alice.createRoom({ preset: 'private_chat', invite: [bob.userId] })
  await alice.say(roomId, 'not for who is invited')
  const first = await bob.sync()
  const state = first.rooms.invite[roomId].invite_state
  assert.ok(keysOf(state).includes('m.room.name '))
  assert.ok(keysOf(state).includes(`m.room.member ${bob.userId}`))
  assert.ok(keysOf(state).includes(`m.room.member ${alice.userId}`))
  await bob.join(roomId)
  await must(bob.post(`${room(other)}/leave`))
  const { rooms, device_lists } = await bob.sync(first.next_batch)
  assert.deepEqual(rooms.invite, {})
  const { state: before, timeline } = rooms.join[roomId]
  assert.ok([...keysOf(before), ...keysOf(timeline)].includes('m.room.create '))
  assert.equal(timeline.events.at(-1).content.membership, 'join')
  assert.ok(device_lists.changed.includes(alice.userId))
  assert.deepEqual(keysOf(rooms.leave[other].timeline).at(-1), `m.room.member ${bob.userId}`)
})

test('who leaves is told of it once, with what happened before, and of nothing after', async () => {
  const [alice, bob] = await Promise.all([someone('alice'), someone('bob')])
  const roomId = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(roomId)
  const { next_batch } = await bob.sync()
  const last = await alice.say(roomId, 'last')
  await must(alice.post(`${room(roomId)}/kick`, { user_id: bob.userId, reason: 'bye' }))
  await alice.say(roomId, 'after')
  const { rooms, device_lists, next_batch: then } = await bob.sync(next_batch)
  assert.deepEqual(rooms.join, {})
  const { timeline } = rooms.leave[roomId]
  assert.equal(idsOf(timeline)[0], last)
  assert.equal(timeline.events.length, 2)
  assert.equal(timeline.events[1].content.reason, 'bye')
  assert.deepEqual(device_lists.left, [alice.userId])
  assert.deepEqual((await bob.sync(then)).rooms.leave, {})
  const again = await bob.sync(undefined, filtered({ room: { include_leave: true } }))
  assert.equal(again.rooms.leave[roomId].timeline.events.at(-1).content.membership, 'leave')
  const empty = await bob.sync(undefined, filtered({ room: { include_leave: true, timeline: { limit: 0 } } }))
  assert.deepEqual(empty.rooms.leave[roomId].timeline.events, [])
  const own = empty.rooms.leave[roomId].state.events.filter((event: Json) => event.state_key === bob.userId)
  assert.deepEqual(
    own.map((event: Json) => event.content.membership),
    ['leave'],
  )
  assert.deepEqual((await bob.sync()).rooms.leave, {})
})

test('members that are loaded lazily are those that have written', async () => {
  const [alice, bob, carol] = await Promise.all([someone('alice'), someone('bob'), someone('carol')])
  const roomId = await alice.createRoom({ preset: 'public_chat', name: 'Named' })
  await bob.join(roomId)
  await carol.join(roomId)
  await bob.say(roomId, 'me')
  const filter = { room: { state: { lazy_load_members: true }, timeline: { limit: 1 } } }
  const { state } = (await alice.sync(undefined, filtered(filter))).rooms.join[roomId]
  const members = keysOf(state).filter(key => key.startsWith('m.room.member'))
  assert.deepEqual(members.sort(), [`m.room.member ${alice.userId}`, `m.room.member ${bob.userId}`].sort())
})

test('filters narrow the rooms, the timeline and the state', async () => {
  const alice = await someone('alice')
  const [one, two] = [await alice.createRoom(), await alice.createRoom()]
  const eventId = await alice.say(one, 'text')
  await must(alice.put(`${room(one)}/send/test.other/x`, {}))
  const filter = {
    room: { not_rooms: [two], timeline: { types: ['m.room.*'], not_types: ['m.room.member'] }, state: { types: [] } },
  }
  const { filter_id } = await must(alice.post(`/user/${alice.userId}/filter`, filter))
  const { rooms } = await alice.sync(undefined, { filter: filter_id })
  assert.deepEqual(Object.keys(rooms.join), [one])
  assert.equal(idsOf(rooms.join[one].timeline).at(-1), eventId)
  assert.deepEqual(rooms.join[one].state.events, [])
})

test('typing, receipts and account data come with the room', async () => {
  const [alice, bob] = await Promise.all([someone('alice'), someone('bob')])
  const roomId = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(roomId)
  const eventId = await alice.say(roomId, 'read me')
  const { next_batch } = await alice.sync()
  await must(bob.put(`${room(roomId)}/typing/${bob.userId}`, { typing: true, timeout: 30_000 }))
  await must(bob.post(`${room(roomId)}/receipt/m.read/${encodeURIComponent(eventId)}`))
  await must(bob.post(`${room(roomId)}/read_markers`, { 'm.fully_read': eventId }))
  const { ephemeral } = (await alice.sync(next_batch)).rooms.join[roomId]
  const of = (type: string) => ephemeral.events.find((event: Json) => event.type === type)?.content
  assert.deepEqual(of('m.typing'), { user_ids: [bob.userId] })
  assert.equal(typeof of('m.receipt')[eventId]['m.read'][bob.userId].ts, 'number')
  const { account_data } = (await bob.sync()).rooms.join[roomId]
  assert.deepEqual(account_data.events, [{ type: 'm.fully_read', content: { event_id: eventId } }])
  assert.equal((await alice.put(`${room(roomId)}/typing/${bob.userId}`, { typing: true })).status, 403)
  await must(bob.put(`${room(roomId)}/typing/${bob.userId}`, { typing: false }))
})

test('messages to a device are given until they have arrived', async () => {
  const [alice, bob] = await Promise.all([someone('alice'), someone('bob')])
  const { next_batch } = await bob.sync()
  await must(alice.put('/sendToDevice/m.test/1', { messages: { [bob.userId]: { [bob.deviceId]: { hello: 1 } } } }))
  const expected = [{ type: 'm.test', sender: alice.userId, content: { hello: 1 } }]
  const then = await bob.sync(next_batch)
  assert.deepEqual(then.to_device.events, expected)
  assert.deepEqual((await bob.sync(next_batch)).to_device.events, expected)
  assert.deepEqual((await bob.sync(then.next_batch)).to_device.events, [])
  assert.deepEqual((await bob.sync()).to_device.events, [])
})

test('presence is told to those who share a room', async () => {
  const [alice, bob, carol] = await Promise.all([someone('alice'), someone('bob'), someone('carol')])
  const roomId = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(roomId)
  const [ofBob, ofCarol] = [await bob.sync(), await carol.sync()]
  await must(alice.put(`/presence/${alice.userId}/status`, { presence: 'unavailable', status_msg: 'away' }))
  const { presence } = await bob.sync(ofBob.next_batch)
  const [event] = presence.events.filter(({ sender }: Json) => sender === alice.userId)
  assert.deepEqual([event.content.presence, event.content.status_msg], ['unavailable', 'away'])
  const others = (await carol.sync(ofCarol.next_batch)).presence.events
  assert.ok(!others.some(({ sender }: Json) => sender === alice.userId))
  assert.equal((await carol.get(`/presence/${alice.userId}/status`)).status, 403)
})

test('who is ignored is not heard, and cannot invite', async () => {
  const [alice, bob] = await Promise.all([someone('alice'), someone('bob')])
  const roomId = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(roomId)
  await must(
    alice.put(`/user/${alice.userId}/account_data/m.ignored_user_list`, { ignored_users: { [bob.userId]: {} } }),
  )
  const { next_batch } = await alice.sync()
  const unheard = await bob.say(roomId, 'hey')
  const inviting = await bob.createRoom({ invite: [alice.userId] })
  const heard = await alice.say(roomId, 'silence')
  const { rooms } = await alice.sync(next_batch)
  assert.deepEqual(idsOf(rooms.join[roomId].timeline), [heard])
  assert.ok(!idsOf(rooms.join[roomId].timeline).includes(unheard))
  assert.equal(rooms.invite[inviting], undefined)
})

test('history that was not for a user is in no timeline of theirs', async () => {
  const [alice, bob] = await Promise.all([someone('alice'), someone('bob')])
  const state = [{ type: 'm.room.history_visibility', content: { history_visibility: 'joined' } }]
  const roomId = await alice.createRoom({ preset: 'public_chat', initial_state: state })
  const secret = await alice.say(roomId, 'secret')
  await bob.join(roomId)
  const open = await alice.say(roomId, 'open')
  const { timeline } = (await bob.sync()).rooms.join[roomId]
  assert.ok(!idsOf(timeline).includes(secret))
  assert.equal(idsOf(timeline).at(-1), open)
  assert.equal((await bob.get(`${room(roomId)}/event/${secret}`)).status, 404)
})

test('after a new start clients go on from where they were', async () => {
  const first = await ClientServer.open()
  const alice = await first.user('alice')
  const roomId = await alice.createRoom()
  const { next_batch } = await alice.sync()
  const eventId = await alice.say(roomId, 'before the end')
  await first.stop()
  const second = await ClientServer.open(first)
  const path = `/sync?timeout=0&since=${next_batch}`
  const answer = await must(second.call('GET', path, undefined, alice.token))
  assert.deepEqual(idsOf(answer.rooms.join[roomId].timeline), [eventId])
  assert.deepEqual([...first.errors, ...second.errors], [])
  await second.close()
})

test('a position that no answer has given, and a filter that there is not, are refused', async () => {
  const alice = await someone('alice')
  assert.equal((await alice.get('/sync?since=nonsense')).body.errcode, 'M_INVALID_PARAM')
  assert.equal((await alice.get('/sync?filter=99')).body.errcode, 'M_INVALID_PARAM')
  assert.equal((await server.call('GET', '/sync')).status, 401)
})

test('what is unread is counted by the push rules, by thread where that is wanted, until it is read', async () => {
  const [alice, bob] = await Promise.all([someone('alice'), someone('bob')])
  const roomId = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(roomId)
  const { next_batch: since } = await bob.sync()
  const send = async (id: string, content: object) =>
    (await must(alice.put(`${room(roomId)}/send/m.room.message/${id}`, { msgtype: 'm.text', ...content }))).event_id
  const first = await send('first', { body: 'hello' })
  const inThread = { body: 'thread', 'm.relates_to': { rel_type: 'm.thread', event_id: first } }
  await send('thread', inThread)
  const mention = await send('mention', { body: 'you', 'm.mentions': { user_ids: [bob.userId] } })
  await send('notice', { msgtype: 'm.notice', body: 'quiet' })
  const counts = async (query = {}) => {
    const joined = (await bob.sync(since, query)).rooms.join[roomId]
    const { notification_count: all, highlight_count: loud } = joined.unread_notifications
    return [all, loud, joined.unread_thread_notifications?.[first]?.notification_count]
  }
  const byThread = filtered({ room: { timeline: { unread_thread_notifications: true } } })
  assert.deepEqual(await counts(), [3, 1, undefined])
  assert.deepEqual(await counts(byThread), [2, 1, 1])
  await must(bob.post(`${room(roomId)}/receipt/m.read/${encodeURIComponent(first)}`, { thread_id: 'main' }))
  assert.deepEqual(await counts(byThread), [1, 1, 1])
  await must(bob.post(`${room(roomId)}/receipt/m.read.private/${encodeURIComponent(mention)}`))
  assert.deepEqual(await counts(byThread), [0, 0, undefined])
})

test('who waits is answered when the server stops', async () => {
  const stopping = await ClientServer.open()
  const alice = await stopping.user('alice')
  const { next_batch } = await alice.sync((await alice.sync()).next_batch)
  const waiting = alice.sync(next_batch, { timeout: '60000' })
  await stopping.head.context.rooms.catchUp()
  await stopping.close()
  assert.deepEqual((await waiting).rooms.join, {})
})
