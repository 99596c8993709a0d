// State resolution of the second opinion against the vectors beside it, and properties that hold for any room.
// Follows: rooms/, "State resolution". The vectors are those of ruma-state-res (licence in their folder).

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { madeUpRoom, randomFrom } from './hand-written-room.ts'
import { IN_USE, LETTER, resolve } from './index.ts'
import { eventOf, PlainRoom } from './plain-room.ts'
import type { JsonObject } from './types.ts'
import { keyOf } from './types.ts'

interface Vector {
  readonly name: string
  readonly room_version: string
  readonly events: readonly (JsonObject & { readonly event_id: string })[]
  readonly state_sets?: readonly (readonly string[])[]
  readonly expected: readonly { readonly type: string; readonly state_key: string; readonly event_id: string }[]
}

const folder = new URL('../fixtures/state-resolution/', import.meta.url)
const vectors = readdirSync(folder)
  .filter(name => name.endsWith('.json'))
  .map(name => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Vector)

const sorted = (state: ReadonlyMap<string, string>): [string, string][] => [...state].sort()

const expectedOf = (vector: Vector): [string, string][] =>
  vector.expected.map((row): [string, string] => [`${row.type}\t${row.state_key}`, row.event_id]).sort()

/** The room after all events of a vector were fed one by one, in the order given. */
function feed(vector: Vector, events = vector.events): PlainRoom {
  const room = new PlainRoom(vector.room_version)
  for (const pdu of events) room.receive(eventOf(pdu, pdu.event_id))
  return room
}

function leavesOf(vector: Vector): string[] {
  const parents = new Set(vector.events.flatMap(pdu => eventOf(pdu, pdu.event_id).prevEvents))
  return vector.events.map(pdu => pdu.event_id).filter(id => !parents.has(id))
}

for (const vector of vectors) {
  const sets = vector.state_sets
  if (sets) {
    for (const [name, readings] of Object.entries({ 'as servers do': IN_USE, 'by the letter': LETTER }))
      test(`${vector.name}: the given state sets resolve to the expected state, read ${name}`, () => {
        const room = feed(vector)
        const maps = sets.map(ids => new Map(ids.map(id => [keyOf(room.events.get(id) as never) as string, id])))
        assert.deepEqual(sorted(resolve(vector.room_version, maps, room, readings)), expectedOf(vector))
        assert.deepEqual(sorted(resolve(vector.room_version, maps.toReversed(), room, readings)), expectedOf(vector))
      })
    continue
  }
  test(`${vector.name}: the states at the leaves resolve to the expected state`, () => {
    assert.deepEqual(sorted(feed(vector).resolveAfter(leavesOf(vector))), expectedOf(vector))
  })
  test(`${vector.name}: fed one by one, the current state ends as expected`, () => {
    const room = new PlainRoom(vector.room_version)
    let extremities: string[] = []
    for (const pdu of vector.events) {
      const event = eventOf(pdu, pdu.event_id)
      room.receive(event)
      extremities = [...extremities.filter(id => !event.prevEvents.includes(id)), event.eventId]
      room.resolveAfter(extremities)
    }
    assert.deepEqual(sorted(room.resolveAfter(extremities)), expectedOf(vector))
  })
}

const versions = Array.from({ length: 12 }, (_, i) => `${i + 1}`)

for (const version of versions)
  test(`version ${version}: identical states resolve to themselves, and neither order nor repetition matters`, () => {
    let contested = 0
    for (let seed = 1; seed <= 6; seed++) {
      const room = madeUpRoom(version, seed * 1000, 60)
      const random = randomFrom(seed)
      const states = [...room.statesAfter.values()]
      const any = (): ReadonlyMap<string, string> => states[Math.floor(random() * states.length)] as never
      for (let i = 0; i < 25; i++) {
        const [a, b, c] = [any(), any(), any()]
        assert.deepEqual(sorted(resolve(version, [a, new Map([...a].reverse()), a], room)), sorted(a))
        for (const readings of [IN_USE, LETTER]) {
          const resolved = sorted(resolve(version, [a, b, c], room, readings))
          for (const sets of [
            [c, a, b],
            [b, a, c],
            [c, b, a],
            [a, b, c, b],
          ])
            assert.deepEqual(sorted(resolve(version, sets, room, readings)), resolved)
          // What all agree on stays (in version 1: what nobody contradicts).
          for (const [key, id] of a)
            if (b.get(key) === id && c.get(key) === id) assert.equal(new Map(resolved).get(key), id)
        }
        if (sorted(a).join() !== sorted(b).join()) contested++
      }
    }
    assert.ok(contested > 50, `only ${contested} of the states differed`)
  })

test('no states at all resolve to the empty state', () => {
  for (const version of versions) assert.equal(resolve(version, [], new PlainRoom(version)).size, 0)
})

test('a made-up room is the same room when it is fed a second time', () => {
  for (const version of ['1', '6', '12']) {
    const first = madeUpRoom(version, 5, 80)
    const second = new PlainRoom(version)
    for (const event of first.events.values()) second.receive(event)
    assert.deepEqual([...second.rejected], [...first.rejected])
    assert.deepEqual(second.statesAfter, first.statesAfter)
  }
})

test('a chain of 20,000 auth events overflows nothing', () => {
  const room = madeUpRoom('12', 1, 0)
  const [start] = room.last
  let last = room.events.get(start as string)
  const profiles: Map<string, string>[] = []
  const base = room.statesAfter.get(start as string) as ReadonlyMap<string, string>
  for (let i = 0; last && i < 20_000; i++) {
    const eventId = `$deep-${i}`
    const auth = last.authEvents.filter(id => room.events.get(id)?.type !== 'm.room.member')
    last = { ...last, eventId, authEvents: [...auth, last.eventId], prevEvents: [last.eventId], originServerTs: i }
    room.events.set(eventId, last)
    if (i % 19_999 === 0) profiles.push(new Map(base).set(keyOf(last) as string, eventId))
  }
  const resolved = resolve('12', profiles, room)
  assert.equal(resolved.get(keyOf(last as never) as string), '$deep-19999')
})
