import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandomness, SimulatedRuntime } from '../runtime/index.ts'
import { RoomQueueFull, RoomQueues, RoomQueuesClosed, type RoomQueuesLimits, type RoomTurn } from './room-queues.ts'

function setUp(limits: Partial<RoomQueuesLimits> = {}) {
  const runtime = new SimulatedRuntime(1)
  const roomAgain: string[] = []
  const queues = new RoomQueues(limits, roomId => roomAgain.push(roomId))
  const log: string[] = []
  /** Work that takes so many milliseconds. */
  const work = (name: string, ms: number) => async () => {
    log.push(`${name} begins at ${runtime.time}`)
    await runtime.timers.sleep(ms)
    return name
  }
  /** Work that spends its time waiting for something outside. */
  const waits = (name: string, ms: number) => async (turn: RoomTurn) => {
    log.push(`${name} begins at ${runtime.time}`)
    await turn.away(() => runtime.timers.sleep(ms))
    log.push(`${name} is back at ${runtime.time}`)
    return name
  }
  return { runtime, queues, log, work, waits, roomAgain }
}

test('work of one room runs one after the other in the order it was asked for, and each asker gets its own result', async () => {
  const { runtime, queues, log, work } = setUp()
  const all = Promise.all([
    queues.run('!a', work('1', 30)),
    queues.run('!a', work('2', 10)),
    queues.run('!a', work('3', 1)),
  ])
  assert.deepEqual(await runtime.run(all), ['1', '2', '3'])
  assert.deepEqual(log, ['1 begins at 0', '2 begins at 30', '3 begins at 40'])
})

test('rooms go side by side: a slow one delays no other', async () => {
  const { runtime, queues, log, work } = setUp()
  const all = Promise.all([
    queues.run('!slow', work('slow', 1000)),
    queues.run('!a', work('a1', 5)),
    queues.run('!a', work('a2', 5)),
  ])
  await runtime.run(all)
  assert.deepEqual(log, ['slow begins at 0', 'a1 begins at 0', 'a2 begins at 5'])
})

test('so many rooms at a time and no more; then those that wait longest', async () => {
  const { runtime, queues, log, work } = setUp({ maxRunning: 2 })
  const rooms = ['!a', '!b', '!c', '!d']
  await runtime.run(Promise.all(rooms.map(room => queues.run(room, work(room, 10)))))
  assert.deepEqual(log, ['!a begins at 0', '!b begins at 0', '!c begins at 10', '!d begins at 10'])
})

test('a room with much to do takes turns with the others', async () => {
  const { runtime, queues, log, work } = setUp({ maxRunning: 1 })
  const asked = [
    ...Array.from({ length: 3 }, (_, i) => queues.run('!busy', work(`busy ${i}`, 10))),
    queues.run('!a', work('a', 10)),
    queues.run('!b', work('b', 10)),
  ]
  await runtime.run(Promise.all(asked))
  assert.deepEqual(
    log.map(line => line.replace(/ begins.*/, '')),
    ['busy 0', 'a', 'b', 'busy 1', 'busy 2'],
  )
})

test('who waits for something outside keeps its room, but not its place among those that run', async () => {
  const { runtime, queues, log, work, waits } = setUp({ maxRunning: 1 })
  const asked = [
    queues.run('!far', waits('far', 100)),
    queues.run('!far', work('far after', 10)),
    queues.run('!a', work('a', 90)),
    queues.run('!b', work('b', 50)),
    queues.run('!c', work('c', 50)),
  ]
  await runtime.run(Promise.all(asked))
  // Back at 100, it takes the place that is free next, before the room that was waiting longer to begin.
  assert.deepEqual(log, [
    'far begins at 0',
    'a begins at 0',
    'b begins at 90',
    'far is back at 140',
    'c begins at 140',
    'far after begins at 190',
  ])
})

test('work that fails fails alone', async () => {
  const { runtime, queues, work } = setUp()
  const failing = queues.run('!a', () => Promise.reject(new Error('broken')))
  const after = queues.run('!a', work('after', 10))
  await assert.rejects(runtime.run(failing), { message: 'broken' })
  assert.equal(await runtime.run(after), 'after')
})

test('past the bound a room refuses more, and says when it has room again', async () => {
  const { runtime, queues, work, roomAgain } = setUp({ maxWaitingInRoom: 4 })
  const taken = Array.from({ length: 5 }, (_, i) => queues.run('!a', work(`${i}`, 10)))
  assert.equal(queues.isFull('!a'), true)
  await assert.rejects(queues.run('!a', work('too many', 10)), RoomQueueFull)
  assert.equal(await runtime.run(queues.run('!b', work('other room', 0))), 'other room')
  const resumed = queues.runNext('!a', work('goes on', 10))
  await runtime.advance(25)
  assert.deepEqual(roomAgain, [])
  await runtime.advance(10)
  assert.deepEqual(roomAgain, ['!a'])
  assert.deepEqual(await runtime.run(Promise.all([...taken, resumed])), ['0', '1', '2', '3', '4', 'goes on'])
  assert.deepEqual(roomAgain, ['!a'])
})

test('work that goes on after an earlier turn comes before all that waits', async () => {
  const { runtime, queues, log, work } = setUp()
  const asked = [
    queues.run('!a', work('first', 10)),
    queues.run('!a', work('second', 10)),
    queues.runNext('!a', work('goes on', 10)),
  ]
  await runtime.run(Promise.all(asked))
  assert.deepEqual(log, ['first begins at 0', 'goes on begins at 10', 'second begins at 20'])
})

test('rooms without work take no memory', async () => {
  const { runtime, queues, work } = setUp({ maxRunning: 8 })
  const asked = Array.from({ length: 500 }, (_, i) => queues.run(`!${i % 100}`, work(`${i}`, i % 7)))
  assert.equal(queues.rooms, 100)
  await runtime.run(Promise.all(asked))
  assert.equal(queues.rooms, 0)
})

test('closing refuses what has not begun and waits for what has', async () => {
  const { runtime, queues, work } = setUp()
  const running = queues.run('!a', work('running', 50))
  const waiting = queues.run('!a', work('waiting', 50))
  let closed = false
  const closing = queues.close().then(() => {
    closed = true
  })
  await assert.rejects(waiting, RoomQueuesClosed)
  await runtime.advance(20)
  assert.equal(closed, false)
  await runtime.run(closing)
  assert.equal(await running, 'running')
  await assert.rejects(queues.run('!b', work('late', 0)), RoomQueuesClosed)
  await new RoomQueues().close()
})

test('whatever the mix, no room runs twice at once, order holds in each, and all is done', async () => {
  const runtime = new SimulatedRuntime(5)
  const random = new SeededRandomness(5)
  const queues = new RoomQueues({ maxRunning: 3, maxWaitingInRoom: 1000 })
  const busy = new Set<string>()
  const done = new Map<string, number[]>()
  let running = 0
  const asked = Array.from({ length: 2000 }, async (_, i) => {
    const room = `!${random.nextInt(10)}`
    const [before, away, after] = [random.nextInt(5), random.nextInt(20), random.nextInt(5)]
    const goesAway = random.chance(0.3)
    await runtime.timers.sleep(random.nextInt(3000) + i)
    await queues.run(room, async turn => {
      assert.ok(!busy.has(room))
      busy.add(room)
      running++
      await runtime.timers.sleep(before)
      running--
      if (goesAway) await turn.away(() => runtime.timers.sleep(away))
      running++
      assert.ok(running <= 3)
      await runtime.timers.sleep(after)
      running--
      busy.delete(room)
      done.set(room, [...(done.get(room) ?? []), i])
    })
  })
  await runtime.run(Promise.all(asked))
  assert.equal([...done.values()].flat().length, 2000)
  assert.equal(queues.rooms, 0)
})
