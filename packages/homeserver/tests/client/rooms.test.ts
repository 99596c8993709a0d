import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ClientServer, must, room } from './client-server.ts'

const server = await ClientServer.open()
after(async () => {
  assert.deepEqual(server.errors, [])
  await server.close()
})
const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map(name => server.user(name)))
assert.ok(alice !== undefined && bob !== undefined && carol !== undefined)

test('a room is created with what the client asked for, and its state can be read', async () => {
  const roomId = await alice.createRoom({
    name: 'Hall',
    topic: 'All of us',
    preset: 'public_chat',
    initial_state: [{ type: 'test.thing', state_key: 'one', content: { here: true } }],
  })
  const content = async (path: string) => must(alice.get(`${room(roomId)}/state/${path}`))
  assert.deepEqual(await content('m.room.name'), { name: 'Hall' })
  assert.equal((await content('m.room.topic/')).topic, 'All of us')
  assert.deepEqual(await content('test.thing/one'), { here: true })
  assert.equal((await content('m.room.join_rules/')).join_rule, 'public')
  const whole = await must(alice.get(`${room(roomId)}/state`))
  assert.ok(whole.some((event: { type: string }) => event.type === 'm.room.create'))
  const member = await must(alice.get(`${room(roomId)}/state/m.room.member/${alice.userId}?format=event`))
  assert.deepEqual(member.content, { membership: 'join', displayname: 'alice' })
})

test('who is not in a room sees nothing of it, and who joins does', async () => {
  const roomId = await alice.createRoom({ preset: 'public_chat' })
  const eventId = await alice.say(roomId, 'before')
  assert.equal((await bob.get(`${room(roomId)}/state`)).status, 403)
  assert.equal((await bob.get(`${room(roomId)}/messages?dir=b`)).status, 403)
  assert.equal((await bob.get(`${room(roomId)}/event/${eventId}`)).status, 404)
  await bob.join(roomId)
  assert.equal((await must(bob.get(`${room(roomId)}/event/${eventId}`))).content.body, 'before')
  const { joined } = await must(bob.get(`${room(roomId)}/joined_members`))
  assert.deepEqual(Object.keys(joined).sort(), [alice.userId, bob.userId])
})

test('invites, kicks, bans and leaving change memberships, with the errors that belong to them', async () => {
  const roomId = await alice.createRoom({ preset: 'private_chat' })
  assert.equal((await bob.post(`${room(roomId)}/join`)).status, 403)
  await must(alice.post(`${room(roomId)}/invite`, { user_id: bob.userId, reason: 'please' }))
  await must(bob.post(`${room(roomId)}/join`, { reason: 'thanks', foo: 'bar' }))
  const member = await must(alice.get(`${room(roomId)}/state/m.room.member/${bob.userId}`))
  assert.deepEqual(member, { membership: 'join', displayname: 'bob', reason: 'thanks', foo: 'bar' })
  assert.equal((await bob.post(`${room(roomId)}/kick`, { user_id: alice.userId })).status, 403)
  await must(alice.post(`${room(roomId)}/kick`, { user_id: bob.userId }))
  await must(alice.post(`${room(roomId)}/ban`, { user_id: bob.userId }))
  assert.equal((await bob.post(`${room(roomId)}/join`)).body.errcode, 'M_FORBIDDEN')
  await must(alice.post(`${room(roomId)}/unban`, { user_id: bob.userId }))
  assert.equal((await alice.post(`${room(roomId)}/kick`, {})).body.errcode, 'M_MISSING_PARAM')
  await must(alice.post(`${room(roomId)}/leave`))
  assert.deepEqual((await must(alice.get('/joined_rooms'))).joined_rooms.includes(roomId), false)
})

test('who has left sees the room as it was then, until they forget it', async () => {
  const roomId = await alice.createRoom({ preset: 'public_chat', name: 'Old' })
  await bob.join(roomId)
  await must(bob.post(`${room(roomId)}/leave`))
  await must(alice.put(`${room(roomId)}/state/m.room.name/`, { name: 'New' }))
  await alice.say(roomId, 'after')
  assert.deepEqual(await must(bob.get(`${room(roomId)}/state/m.room.name`)), { name: 'Old' })
  const { chunk } = await must(bob.get(`${room(roomId)}/messages?dir=b`))
  assert.equal(chunk[0].content.membership, 'leave')
  await must(bob.post(`${room(roomId)}/forget`))
  assert.equal((await bob.get(`${room(roomId)}/messages?dir=b`)).status, 403)
  assert.equal((await alice.post(`${room(roomId)}/forget`)).status, 400)
})

test('an event that is sent again under its transaction ID is the same event', async () => {
  const roomId = await alice.createRoom()
  const send = () => alice.put(`${room(roomId)}/send/m.room.message/again`, { body: 'once' })
  const [first, second] = await Promise.all([must(send()), must(send())])
  assert.deepEqual(first, second)
  const { chunk } = await must(alice.get(`${room(roomId)}/messages?dir=b&limit=1`))
  assert.equal(chunk[0].event_id, first.event_id)
  assert.equal(chunk[0].unsigned.transaction_id, 'again')
  assert.equal((await must(send())).event_id, first.event_id)
})

test('pages of messages go back to the beginning and forwards again, without a gap', async () => {
  const roomId = await alice.createRoom()
  const sent: string[] = []
  for (let i = 0; i < 12; i++) sent.push(await alice.say(roomId, `${i}`))
  const found: string[] = []
  let from = ''
  for (let pages = 0; pages < 20; pages++) {
    const page = await must(alice.get(`${room(roomId)}/messages?dir=b&limit=5${from}`))
    found.push(...page.chunk.map((event: { event_id: string }) => event.event_id))
    if (page.end === undefined) break
    from = `&from=${page.end}`
  }
  assert.deepEqual(found.slice(0, 12), [...sent].reverse())
  const create = await must(alice.get(`${room(roomId)}/event/${found.at(-1)}`))
  assert.equal(create.type, 'm.room.create')
  const filter = encodeURIComponent(JSON.stringify({ types: ['m.room.message'], lazy_load_members: true }))
  const forwards = await must(alice.get(`${room(roomId)}/messages?dir=f&limit=3&filter=${filter}`))
  assert.deepEqual(
    forwards.chunk.map((event: { event_id: string }) => event.event_id),
    sent.slice(0, 3),
  )
  assert.equal(forwards.state[0].state_key, alice.userId)
})

test('the context of an event is what stands around it', async () => {
  const roomId = await alice.createRoom()
  const sent: string[] = []
  for (let i = 0; i < 5; i++) sent.push(await alice.say(roomId, `${i}`))
  const context = await must(alice.get(`${room(roomId)}/context/${sent[2]}?limit=2`))
  assert.equal(context.event.event_id, sent[2])
  assert.equal(context.events_before[0].event_id, sent[1])
  assert.equal(context.events_after[0].event_id, sent[3])
  const on = await must(alice.get(`${room(roomId)}/messages?dir=f&limit=1&from=${context.end}`))
  assert.equal(on.chunk[0].event_id, sent[4])
})

test('a redacted event is empty, and says what redacted it', async () => {
  const roomId = await alice.createRoom()
  const eventId = await alice.say(roomId, 'wrong')
  const { event_id: redaction } = await must(
    alice.put(`${room(roomId)}/redact/${eventId}/one`, { reason: 'it was wrong' }),
  )
  const event = await must(alice.get(`${room(roomId)}/event/${eventId}`))
  assert.deepEqual(event.content, {})
  assert.equal(event.unsigned.redacted_because.event_id, redaction)
  assert.equal(event.unsigned.redacted_because.redacts, eventId)
})

test('relations are listed, and told along with the event', async () => {
  const roomId = await alice.createRoom()
  const root = await alice.say(roomId, 'root')
  const relate = async (id: string, relation: string, more: object = {}) =>
    (
      await must(
        alice.put(`${room(roomId)}/send/m.room.message/${id}`, {
          ...{ body: id, 'm.relates_to': { rel_type: relation, event_id: root } },
          ...more,
        }),
      )
    ).event_id
  const inThread = await relate('thread', 'm.thread')
  const edit = await relate('edit', 'm.replace', { 'm.new_content': { body: 'better' } })
  const all = await must(alice.get(`/_matrix/client/v1${room(roomId)}/relations/${root}`))
  assert.deepEqual(
    all.chunk.map((event: { event_id: string }) => event.event_id),
    [edit, inThread],
  )
  const ofType = await must(alice.get(`/_matrix/client/v1${room(roomId)}/relations/${root}/m.thread`))
  assert.equal(ofType.chunk.length, 1)
  const { unsigned } = await must(alice.get(`${room(roomId)}/event/${root}`))
  assert.equal(unsigned['m.relations']['m.thread'].latest_event.event_id, inThread)
  assert.equal(unsigned['m.relations']['m.replace'].event_id, edit)
  const { chunk } = await must(alice.get(`/_matrix/client/v1${room(roomId)}/threads`))
  assert.equal(chunk[0].event_id, root)
})

test('aliases stand for rooms, and the directory lists what is published', async () => {
  const roomId = await alice.createRoom({ preset: 'public_chat', visibility: 'public', room_alias_name: 'hall' })
  const alias = encodeURIComponent('#hall:here.example')
  assert.equal((await must(server.call('GET', `/directory/room/${alias}`))).room_id, roomId)
  assert.deepEqual((await must(alice.get(`${room(roomId)}/aliases`))).aliases, ['#hall:here.example'])
  const { chunk } = await must(server.call('GET', '/publicRooms'))
  assert.ok(chunk.some((one: { room_id: string }) => one.room_id === roomId))
  assert.equal((await must(bob.get(`/directory/list/room/${encodeURIComponent(roomId)}`))).visibility, 'public')
  assert.equal((await bob.put(`/directory/list/room/${encodeURIComponent(roomId)}`, {})).status, 403)
  await must(alice.put(`/directory/list/room/${encodeURIComponent(roomId)}`, { visibility: 'private' }))
  const found = await must(alice.post('/publicRooms', { filter: { generic_search_term: 'hall' } }))
  assert.deepEqual(found.chunk, [])
  const wrong = await alice.put(`${room(roomId)}/state/m.room.canonical_alias/`, { alias: '#none:here.example' })
  assert.equal(wrong.body.errcode, 'M_BAD_ALIAS')
  await bob.join('#hall:here.example')
  assert.equal((await bob.delete(`/directory/room/${alias}`)).status, 403)
  await must(alice.delete(`/directory/room/${alias}`))
  assert.equal((await server.call('GET', `/directory/room/${alias}`)).status, 404)
})

test('a space shows its rooms to those who may know of them', async () => {
  const space = await alice.createRoom({ preset: 'public_chat', creation_content: { type: 'm.space' } })
  const open = await alice.createRoom({ preset: 'public_chat', name: 'Open' })
  const closed = await alice.createRoom({ preset: 'private_chat', name: 'Closed' })
  for (const child of [open, closed])
    await must(alice.put(`${room(space)}/state/m.space.child/${encodeURIComponent(child)}`, { via: ['here.example'] }))
  const ids = async (user: typeof alice) =>
    (await must(user.get(`/_matrix/client/v1${room(space)}/hierarchy`))).rooms.map(
      (one: { room_id: string }) => one.room_id,
    )
  assert.deepEqual((await ids(alice)).sort(), [space, open, closed].sort())
  assert.deepEqual((await ids(carol)).sort(), [space, open].sort())
  const summary = await must(server.call('GET', `/_matrix/client/v1/room_summary/${encodeURIComponent(open)}`))
  assert.equal(summary.name, 'Open')
})

test('a new name goes into the rooms of the user', async () => {
  const roomId = await carol.createRoom()
  await must(carol.put(`/profile/${carol.userId}/displayname`, { displayname: 'Carola' }))
  const member = await must(carol.get(`${room(roomId)}/state/m.room.member/${carol.userId}`))
  assert.equal(member.displayname, 'Carola')
})

test('what was written is found again with what stands around it, unless it was redacted or is not for the searcher', async () => {
  const roomId = await alice.createRoom({ name: 'Zebra crossing' })
  const sent: string[] = []
  for (let i = 1; i <= 5; i++) sent.push(await alice.say(roomId, `Zebra number ${i}`))
  await must(alice.put(`${room(roomId)}/redact/${sent[0]}/r`, {}))
  const ask = async (user: typeof alice, term: string, more: object = {}, next = '') =>
    (
      await must(
        user.post(`/search${next}`, {
          search_categories: { room_events: { search_term: term, order_by: 'recent', ...more } },
        }),
      )
    ).search_categories.room_events
  const found = await ask(alice, 'zebra 4', { event_context: { before_limit: 1, after_limit: 1 } })
  assert.equal(found.count, 1)
  assert.equal(found.results[0].result.event_id, sent[3])
  assert.equal(found.results[0].context.events_before[0].event_id, sent[2])
  assert.equal(found.results[0].context.events_after[0].event_id, sent[4])
  const first = await ask(alice, 'ZEBRA', { filter: { limit: 3 } })
  assert.equal(first.count, 5)
  const rest = await ask(alice, 'ZEBRA', { filter: { limit: 3 } }, `?next_batch=${first.next_batch}`)
  const ids = [...first.results, ...rest.results].map(({ result }) => result.event_id)
  assert.deepEqual(ids.slice(0, 4), [sent[4], sent[3], sent[2], sent[1]])
  assert.equal(rest.next_batch, undefined)
  assert.equal((await ask(bob, 'zebra')).count, 0)
  assert.equal((await ask(alice, '"zebra OR (')).count, 0)
})

test('members are those of now, of one membership, or of a place in the timeline', async () => {
  const roomId = await alice.createRoom({ preset: 'public_chat' })
  const { rooms } = await alice.sync()
  const at = rooms.join[roomId].timeline.prev_batch
  await bob.join(roomId)
  await carol.join(roomId)
  await must(carol.post(`${room(roomId)}/leave`))
  const ask = async (query: string) => {
    const { chunk } = await must(alice.get(`${room(roomId)}/members${query}`))
    return chunk.map((event: { state_key: string }) => event.state_key).sort()
  }
  assert.deepEqual(await ask(''), [alice.userId, bob.userId, carol.userId])
  assert.deepEqual(await ask('?not_membership=leave'), [alice.userId, bob.userId])
  assert.deepEqual(await ask('?membership=leave'), [carol.userId])
  assert.deepEqual(await ask(`?at=${at}`), [alice.userId])
})

test('who has set something for a room finds it in the one that takes its place', async () => {
  const roomId = await alice.createRoom({ preset: 'public_chat', room_version: '10' })
  await must(alice.put(`/pushrules/global/room/${encodeURIComponent(roomId)}`, { actions: ['dont_notify'] }))
  await must(alice.put(`/user/${alice.userId}/rooms/${encodeURIComponent(roomId)}/tags/u.mine`, { order: 0.5 }))
  const { next_batch } = await alice.sync()
  const { replacement_room: replacement } = await must(alice.post(`${room(roomId)}/upgrade`, { new_version: '11' }))
  const hasRule = async () =>
    (await must(alice.get('/pushrules/'))).global.room.some((rule: { rule_id: string }) => rule.rule_id === replacement)
  const tags = async () =>
    (await must(alice.get(`/user/${alice.userId}/rooms/${encodeURIComponent(replacement)}/tags`))).tags
  let since = next_batch
  for (let i = 0; i < 20 && !((await hasRule()) && 'u.mine' in (await tags())); i++)
    since = (await alice.sync(since, { timeout: '1000' })).next_batch
  assert.ok(await hasRule())
  assert.deepEqual(await tags(), { 'u.mine': { order: 0.5 } })
})
