import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { RoomEvent } from '@neurite/protocol'
import { far, farEvent, ServerInMemory } from '../../tests/server-in-memory.ts'
import { inRoom } from '../types/index.ts'
import { chosenExtremities, maxPrevEvents } from './draft.ts'

const ann = '@ann:here.example'
const bob = '@bob:here.example'
const eve = `@eve:${far}`
const versions = ['1', '3', '6', '11', '12']

const server = await ServerInMemory.open()
after(() => server.close())
const { performSend, performCreateRoom, performJoin } = server.performs

async function publicRoom(roomVersion: string): Promise<string> {
  const { roomId } = await performCreateRoom({ creator: ann, roomVersion, preset: 'public_chat' })
  await performJoin({ roomIdOrAlias: roomId, userId: bob })
  return roomId
}

const message = (sender: string, body: string) => ({ type: 'm.room.message', sender, content: { body } })

for (const version of versions) {
  test(`what many send at once leaves one forward extremity and no fork (room version ${version})`, async () => {
    const roomId = await publicRoom(version)
    const before = (await server.events(roomId)).length
    const sends = Array.from({ length: 200 }, (_, i) =>
      performSend({ roomId, event: message(i % 2 === 0 ? ann : bob, `${i}`) }),
    )
    const sent = await Promise.all(sends)
    const events = (await server.events(roomId)).slice(before)
    assert.deepEqual(
      events.map(({ event }) => event.eventId),
      sent.map(({ eventId }) => eventId),
    )
    assert.deepEqual(new Set(events.map(({ row }) => row.status)), new Set(['accepted']))
    for (const { row } of events) assert.equal(row.prevEvents.length, 1)
    assert.equal(new Set(events.map(({ row }) => row.prevEvents[0])).size, events.length, 'two build on one event')
    assert.deepEqual(await server.forwardExtremities(roomId), [events.at(-1)?.row.event])
    const depths = events.map(({ event }) => Number(event.depth))
    assert.deepEqual(
      depths,
      depths.map((_, i) => (depths[0] as number) + i),
    )
  })

  test(`an event that the room does not allow is refused with its rule and leaves nothing (room version ${version})`, async () => {
    const roomId = await publicRoom(version)
    const before = await server.events(roomId)
    const levels = (await server.state(roomId)).get('m.room.power_levels ') as RoomEvent
    await assert.rejects(
      performSend({ roomId, event: { type: 'm.room.name', stateKey: '', sender: bob, content: { name: 'mine' } } }),
      (error: { errcode: string; message: string; details: object }) => {
        assert.equal(error.errcode, 'M_FORBIDDEN')
        assert.deepEqual(error.details, { rule: 'required-power', decidedBy: levels.eventId })
        assert.ok(error.message.includes(roomId) && error.message.includes(bob), error.message)
        return true
      },
    )
    assert.deepEqual(await server.events(roomId), before)
    await performSend({ roomId, event: message(bob, 'still here') })
    assert.equal((await server.events(roomId)).length, before.length + 1)
  })

  test(`state that is there already with the same sender and content is not sent again (room version ${version})`, async () => {
    const roomId = await publicRoom(version)
    const event = { type: 'm.room.name', stateKey: '', sender: ann, content: { name: 'Hall' } }
    const first = await performSend({ roomId, event, unlessSame: true })
    const count = (await server.events(roomId)).length
    const again = await Promise.all(Array.from({ length: 5 }, () => performSend({ roomId, event, unlessSame: true })))
    for (const { eventId } of again) assert.equal(eventId, first.eventId)
    assert.equal((await server.events(roomId)).length, count)
    const other = await performSend({ roomId, event: { ...event, content: { name: 'Court' } }, unlessSame: true })
    assert.notEqual(other.eventId, first.eventId)
    const meant = await performSend({ roomId, event: { ...event, content: { name: 'Court' } } })
    assert.notEqual(meant.eventId, other.eventId)
  })

  test(`of many forward extremities at most 10 become prev events, and every event leaves fewer (room version ${version})`, async () => {
    const roomId = await publicRoom(version)
    const state = await server.state(roomId)
    const tip = (await server.events(roomId)).at(-1)?.event as RoomEvent
    const join = farEvent(version, {
      ...{ roomId, state, prevEvents: [tip], type: 'm.room.member', sender: eve, stateKey: eve },
      content: { membership: 'join' },
    })
    await server.take(join)
    const joined = await server.state(roomId)
    const forks = Array.from({ length: 25 }, (_, i) =>
      farEvent(version, { ...message(eve, `${i}`), roomId, state: joined, prevEvents: [join.event] }),
    )
    await server.take(...forks)
    assert.equal((await server.forwardExtremities(roomId)).length, 25)

    const counts: number[] = []
    while ((await server.forwardExtremities(roomId)).length > 1) {
      await performSend({ roomId, event: message(ann, 'together again') })
      const sent = (await server.events(roomId)).at(-1)
      assert.ok((sent?.row.prevEvents.length ?? 0) <= maxPrevEvents)
      assert.equal(sent?.row.status, 'accepted')
      counts.push((await server.forwardExtremities(roomId)).length)
    }
    assert.deepEqual(counts, [16, 7, 1])
  })
}

test('an event that another server would have to sign is not taken', async () => {
  const roomId = await publicRoom('11')
  const before = (await server.events(roomId)).length
  const content = { membership: 'join', join_authorised_via_users_server: eve }
  const event = { type: 'm.room.member', stateKey: bob, sender: bob, content }
  await assert.rejects(performSend({ roomId, event }), { errcode: 'M_FORBIDDEN', message: new RegExp(far) })
  await assert.rejects(performSend({ roomId, event: message(eve, 'not mine to say') }), { errcode: 'M_FORBIDDEN' })
  assert.equal((await server.events(roomId)).length, before)
})

test('what is no event is refused: too large, or JSON that events cannot hold', async () => {
  const roomId = await publicRoom('12')
  const before = (await server.events(roomId)).length
  await assert.rejects(performSend({ roomId, event: message(ann, 'x'.repeat(70_000)) }), { errcode: 'M_TOO_LARGE' })
  const fraction = { ...message(ann, ''), content: { half: 0.5 } }
  await assert.rejects(performSend({ roomId, event: fraction }), { errcode: 'M_BAD_JSON' })
  await assert.rejects(performSend({ roomId: '!none:here.example', event: message(ann, '') }), {
    errcode: 'M_NOT_FOUND',
  })
  assert.equal((await server.events(roomId)).length, before)
})

test('the extremities to build on are all where they are few, else the oldest five and the youngest five', () => {
  const nids = (...locals: number[]) => locals.map(local => inRoom<never>(3 as never, local))
  assert.deepEqual(chosenExtremities(nids(9, 2, 5)), nids(9, 2, 5))
  const many = nids(12, 1, 11, 2, 10, 3, 9, 4, 8, 5, 7, 6)
  assert.deepEqual(chosenExtremities(many), nids(1, 2, 3, 4, 5, 8, 9, 10, 11, 12))
})
