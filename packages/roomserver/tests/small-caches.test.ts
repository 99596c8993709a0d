/**
 * A server whose caches hold much less than a room has: slow, and right. An event that is being decided is in no storage yet and must
 * not be forgotten while the members of its room are read.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inlineCrypto, member, message, RoomTeller, stateEvent, type Told } from '../src/input/testing/index.ts'
import { MemoryDisk } from '../src/storage/index.ts'
import { SmallServer } from './small-server.ts'

const ann = '@ann:a'
/** Nothing at all, and some dozen events. */
for (const cacheBytes of [0, 64 * 1024])
  test(`with caches of ${cacheBytes} bytes a room takes members, a fork, its merge and a whole state at once`, async () => {
    const teller = new RoomTeller({ roomVersion: '11', roomId: '!room:a', servers: ['a'], crypto: inlineCrypto })
    const create = teller.tell(stateEvent('m.room.create', ann, { room_version: '11' }))
    const annIn = teller.tell(member(ann, 'join'), create)
    const rules = teller.tell(stateEvent('m.room.join_rules', ann, { join_rule: 'public' }), annIn)
    const members: Told[] = []
    for (let at = 0; at < 300; at++) members.push(teller.tell(member(`@user${at}:a`, 'join'), members.at(-1) ?? rules))
    const before = members.at(-1) as Told
    const left = teller.tell(stateEvent('m.room.topic', ann, { topic: 'left' }), before)
    const right = teller.tell(stateEvent('m.room.topic', ann, { topic: 'right' }), before)
    const merged = teller.tell(message(ann, 'merged'), left, right)

    const line = await SmallServer.open(teller, new MemoryDisk(), { cacheBytes })
    for (const told of [create, annIn, rules, ...members, left, right, merged])
      assert.equal(await line.take(told), 'accepted', told.event.type)
    await line.assertSound()

    // As a join of a room elsewhere brings it: the members are outliers, and all of them come into the state with one event.
    const all = [create, annIn, rules, ...members]
    const joined = await SmallServer.open(teller, new MemoryDisk(), { cacheBytes })
    for (const told of all) await joined.take({ ...teller.item(told), kind: 'outlier' })
    assert.equal(await joined.take(joined.withState(left, all)), 'accepted')
    const { joined: count } = await joined.server.api.queryMemberCounts({ roomId: '!room:a' })
    assert.equal(count, 301)
    await joined.assertSound()
    await Promise.all([line.server.close(), joined.server.close()])
  })
