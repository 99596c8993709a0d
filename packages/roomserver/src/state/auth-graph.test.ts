import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Random } from '../../../protocol/tests/random-rooms/random.ts'
import type { AuthGraphRow, Reader } from '../storage/index.ts'
import { type EventNid, type EventTypeNid, inRoom, localOf, type RoomNid, type StateKeyNid } from '../types/index.ts'
import { AuthGraph } from './auth-graph.ts'

const room = 2 as RoomNid
const yieldNow = () => Promise.resolve()

/** State events with messages between them, each with a few older ones as auth events. */
function randomRows(random: Random, count: number): AuthGraphRow[] {
  const rows: AuthGraphRow[] = []
  let local = 0
  for (let i = 0; i < count; i++) {
    local += random.percent(20) ? random.below(100) + 1 : 1
    const authEvents = random.some(rows, Math.min(i, random.below(5))).map(({ event }) => event)
    const rejected = random.percent(10)
    const [type, stateKey] = [5 as EventTypeNid, random.between(1, 50) as StateKeyNid]
    rows.push({ event: inRoom<EventNid>(room, local), type, stateKey, rejected, authEvents })
  }
  return rows
}

function readerOf(rows: readonly AuthGraphRow[]): Reader {
  const authGraph = async (_: RoomNid, after: EventNid | 0, limit: number) =>
    rows.filter(({ event }) => event > after).slice(0, limit)
  return { authGraph } as unknown as Reader
}

function check(graph: AuthGraph, rows: readonly AuthGraphRow[]): void {
  assert.equal(graph.count, rows.length)
  assert.equal(graph.size, rows.length === 0 ? 0 : localOf(rows.at(-1)?.event as EventNid) + 1)
  const naming = new Map<number, number[]>(rows.map(({ event }) => [localOf(event), []]))
  for (const { event, authEvents } of rows)
    for (const named of authEvents) naming.get(localOf(named))?.unshift(localOf(event))
  for (const { event, rejected, authEvents } of rows) {
    const local = localOf(event)
    assert.deepEqual(Array.from(graph.authEvents(local)), authEvents.map(localOf))
    assert.deepEqual([...graph.namedBy(local)], naming.get(local))
    assert.equal(graph.isRejected(local), rejected)
  }
  const numbers = new Set(rows.map(({ event }) => localOf(event)))
  for (let local = -1; local <= graph.size; local++) assert.equal(graph.has(local), numbers.has(local))
}

test('a graph that is read bit by bit is the graph of all rows', async () => {
  const rows = randomRows(new Random(1), 3_000)
  const graph = new AuthGraph(room)
  for (const count of [0, 1, 10, 2_048, 2_049, 3_000]) {
    await Promise.all([
      graph.extend(readerOf(rows.slice(0, count)), yieldNow),
      graph.extend(readerOf(rows.slice(0, count)), yieldNow),
    ])
    check(graph, rows.slice(0, count))
  }
})

test('an event that is shown for now leaves no trace', async () => {
  const random = new Random(2)
  const rows = randomRows(random, 500)
  const graph = new AuthGraph(room)
  for (let count = 0; count < 500; count += random.between(1, 20)) {
    const known = rows.slice(0, count)
    await graph.extend(readerOf(known), yieldNow)
    const next = rows[count] as AuthGraphRow
    const takeBack = graph.addForNow(next)
    check(graph, [...known, next])
    takeBack()
    check(graph, known)
  }
})

test('a verdict that is being changed is shown for now too', async () => {
  const rows = randomRows(new Random(3), 10)
  const graph = new AuthGraph(room)
  await graph.extend(readerOf(rows), yieldNow)
  const row = rows[4] as AuthGraphRow
  const takeBack = graph.addForNow({ ...row, rejected: !row.rejected })
  assert.equal(graph.isRejected(localOf(row.event)), !row.rejected)
  takeBack()
  check(graph, rows)
  graph.judge(localOf(row.event), !row.rejected)
  assert.equal(graph.isRejected(localOf(row.event)), !row.rejected)
})
