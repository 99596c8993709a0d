import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Random } from '../../../protocol/tests/random-rooms/random.ts'
import type { AuthGraphRow, EventRow, Reader } from '../storage/index.ts'
import { type EventNid, type EventTypeNid, inRoom, localOf, type RoomNid, type StateKeyNid } from '../types/index.ts'
import { AuthGraph, NamersUnknown } from './auth-graph.ts'

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

function readerOf(rows: readonly AuthGraphRow[]): Pick<Reader, 'authGraph' | 'events'> {
  const byEvent = new Map(rows.map(row => [row.event, row]))
  return {
    authGraph: async (_, after, limit) => rows.filter(({ event }) => event > after).slice(0, limit),
    events: async events =>
      events.flatMap(event => {
        const row = byEvent.get(event)
        return row === undefined ? [] : [toEventRow(row)]
      }),
  }
}

function toEventRow({ rejected, ...row }: AuthGraphRow): EventRow {
  return { ...row, status: rejected ? 'rejected' : 'accepted' } as EventRow
}

/** For each event those that name it, from young to old. */
function namersIn(rows: readonly AuthGraphRow[]): Map<number, number[]> {
  const naming = new Map<number, number[]>(rows.map(({ event }) => [localOf(event), []]))
  for (const { event, authEvents } of rows)
    for (const named of authEvents) naming.get(localOf(named))?.unshift(localOf(event))
  return naming
}

function check(graph: AuthGraph, rows: readonly AuthGraphRow[]): void {
  assert.equal(graph.count, rows.length)
  assert.equal(graph.size, rows.length === 0 ? 0 : localOf(rows.at(-1)?.event as EventNid) + 1)
  const naming = namersIn(rows)
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
      graph.extend({ reader: readerOf(rows.slice(0, count)), yieldNow }),
      graph.extend({ reader: readerOf(rows.slice(0, count)), yieldNow }),
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
    await graph.extend({ reader: readerOf(known), yieldNow })
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
  await graph.extend({ reader: readerOf(rows), yieldNow })
  const row = rows[4] as AuthGraphRow
  const takeBack = graph.addForNow({ ...row, rejected: !row.rejected })
  assert.equal(graph.isRejected(localOf(row.event)), !row.rejected)
  takeBack()
  check(graph, rows)
  graph.judge(localOf(row.event), !row.rejected)
  assert.equal(graph.isRejected(localOf(row.event)), !row.rejected)
})

/** What is here of a graph in parts is as in the whole; with an event all that it leads to is here. @returns whose namers are known */
function checkPart(graph: AuthGraph, rows: readonly AuthGraphRow[]): number[] {
  const whole = new Map(rows.map(row => [localOf(row.event), row]))
  const naming = namersIn(rows)
  const known: number[] = []
  let here = 0
  for (const [local, { rejected, authEvents }] of whole) {
    if (!graph.has(local)) continue
    here++
    assert.deepEqual(Array.from(graph.authEvents(local)), authEvents.map(localOf))
    for (const named of authEvents) assert.ok(graph.has(localOf(named)), `${local} is here without ${localOf(named)}`)
    assert.equal(graph.isRejected(local), rejected)
    try {
      assert.deepEqual([...graph.namedBy(local)], naming.get(local))
      known.push(local)
    } catch (error) {
      if (!(error instanceof NamersUnknown)) throw error
      assert.equal(error.event, local)
    }
  }
  assert.equal(graph.count, here)
  return known
}

test('a graph in parts is part of the whole, whatever was asked for and in what order', async () => {
  let [inParts, becameWhole, took] = [0, 0, 0]
  for (let seed = 1; seed <= 25; seed++) {
    const random = new Random(seed)
    const rows = randomRows(random, random.between(100, 400))
    const graph = new AuthGraph(room, random.between(1, 20))
    for (let count = random.between(60, 100); count < rows.length; ) {
      const known = rows.slice(0, count)
      const next = localOf((known.at(-1) as AuthGraphRow).event) + 1
      const events = random.some(known, random.below(6)).map(({ event }) => localOf(event))
      const namers = random.percent(20) ? { namersFrom: localOf(random.pick(known).event) } : {}
      const reads = { reader: readerOf(known), yieldNow }
      await Promise.all([graph.extend(reads, { next, events, ...namers }), graph.extend(reads, { next })])
      for (const event of events) assert.ok(graph.has(event))
      const namersKnown = checkPart(graph, known)
      if (namers.namersFrom !== undefined)
        for (const { event } of known)
          if (localOf(event) >= namers.namersFrom) assert.ok(namersKnown.includes(localOf(event)))
      if (graph.isWhole) check(graph, known)
      else inParts++
      if (graph.isWhole) becameWhole++

      const nextRow = rows[count] as AuthGraphRow
      await graph.extend(reads, { next, events: nextRow.authEvents.map(localOf) })
      const takeBack = graph.addForNow(nextRow)
      assert.deepEqual(Array.from(graph.authEvents(localOf(nextRow.event))), nextRow.authEvents.map(localOf))
      takeBack()
      checkPart(graph, known)
      // A commit that was decided may be taken without a read; messages lie between.
      if (random.percent(50)) {
        const size = graph.count
        graph.take([toEventRow(nextRow)], next + 1)
        if (localOf(nextRow.event) === next && graph.count > size) took++
        count++
        checkPart(graph, localOf(nextRow.event) === next ? rows.slice(0, count) : [...known, nextRow])
      } else count += random.between(1, 30)
    }
  }
  assert.ok(inParts > 50 && becameWhole > 50 && took > 20, `${inParts} in parts, ${becameWhole} whole, ${took} taken`)
})

test('what was found out beside an event that no commit took is forgotten when another event has its number', async () => {
  const random = new Random(1)
  const rows = randomRows(random, 12)
  const next = rows.pop() as AuthGraphRow
  const graph = new AuthGraph(room)
  await graph.extend({ reader: readerOf(rows), yieldNow }, { next: localOf(next.event) })
  const known = { eventId: '$a', timestamp: 1, key: 1, isPowerEvent: false, selectedKeys: [] }
  const remember = () => graph.memory.judged.set(1, { ...known, verdict: undefined, mainlinePosition: undefined })

  graph.addForNow(next)()
  remember()
  graph.addForNow(next)()
  assert.equal(graph.memory.judged.size, 0)

  remember()
  graph.take([toEventRow(next)], localOf(next.event) + 1)
  const later = { ...next, event: inRoom<EventNid>(room, localOf(next.event) + 1) }
  graph.addForNow(later)()
  assert.equal(graph.memory.judged.size, 1)
})
