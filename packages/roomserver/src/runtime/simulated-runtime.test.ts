import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { DeadlineExceeded, withDeadline } from './deadline.ts'
import { EventQueue } from './event-queue.ts'
import { nodeRuntime } from './node-runtime.ts'
import { SeededRandomness } from './seeded-randomness.ts'
import { NothingLeftToDo, SimulatedRuntime } from './simulated-runtime.ts'

test('an hour of virtual time passes at once', async () => {
  const runtime = new SimulatedRuntime(1)
  const before = runtime.clock.now()
  await runtime.run(runtime.timers.sleep(3_600_000))
  assert.equal(runtime.clock.now() - before, 3_600_000)
  assert.equal(runtime.clock.monotonic(), 3_600_000)
})

test('timers fire by time, those of the same time in the order they were set', async () => {
  const runtime = new SimulatedRuntime(1)
  const fired: string[] = []
  for (const [name, ms] of Object.entries({ c: 20, a: 10, d: 20, b: 10 }))
    runtime.timers.setTimer(ms, () => fired.push(name))
  await runtime.advance(15)
  assert.deepEqual(fired, ['a', 'b'])
  await runtime.advance(5)
  assert.deepEqual(fired, ['a', 'b', 'c', 'd'])
})

test('chains of promises end before the next timer fires', async () => {
  const runtime = new SimulatedRuntime(1)
  const seen: string[] = []
  const chain = async () => {
    await runtime.timers.sleep(1)
    for (let i = 0; i < 1000; i++) await Promise.resolve()
    seen.push('chain')
  }
  const ended = chain()
  runtime.timers.setTimer(1, () => seen.push('timer set later'))
  await runtime.run(Promise.all([ended, runtime.timers.sleep(2)]))
  assert.deepEqual(seen, ['chain', 'timer set later'])
})

test('whoever yields lets all that is ready run first, at the same virtual time', async () => {
  const runtime = new SimulatedRuntime(1)
  const seen: string[] = []
  const polite = async (name: string) => {
    for (let i = 0; i < 2; i++) {
      seen.push(`${name}${i}`)
      await runtime.timers.yieldNow()
    }
  }
  await runtime.run(Promise.all([polite('a'), polite('b')]))
  assert.deepEqual(seen, ['a0', 'b0', 'a1', 'b1'])
  assert.equal(runtime.time, 0)
})

test('a cancelled timer never fires and an aborted sleep ends with the reason', async () => {
  const runtime = new SimulatedRuntime(1)
  const fired: string[] = []
  runtime.timers.setTimer(5, () => fired.push('cancelled')).cancel()
  const abort = new AbortController()
  const sleep = runtime.timers.sleep(1000, abort.signal)
  runtime.timers.setTimer(10, () => abort.abort(new Error('enough')))
  await assert.rejects(runtime.run(sleep), { message: 'enough' })
  assert.equal(runtime.time, 10)
  assert.deepEqual(fired, [])
  await assert.rejects(runtime.timers.sleep(1, abort.signal), { message: 'enough' })
})

test('waiting for what nothing will ever settle is an error, not an endless wait', async () => {
  const runtime = new SimulatedRuntime(1)
  await assert.rejects(runtime.run(new Promise(() => undefined)), NothingLeftToDo)
})

test('virtual time stands still while something outside is under way', async () => {
  const runtime = new SimulatedRuntime(1)
  let at = -1
  const reading = runtime.outside(readFile(new URL(import.meta.url), 'utf8')).then(() => {
    at = runtime.time
  })
  runtime.timers.setTimer(1, () => undefined)
  await runtime.run(Promise.all([reading, runtime.timers.sleep(1)]))
  assert.equal(at, 0)
})

test('a stopped process does nothing any more, the others go on', async () => {
  const runtime = new SimulatedRuntime(1)
  const [killed, other] = [runtime.process(), runtime.process(5000)]
  const seen: string[] = []
  killed.timers.setTimer(10, () => seen.push('killed'))
  other.timers.setTimer(10, () => seen.push('other'))
  killed.stop()
  killed.timers.setTimer(10, () => seen.push('set after death'))
  await runtime.advance(20)
  assert.deepEqual(seen, ['other'])
  assert.equal(other.clock.now() - runtime.clock.now(), 5000)
})

test('the same seed draws the same, another seed something else', () => {
  const draw = (seed: number) => {
    const { randomness } = new SimulatedRuntime(seed)
    return [...randomness.bytes(8), randomness.nextInt(1000), randomness.fraction(), ...randomness.shuffled([1, 2, 3])]
  }
  assert.deepEqual(draw(7), draw(7))
  assert.notDeepEqual(draw(7), draw(8))
  assert.notDeepEqual(draw(7), draw(7 + 2 ** 32))
})

test('numbers below a limit are drawn about equally often, all of them', () => {
  const random = new SeededRandomness(3)
  const counts = new Array<number>(6).fill(0)
  for (let i = 0; i < 60_000; i++) counts[random.nextInt(6)]!++
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500, String(counts))
  assert.equal(random.nextInt(1), 0)
  assert.throws(() => random.nextInt(0), RangeError)
  assert.deepEqual([...new Set(Array.from({ length: 100 }, () => random.between(3, 5)))].sort(), [3, 4, 5])
})

test('the generator gives the numbers of the published xoshiro128**', () => {
  const random = new SeededRandomness([1, 2, 3, 4])
  assert.deepEqual(
    Array.from({ length: 8 }, () => random.word()),
    [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849],
  )
})

test('an event queue gives out what is due by time, then by order, whatever is cancelled between', () => {
  const random = new SeededRandomness(9)
  const queue = new EventQueue()
  const expected: [number, number][] = []
  const given: [number, number][] = []
  for (let i = 0; i < 2000; i++) {
    const at = random.nextInt(50)
    const due = queue.add(at, () => given.push([at, i]))
    if (random.chance(0.3)) queue.cancel(due)
    else expected.push([at, i])
  }
  assert.equal(queue.size, expected.length)
  for (let run = queue.take(); run !== undefined; run = queue.take()) run()
  assert.deepEqual(
    given,
    expected.sort(([a, i], [b, j]) => a - b || i - j),
  )
  assert.equal(queue.size, 0)
})

test('work past its deadline is given up, whether it heeds its signal or not', async () => {
  const runtime = new SimulatedRuntime(1)
  let told: unknown
  const deaf = withDeadline(runtime.timers, 100, signal => {
    signal.addEventListener('abort', () => {
      told = signal.reason
    })
    return new Promise(() => undefined)
  })
  await assert.rejects(runtime.run(deaf), DeadlineExceeded)
  assert.ok(told instanceof DeadlineExceeded)
  assert.equal(runtime.time, 100)
  assert.equal(await runtime.run(withDeadline(runtime.timers, 100, async () => 'done')), 'done')
  const abort = new AbortController()
  const outer = withDeadline(runtime.timers, 100, () => new Promise(() => undefined), abort.signal)
  runtime.timers.setTimer(5, () => abort.abort(new Error('closing')))
  await assert.rejects(runtime.run(outer), { message: 'closing' })
})

test('Node’s own clock does not go back and its timers can be cancelled', async () => {
  const { clock, timers, randomness } = nodeRuntime
  const [now, monotonic] = [clock.now(), clock.monotonic()]
  timers.setTimer(2 ** 40, () => assert.fail('a month has not passed')).cancel()
  await timers.sleep(0)
  await timers.yieldNow()
  assert.ok(clock.now() >= now && clock.monotonic() >= monotonic)
  assert.ok(randomness.nextInt(10) < 10)
  assert.equal(randomness.bytes(16).length, 16)
})
