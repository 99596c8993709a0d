import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedRuntime } from '../runtime/index.ts'
import type { QueueRow } from '../storage/index.ts'
import type { QueueRowNid } from '../types/index.ts'
import { QueueFeeder } from './queue-feeder.ts'
import { RoomQueueFull } from './room-queues.ts'

/** A queue in memory, and a feeder whose rows are worked on as the test says. */
function setUp(take: (row: QueueRow, queue: Queue) => Promise<unknown>) {
  const runtime = new SimulatedRuntime(1)
  const queue = new Queue()
  const log: string[] = []
  const failures: unknown[] = []
  const feeder: QueueFeeder = new QueueFeeder({
    ...{ reader: queue, runtime, failed: error => failures.push(error) },
    take: row => {
      log.push(`${row.row} at ${runtime.time}`)
      return take(row, queue)
    },
  })
  const now = () => runtime.clock.now()
  return { runtime, queue, feeder, log, failures, now }
}

class Queue {
  readonly rows = new Map<number, QueueRow>()

  add(roomId: string, notBefore = 0, attempts = 0): QueueRow {
    const row = (this.rows.size + 1) as QueueRowNid
    const added = { row, roomId, item: '', notBefore, attempts, waitsFor: '' }
    this.rows.set(row, added)
    return added
  }

  async queue(roomId: string, after: number, limit: number): Promise<QueueRow[]> {
    return [...this.rows.values()].filter(row => row.roomId === roomId && row.row > after).slice(0, limit)
  }

  async queuedRooms(after: string, limit: number): Promise<string[]> {
    const rooms = new Set([...this.rows.values()].map(({ roomId }) => roomId).filter(roomId => roomId > after))
    return [...rooms].sort().slice(0, limit)
  }
}

const done = async ({ row }: QueueRow, queue: Queue) => queue.rows.delete(row)

test('after a start all rows are taken up, of all rooms and in order, whether they wait or not', async () => {
  const { runtime, queue, feeder, log, now } = setUp(done)
  for (let i = 0; i < 250; i++) queue.add(`!${i % 3}`, i % 2 === 0 ? 0 : now() + 1000)
  await runtime.run(feeder.resume())
  await runtime.run(feeder.whenIdle())
  assert.equal(log.length, 250)
  assert.deepEqual(log.slice(0, 3), ['1 at 0', '4 at 0', '7 at 0'])
  assert.equal(queue.rows.size, 0)
})

test('a row that waits is taken up when its time comes, and the one that comes first does not wait for a later one', async () => {
  const { runtime, queue, feeder, log, now } = setUp(done)
  queue.add('!a', now() + 5000)
  queue.add('!a', now() + 1000)
  queue.add('!b', now() + 3000)
  feeder.waits('!a', now() + 5000)
  feeder.waits('!a', now() + 1000)
  feeder.waits('!b', now() + 3000)
  await runtime.advance(10_000)
  assert.deepEqual(log, ['2 at 1000', '3 at 3000', '1 at 5000'])
})

test('a row that is being worked on is not taken up a second time', async () => {
  const { runtime, queue, feeder, log, now } = setUp(async (row, rows) => {
    await runtime.timers.sleep(10_000)
    return done(row, rows)
  })
  feeder.start(queue.add('!a'))
  queue.add('!a', now() + 1000)
  feeder.waits('!a', now() + 1000)
  await runtime.advance(20_000)
  assert.deepEqual(log, ['1 at 0', '2 at 1000'])
  assert.equal(feeder.inHand, 0)
})

test('a row that must wait again is taken up again', async () => {
  const { runtime, queue, feeder, log, now } = setUp(async (row, rows) => {
    if (row.attempts === 3) return done(row, rows)
    const notBefore = now() + 1000 * 2 ** row.attempts
    rows.rows.set(row.row, { ...row, notBefore, attempts: row.attempts + 1 })
    feeder.waits(row.roomId, notBefore)
    return undefined
  })
  feeder.start(queue.add('!a'))
  await runtime.advance(60_000)
  assert.deepEqual(log, ['1 at 0', '1 at 1000', '1 at 3000', '1 at 7000'])
  assert.equal(queue.rows.size, 0)
})

test('rows that found no room in memory are taken up when there is room again', async () => {
  let full = true
  const { runtime, queue, feeder, log, failures } = setUp(async (row, rows) => {
    if (full) throw new RoomQueueFull(row.roomId, 1000)
    return done(row, rows)
  })
  for (let i = 0; i < 3; i++) feeder.start(queue.add('!a'))
  await runtime.advance(60_000)
  assert.equal(log.length, 3)
  full = false
  feeder.roomAgain('!a')
  await runtime.advance(1)
  assert.equal(log.length, 6)
  assert.deepEqual([queue.rows.size, failures.length], [0, 0])
})

test('what goes wrong with a row is said, and the others go on', async () => {
  const { runtime, queue, feeder, failures } = setUp(async (row, rows) => {
    if (row.row === 1) throw new Error('broken')
    return done(row, rows)
  })
  queue.add('!a')
  queue.add('!a')
  await runtime.run(feeder.resume())
  await runtime.settle()
  assert.deepEqual([failures.length, [...queue.rows.keys()]], [1, [1]])
})

test('once closed it takes nothing up', async () => {
  const { runtime, queue, feeder, log, now } = setUp(done)
  queue.add('!a', now() + 1000)
  feeder.waits('!a', now() + 1000)
  feeder.close()
  feeder.start(queue.add('!a'))
  feeder.roomAgain('!a')
  await runtime.advance(5000)
  assert.deepEqual(log, [])
})
