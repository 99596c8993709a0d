import assert from 'node:assert/strict'
import type { RoomServerApi } from '../../src/api/index.ts'
import { far, farEvent } from '../server-in-memory.ts'
import { type Ground, inBothTransports } from './both-transports.ts'

const ann = '@ann:here.example'
const bob = '@bob:here.example'
const eve = `@eve:${far}`

const say = (api: RoomServerApi, roomId: string, sender: string, body: string) =>
  api.performSend({ roomId, event: { type: 'm.room.message', sender, content: { body } } })

async function publicRoom({ api }: Ground): Promise<string> {
  return (await api.performCreateRoom({ creator: ann, preset: 'public_chat', roomVersion: '11', name: 'Hall' })).roomId
}

/** A room with a user of another server in it. */
async function sharedRoom(ground: Ground): Promise<string> {
  const roomId = await publicRoom(ground)
  const { server } = ground
  const prevEvents = [(await server.events(roomId)).at(-1)?.event].filter(event => event !== undefined)
  const parts = { roomId, type: 'm.room.member', sender: eve, stateKey: eve, content: { membership: 'join' } }
  await server.take(farEvent('11', { ...parts, prevEvents, state: await server.state(roomId) }))
  return roomId
}

inBothTransports('the latest events and state are what the next event builds on', async ground => {
  const { api, server } = ground
  const roomId = await publicRoom(ground)
  const { eventId } = await say(api, roomId, ann, 'hello')
  const latest = await api.queryLatestEventsAndState({ roomId, state: [['m.room.name', '']] })
  assert.deepEqual(latest.forwardExtremities, [eventId])
  assert.equal(latest.roomVersion, '11')
  assert.equal(latest.partial, false)
  const events = await server.events(roomId)
  assert.equal(latest.depth, Number(events.at(-1)?.event.depth) + 1)
  assert.deepEqual(
    latest.state.map(({ pdu }) => JSON.parse(pdu).content),
    [{ name: 'Hall' }],
  )
  await assert.rejects(api.queryLatestEventsAndState({ roomId: '!none:here.example' }), { errcode: 'M_NOT_FOUND' })
})

inBothTransports('the current state is given whole, by entries and by types', async ground => {
  const { api, server } = ground
  const roomId = await publicRoom(ground)
  const expected = new Set([...(await server.state(roomId)).values()].map(event => event.eventId))
  const ids = async (request: object) =>
    new Set((await api.queryCurrentState({ roomId, ...request })).state.map(({ eventId }) => eventId))
  assert.deepEqual(await ids({}), expected)
  const members = await ids({ types: ['m.room.member'] })
  assert.deepEqual(members, new Set([(await server.state(roomId)).get(`m.room.member ${ann}`)?.eventId]))
  const named = await ids({
    state: [
      ['m.room.name', ''],
      ['m.room.topic', ''],
    ],
  })
  assert.deepEqual(named, new Set([(await server.state(roomId)).get('m.room.name ')?.eventId]))
})

inBothTransports('the state at and after events is that of the graph, also of events side by side', async ground => {
  const { api, server } = ground
  const roomId = await sharedRoom(ground)
  const state = await server.state(roomId)
  const base = (await server.events(roomId)).at(-1)?.event
  assert.ok(base)
  const topic = { type: 'm.room.topic', stateKey: '', sender: ann, content: { topic: 'ours' } }
  const { eventId: own } = await api.performSend({ roomId, event: topic })
  const side = farEvent('11', {
    ...{ roomId, type: 'm.room.message', sender: eve, content: { body: 'beside' }, prevEvents: [base], state },
  })
  await server.take(side)

  const before = await api.queryStateAtEvent({ roomId, eventId: own, when: 'before', state: [['m.room.topic', '']] })
  assert.deepEqual(before.entries, [])
  const after = await api.queryStateAtEvent({ roomId, eventId: own, when: 'after', state: [['m.room.topic', '']] })
  assert.deepEqual(after.entries, [['m.room.topic', '', own]])
  const whole = await api.queryStateAtEvent({ roomId, eventId: own, when: 'before' })
  assert.equal(whole.entries.length, state.size)

  const merged = await api.queryStateAfterEvents({ roomId, eventIds: [own, side.event.eventId] })
  const ids = new Set(merged.state.map(({ eventId }) => eventId))
  assert.deepEqual(ids, new Set([...[...state.values()].map(event => event.eventId), own]))
  const alone = await api.queryStateAfterEvents({
    ...{ roomId, eventIds: [side.event.eventId], state: [['m.room.topic', '']] },
  })
  assert.deepEqual(alone.state, [])
  await assert.rejects(api.queryStateAfterEvents({ roomId, eventIds: ['$nothing'] }), { errcode: 'M_NOT_FOUND' })
})

inBothTransports('another server is given state and auth chain only of rooms it is in', async ground => {
  const { api, server } = ground
  const roomId = await sharedRoom(ground)
  const { eventId } = await say(api, roomId, ann, 'hello')
  const ids = await api.queryStateAndAuthChain({ roomId, eventId, idsOnly: true, seenBy: far })
  const state = await server.state(roomId)
  assert.deepEqual(new Set(ids.stateIds), new Set([...state.values()].map(event => event.eventId)))
  const events = new Map((await server.events(roomId)).map(({ event }) => [event.eventId as string, event]))
  const chain = new Set<string>()
  const walk = (id: string) => {
    for (const authEvent of events.get(id)?.authEvents ?? [])
      if (!chain.has(authEvent)) {
        chain.add(authEvent)
        walk(authEvent)
      }
  }
  for (const id of ids.stateIds ?? []) walk(id)
  assert.deepEqual(new Set(ids.authChainIds), chain)
  const whole = await api.queryStateAndAuthChain({ roomId, eventId, idsOnly: false })
  assert.equal(whole.state?.length, state.size)
  assert.equal(whole.authChain?.length, chain.size)

  const own = await api.queryAuthChain({ roomId, eventIds: [eventId], idsOnly: true })
  const ofEvent = new Set<string>()
  chain.clear()
  walk(eventId)
  for (const id of chain) ofEvent.add(id)
  assert.deepEqual(new Set(own.eventIds), ofEvent)
  const order = new Map((await server.events(roomId)).map(({ event }, at) => [event.eventId as string, at]))
  const places = (own.eventIds ?? []).map(id => order.get(id) as number)
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  )

  const outsider = { roomId, eventId, idsOnly: true, seenBy: 'stranger.example' }
  await assert.rejects(api.queryStateAndAuthChain(outsider), { errcode: 'M_FORBIDDEN' })
})

inBothTransports('what is missing of some events is named', async ground => {
  const { api } = ground
  const roomId = await publicRoom(ground)
  const { eventId } = await say(api, roomId, ann, 'hello')
  const request = { roomId, authEventIds: [eventId, '$other'], prevEventIds: ['$nowhere', eventId] }
  assert.deepEqual(await api.queryMissingAuthPrevEvents(request), {
    ...{ roomExists: true, missingAuthEventIds: ['$other'], missingPrevEventIds: ['$nowhere'] },
  })
  const elsewhere = await api.queryMissingAuthPrevEvents({ ...request, roomId: '!none:here.example' })
  assert.equal(elsewhere.roomExists, false)
  assert.deepEqual(elsewhere.missingPrevEventIds, request.prevEventIds)
})

inBothTransports('events are given by ID, redacted where a redaction applies', async ground => {
  const { api } = ground
  const roomId = await publicRoom(ground)
  const { eventId } = await say(api, roomId, ann, 'secret')
  const { eventId: because } = await api.performSend({
    roomId,
    event: { type: 'm.room.redaction', sender: ann, redacts: eventId, content: {} },
  })
  const { events } = await api.queryEventsById({ roomId, eventIds: [because, '$none', eventId] })
  assert.deepEqual(
    events.map(event => event.eventId),
    [because, eventId],
  )
  const redacted = events[1]
  assert.equal(redacted?.redactedBecause, because)
  assert.deepEqual(JSON.parse(redacted?.pdu ?? '').content, {})
  assert.deepEqual((await api.queryEventsById({ roomId: '!none:here.example', eventIds: [eventId] })).events, [])
})

inBothTransports('a server finds an event by ID in the rooms that it is in', async ground => {
  const { api } = ground
  const roomId = await sharedRoom(ground)
  const { eventId } = await say(api, roomId, ann, 'hello')
  const { event } = await api.queryEventForServer({ server: far, eventId })
  assert.equal(event.roomId, roomId)
  assert.equal(JSON.parse(event.pdu).content.body, 'hello')
  const stranger = { server: 'stranger.example', eventId }
  await assert.rejects(api.queryEventForServer(stranger), { errcode: 'M_NOT_FOUND' })
})

inBothTransports(
  'missing events are those between, old before young; backfill goes back from the newest',
  async ground => {
    const { api, server } = ground
    const roomId = await sharedRoom(ground)
    const sent: string[] = []
    for (let i = 0; i < 6; i++) sent.push((await say(api, roomId, ann, `${i}`)).eventId)
    const all = new Map(
      (await server.events(roomId)).map(({ event }) => [JSON.stringify(event.content), event.eventId]),
    )
    const idsOf = (pdus: string[]) => pdus.map(pdu => all.get(JSON.stringify(JSON.parse(pdu).content)))
    const request = { roomId, server: far, earliestEvents: [sent[0] as string], latestEvents: [sent[5] as string] }
    const missing = await api.queryMissingEvents({ ...request, limit: 10, minDepth: 0 })
    assert.deepEqual(idsOf(missing.events), sent.slice(1, 5))
    const few = await api.queryMissingEvents({ ...request, limit: 2, minDepth: 0 })
    assert.deepEqual(idsOf(few.events), sent.slice(3, 5))
    const back = await api.queryBackfill({ roomId, server: far, eventIds: [sent[4] as string], limit: 3 })
    assert.deepEqual(idsOf(back.events), [sent[4], sent[3], sent[2]])
    const whole = await api.queryBackfill({ roomId, server: far, eventIds: [sent[5] as string], limit: 500 })
    assert.equal(whole.events.length, (await server.events(roomId)).length)
    // An empty answer would be taken for the beginning of the room.
    const unknown = { roomId, server: far, eventIds: ['$unknown'], limit: 3 }
    await assert.rejects(api.queryBackfill(unknown), { errcode: 'M_NOT_FOUND' })
    const stranger = { ...request, server: 'stranger.example', limit: 10, minDepth: 0 }
    await assert.rejects(api.queryMissingEvents(stranger), { errcode: 'M_FORBIDDEN' })
    await assert.rejects(api.queryBackfill({ roomId, server: 'stranger.example', eventIds: sent, limit: 3 }), {
      errcode: 'M_FORBIDDEN',
    })
  },
)

inBothTransports('the event nearest to a time is found in both directions', async ground => {
  const { api } = ground
  const { roomId } = await api.performCreateRoom({ creator: ann, preset: 'public_chat', timestamp: 1_000 })
  const at = async (timestamp: number) => {
    const event = { type: 'm.room.message', sender: ann, content: { body: `${timestamp}` }, timestamp }
    return (await api.performSend({ roomId, event })).eventId
  }
  const [first, second] = [await at(5_000), await at(9_000)]
  const forwards = await api.queryEventNearTime({ roomId, timestamp: 4_000, direction: 'forwards' })
  assert.deepEqual(forwards, { eventId: first, timestamp: 5_000 })
  const backwards = await api.queryEventNearTime({ roomId, timestamp: 10_000, direction: 'backwards' })
  assert.deepEqual(backwards, { eventId: second, timestamp: 9_000 })
  const beyond = { roomId, timestamp: 9_001, direction: 'forwards' } as const
  await assert.rejects(api.queryEventNearTime(beyond), { errcode: 'M_NOT_FOUND' })
})

inBothTransports('the verdict on an event says what became of it and why', async ground => {
  const { api, server } = ground
  const roomId = await sharedRoom(ground)
  const state = await server.state(roomId)
  const tip = (await server.events(roomId)).at(-1)?.event
  assert.ok(tip)
  const parts = { roomId, type: 'm.room.name', stateKey: '', sender: eve, content: { name: 'mine' } }
  const { event, pdu } = farEvent('11', { ...parts, prevEvents: [tip], state })
  const item = { kind: 'new', roomId, roomVersion: '11', pdu, origin: far } as const
  const { results } = await api.inputRoomEvents({ items: [item] })
  assert.equal(results[0]?.kind, 'rejected')
  const verdict = await api.queryVerdict({ roomId, eventId: event.eventId })
  assert.equal(verdict.status, 'rejected')
  assert.equal(verdict.reason?.rule, 'required-power')
  assert.equal(verdict.reason?.decidedBy, state.get('m.room.power_levels ')?.eventId)
  assert.equal(verdict.isForwardExtremity, false)
  assert.deepEqual(verdict.prevEvents, [tip.eventId])
  const name = state.get('m.room.name ')
  const good = await api.queryVerdict({ eventId: name?.eventId as string })
  assert.deepEqual(
    [good.status, good.isInCurrentState, good.stateBefore, good.roomId],
    ['accepted', true, 'computed', roomId],
  )
  await assert.rejects(api.queryVerdict({ eventId: '$none' }), { errcode: 'M_NOT_FOUND' })
})

inBothTransports(
  'a resolution is explained by what each extremity has and the fate of what was checked',
  async ground => {
    const { api, server } = ground
    const { roomId } = await api.performCreateRoom({
      ...{ creator: ann, preset: 'public_chat', roomVersion: '11' },
      powerLevelContentOverride: { users: { [ann]: 100, [eve]: 50 } },
    })
    const tip = () => server.events(roomId).then(events => events.at(-1)?.event)
    const join = { roomId, type: 'm.room.member', sender: eve, stateKey: eve, content: { membership: 'join' } }
    const before = await tip()
    assert.ok(before)
    await server.take(farEvent('11', { ...join, prevEvents: [before], state: await server.state(roomId) }))
    const base = await tip()
    assert.ok(base)
    const state = await server.state(roomId)
    const topic = { roomId, type: 'm.room.topic', stateKey: '', sender: eve }
    const other = farEvent('11', { ...topic, content: { topic: 'theirs' }, prevEvents: [base], state })
    const own = await api.performSend({
      ...{ roomId, event: { type: 'm.room.topic', stateKey: '', sender: ann, content: { topic: 'ours' } } },
    })
    await server.take(other)
    const explained = await api.queryResolution({ roomId, type: 'm.room.topic', stateKey: '' })
    assert.equal(explained.conflicted, true)
    assert.deepEqual(
      new Set(explained.states.map(({ eventId }) => eventId)),
      new Set([own.eventId, other.event.eventId]),
    )
    assert.equal(explained.current, (await server.state(roomId)).get('m.room.topic ')?.eventId)
    assert.ok(explained.steps.some(({ eventId }) => eventId === other.event.eventId))
    await assert.rejects(api.queryResolution({ roomId: '!x:here.example', type: 'm.room.topic', stateKey: '' }), {
      errcode: 'M_NOT_FOUND',
    })
  },
)

inBothTransports('the version of a room, and what a user sent to it', async ground => {
  const { api } = ground
  const roomId = await publicRoom(ground)
  assert.deepEqual(await api.queryRoomVersion({ roomId }), { roomVersion: '11' })
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  const sent: string[] = []
  for (let i = 0; i < 3; i++) sent.push((await say(api, roomId, bob, `${i}`)).eventId)
  await say(api, roomId, ann, 'not his')
  const newest = await api.queryEventsOfUser({ roomId, userId: bob, limit: 2 })
  assert.deepEqual(new Set(newest.eventIds), new Set(sent.slice(1)))
})
