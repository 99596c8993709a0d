import assert from 'node:assert/strict'
import { canonicalJson, type RoomEvent } from '@neurite/protocol'
import type { RoomServerApi } from '../../src/api/index.ts'
import { far, farEvent } from '../server-in-memory.ts'
import { inBothTransports } from './both-transports.ts'

const ann = '@ann:here.example'
const eve = `@eve:${far}`

inBothTransports('events are taken with a result each, in order, and again they are known', async ({ api, server }) => {
  const { roomId } = await api.performCreateRoom({ creator: ann, preset: 'public_chat', roomVersion: '11' })
  const tip = (await server.events(roomId)).at(-1)?.event as RoomEvent
  const state = await server.state(roomId)
  const member = { roomId, type: 'm.room.member', sender: eve, stateKey: eve, content: { membership: 'join' } }
  const join = farEvent('11', { ...member, prevEvents: [tip], state })
  const topic = { roomId, type: 'm.room.topic', stateKey: '', sender: eve, content: { topic: 'mine' } }
  const withEve = new Map([...state, [`m.room.member ${eve}`, join.event]])
  const forbidden = farEvent('11', { ...topic, prevEvents: [join.event], state: withEve })
  const items = [join, forbidden].map(({ pdu }) => ({
    ...({ kind: 'new', roomId, roomVersion: '11', pdu, origin: far } as const),
  }))
  const { results } = await api.inputRoomEvents({ items })
  assert.deepEqual(
    results.map(({ kind, eventId, reason }) => [kind, eventId, reason?.rule]),
    [
      ['accepted', join.event.eventId, undefined],
      ['rejected', forbidden.event.eventId, 'required-power'],
    ],
  )
  const again = await api.inputRoomEvents({ items })
  assert.deepEqual(
    again.results.map(({ kind }) => kind),
    ['known', 'known'],
  )
  assert.deepEqual((await api.inputRoomEvents({ items, async: true })).results, [])
})

inBothTransports('an event is taken together with the state before it', async ({ api, server }) => {
  const { roomId } = await api.performCreateRoom({ creator: ann, preset: 'public_chat', roomVersion: '11' })
  const state = await server.state(roomId)
  const events = await server.events(roomId)
  const unknown = farEvent('11', {
    ...{ roomId, type: 'm.room.message', sender: eve, content: { body: 'not here' } },
    ...{ prevEvents: [events.at(-1)?.event as RoomEvent], state },
  })
  const member = { roomId, type: 'm.room.member', sender: eve, stateKey: eve, content: { membership: 'join' } }
  const { pdu, event } = farEvent('11', { ...member, prevEvents: [unknown.event], state })
  const { result, notTaken } = await api.inputEventWithState({
    event: { kind: 'new', roomId, roomVersion: '11', pdu, origin: far },
    state: [...state.values()].map(({ json }) => canonicalJson(json)),
    authEvents: [],
  })
  assert.deepEqual([result.kind, result.eventId, notTaken], ['accepted', event.eventId, []])
  assert.equal((await api.queryVerdict({ roomId, eventId: event.eventId })).stateBefore, 'given')
})

/** All outputs after a position, in small pages. */
async function outputs(api: RoomServerApi, from = '') {
  const found: Awaited<ReturnType<RoomServerApi['readOutput']>>['events'] = []
  for (let after = from; ; ) {
    const page = await api.readOutput({ after, limit: 3 })
    if (page.events.length === 0) return { found, position: page.position }
    found.push(...page.events)
    after = page.position
  }
}

inBothTransports('the output log tells what happened, in order, from any position', async ({ api, server }) => {
  const { roomId } = await api.performCreateRoom({ creator: ann, preset: 'public_chat', roomVersion: '11' })
  const session = { session: 'laptop', id: 'm1' }
  const { eventId } = await api.performSend({
    ...{ roomId, event: { type: 'm.room.message', sender: ann, content: { body: 'hello' } }, transactionId: session },
  })
  const { found, position } = await outputs(api)
  const events = (await server.events(roomId)).map(({ event }) => event.eventId as string)
  assert.deepEqual(
    found.map(({ output }) => (output.kind === 'new' ? output.eventId : output.kind)),
    events,
  )
  assert.deepEqual(new Set(found.map(one => one.roomId)), new Set([roomId]))
  const last = found.at(-1)?.output
  assert.ok(last?.kind === 'new')
  assert.deepEqual(last.transactionId, session)
  assert.deepEqual(last.forwardExtremities, [eventId])
  assert.deepEqual(last.state, { added: [], removed: [] })
  assert.equal(last.historyVisibility, 'shared')
  const create = found[0]?.output
  assert.ok(create?.kind === 'new')
  assert.deepEqual(create.state.added, [create.eventId])

  assert.equal((await outputs(api, found[2]?.position)).found.length, found.length - 3)
  assert.deepEqual(await api.readOutput({ after: position }), { events: [], position })
  await assert.rejects(api.readOutput({ after: 'never' }), { errcode: 'M_INVALID_PARAM' })
})

inBothTransports(
  'in what the state before an event beside others differs is told to who asks',
  async ({ api, server }) => {
    const { roomId } = await api.performCreateRoom({ creator: ann, preset: 'public_chat', roomVersion: '11' })
    const fork = (await server.events(roomId)).at(-1)?.event as RoomEvent
    const state = await server.state(roomId)
    const { position } = await outputs(api)
    const topic = { type: 'm.room.topic', stateKey: '', sender: ann, content: { topic: 'ours' } }
    const { eventId: ours } = await api.performSend({ roomId, event: topic })
    const member = { roomId, type: 'm.room.member', sender: eve, stateKey: eve, content: { membership: 'join' } }
    const theirs = farEvent('11', { ...member, prevEvents: [fork], state })
    const item = { kind: 'new', roomId, roomVersion: '11', pdu: theirs.pdu, origin: far } as const
    assert.equal((await api.inputRoomEvents({ items: [item] })).results[0]?.kind, 'accepted')
    const { events } = await api.readOutput({ after: position, stateBefore: true })
    assert.deepEqual(
      events.map(({ output }) => output.kind === 'new' && [output.eventId, output.stateBefore]),
      [
        [ours, undefined],
        [theirs.event.eventId, { added: [], removed: [ours] }],
      ],
    )
    const { events: unasked } = await api.readOutput({ after: position })
    for (const { output } of unasked) assert.equal('stateBefore' in output || 'rewritesState' in output, false)
  },
)

inBothTransports('who waits for outputs hears of the next at once', async ({ api }) => {
  const { roomId } = await api.performCreateRoom({ creator: ann, preset: 'public_chat' })
  const { position } = await outputs(api)
  const waiting = api.readOutput({ after: position, wait: 50_000 })
  const { eventId } = await api.performSend({
    ...{ roomId, event: { type: 'm.room.message', sender: ann, content: { body: 'now' } } },
  })
  const { events } = await waiting
  assert.deepEqual(
    events.map(({ output }) => output.kind === 'new' && output.eventId),
    [eventId],
  )
})

inBothTransports('a redaction and an invite are told of', async ({ api }) => {
  const { roomId } = await api.performCreateRoom({ creator: ann, preset: 'private_chat', roomVersion: '11' })
  const { eventId } = await api.performSend({
    ...{ roomId, event: { type: 'm.room.message', sender: ann, content: { body: 'x' } } },
  })
  const { position } = await outputs(api)
  const redaction = { type: 'm.room.redaction', sender: ann, redacts: eventId, content: {} }
  const { eventId: because } = await api.performSend({ roomId, event: redaction })
  const invited = await api.performInvite({ roomId, inviter: ann, invitee: '@bob:here.example' })
  await api.performJoin({ roomIdOrAlias: roomId, userId: '@bob:here.example' })
  const { found } = await outputs(api, position)
  // Within one event: invites and what ended them, the event itself, what it redacts.
  assert.deepEqual(
    found.map(({ output }) => output.kind),
    ['new', 'redacted', 'invite', 'new', 'invite-retired', 'new'],
  )
  const told = found.map(({ output }) => output).filter(({ kind }) => kind !== 'new')
  assert.deepEqual(told, [
    { kind: 'redacted', eventId, because },
    { kind: 'invite', userId: '@bob:here.example', eventId: invited.eventId },
    { kind: 'invite-retired', userId: '@bob:here.example', membership: 'join' },
  ])
})
