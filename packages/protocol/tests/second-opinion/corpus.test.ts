// Replays the shared corpus of rooms with branching graphs through the second opinion alone: verdicts, the check that
// failed, and the state before each event. Hashes and signatures are not checked here: what the corpus says of them is
// taken as given. Skips where the corpus is not there. Follows: the README of the corpus.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Arrivals } from './arrivals.ts'
import type { PlainEvent, Readings } from './index.ts'
import { redact } from './index.ts'
import type { Outcome } from './plain-room.ts'
import { eventOf, PlainRoom } from './plain-room.ts'
import type { JsonObject } from './types.ts'
import { compareStrings } from './types.ts'

interface CorpusState {
  readonly sha256: string
  readonly count: number
  readonly entries?: readonly (readonly [string, string, string])[]
}
interface CorpusEvent {
  readonly event_id: string
  readonly about?: string
  readonly pdu: JsonObject
  readonly expect: {
    readonly verdict: 'accepted' | 'rejected'
    readonly soft_failed: boolean
    readonly redacted?: boolean
    readonly check?: 'signature' | 'malformed' | 'auth_events' | 'state_before'
    readonly reason?: string
    readonly state_before?: CorpusState
  }
}
interface CorpusRoom {
  readonly room_version: string
  readonly events: readonly CorpusEvent[]
  readonly final_state_sha256: string
  readonly forward_extremities: readonly string[]
  readonly other_orders: readonly {
    readonly order: readonly number[]
    readonly soft_failed: readonly number[]
    readonly forward_extremities: readonly string[]
    readonly final_state_sha256: string
  }[]
}

const folder = new URL('../../../../../shared/corpus/generated/', import.meta.url)

function digest(state: ReadonlyMap<string, string>): { sha256: string; count: number } {
  const lines = [...state].map(([key, id]) => `${key}\t${id}\n`).sort(compareStrings)
  return { sha256: createHash('sha256').update(lines.join('')).digest('hex'), count: state.size }
}

const isDropped = ({ expect }: CorpusEvent): boolean => expect.check === 'signature' || expect.check === 'malformed'

/** Everything that parts from the expectations, in words. */
function differences(item: CorpusEvent, outcome: Outcome): string[] {
  const { expect } = item
  const found: string[] = []
  const why = outcome.verdict.allowed ? '' : ` (${outcome.verdict.rule}: ${outcome.verdict.why})`
  if (outcome.verdict.allowed !== (expect.verdict === 'accepted') || outcome.failed !== expect.check)
    found.push(
      `${item.event_id} ${item.about ?? ''}: ${outcome.failed ?? 'accepted'}${why}, expected ${expect.check ?? 'accepted'} ${expect.reason ?? ''}`,
    )
  const state = digest(outcome.stateBefore)
  if (
    expect.state_before &&
    (state.sha256 !== expect.state_before.sha256 || state.count !== expect.state_before.count)
  ) {
    found.push(`${item.event_id} ${item.about ?? ''}: the state before it differs`)
    for (const [type, key, id] of expect.state_before.entries ?? [])
      if (outcome.stateBefore.get(`${type}\t${key}`) !== id)
        found.push(`  ${type} ${key}: ${outcome.stateBefore.get(`${type}\t${key}`)}, expected ${id}`)
  }
  return found
}

function eventOfItem(room: CorpusRoom, item: CorpusEvent): PlainEvent {
  const pdu = item.expect.redacted ? redact(room.room_version, item.pdu) : item.pdu
  return eventOf(pdu, item.event_id)
}

const files = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.json')) : []
const read = (name: string): CorpusRoom => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

test('the corpus is replayed without a difference', async t => {
  if (files.length === 0) return t.skip('the corpus of rooms is not here')
  for (const name of files)
    await t.test(`${name} gives the expected verdicts and states`, () => {
      const room = read(name)
      const arrivals = new Arrivals(room.room_version)
      const found: string[] = []
      for (const item of room.events) {
        if (isDropped(item)) continue
        found.push(...differences(item, arrivals.receive(eventOfItem(room, item))))
        if (arrivals.softFailed.has(item.event_id) !== item.expect.soft_failed)
          found.push(`${item.event_id}: soft failure differs`)
      }
      assert.deepEqual(found, [])
      assert.deepEqual([...arrivals.extremities].sort(compareStrings), room.forward_extremities)
      assert.equal(digest(arrivals.currentState()).sha256, room.final_state_sha256)
    })
})

test('the corpus is replayed in its other orders without a difference', async t => {
  if (files.length === 0) return t.skip('the corpus of rooms is not here')
  for (const name of files)
    await t.test(`${name} gives the same verdicts and states in other orders`, () => {
      const room = read(name)
      for (const expected of room.other_orders) {
        const arrivals = new Arrivals(room.room_version)
        const found: string[] = []
        for (const index of expected.order) {
          const item = room.events[index] as CorpusEvent
          if (!isDropped(item)) found.push(...differences(item, arrivals.receive(eventOfItem(room, item))))
        }
        assert.deepEqual(found, [])
        const softFailed = expected.soft_failed.map(index => room.events[index]?.event_id as string)
        assert.deepEqual([...arrivals.softFailed].sort(), softFailed.sort())
        assert.deepEqual([...arrivals.extremities].sort(compareStrings), expected.forward_extremities)
        assert.equal(digest(arrivals.currentState()).sha256, expected.final_state_sha256)
      }
    })
})

test('each reading by the letter changes some rooms of the corpus and no others', t => {
  if (files.length === 0) return t.skip('the corpus of rooms is not here')
  const differing = (readings: Partial<Readings>): string[] =>
    files.filter(name => {
      const room = read(name)
      const replay = new PlainRoom(room.room_version, readings)
      return room.events.some(
        item => !isDropped(item) && differences(item, replay.receive(eventOfItem(room, item))).length > 0,
      )
    })
  assert.deepEqual(
    differing({ chains: 'letter' }),
    ['12-1', '3-3', '5-3', '8-1', '8-2'].map(name => `room-v${name}.json`),
  )
  assert.deepEqual(differing({ enlargement: 'letter' }), ['room-v11-2.json'])
  assert.deepEqual(differing({ noneAllowed: 'letter' }), ['room-v1-1.json', 'room-v1-3.json'])
})

test('what the corpus calls malformed is refused by the rules as well, but for the number of prev events', t => {
  if (files.length === 0) return t.skip('the corpus of rooms is not here')
  const allowed = new Set<string>()
  for (const name of files) {
    const room = read(name)
    const replay = new PlainRoom(room.room_version)
    for (const item of room.events) {
      if (item.expect.check === 'signature') continue
      const outcome = replay.receive(eventOfItem(room, item))
      if (item.expect.check === 'malformed' && outcome.verdict.allowed) allowed.add(`${item.about}`)
    }
  }
  assert.deepEqual([...allowed], ['21 prev events'])
})
