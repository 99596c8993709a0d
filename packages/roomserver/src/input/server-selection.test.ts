import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RoomEvent, ServerName, UserId } from '@neurite/protocol'
import { SimulatedRuntime } from '../runtime/index.ts'
import { RemoteServerError } from './remote-servers.ts'
import { type SelectionLimits, ServerSelection } from './server-selection.ts'

const name = (text: string) => text as ServerName
const us = name('us')
const [a, b, c, d] = [name('a'), name('b'), name('c'), name('d')]

function setUp(limits: Partial<SelectionLimits> = {}) {
  const runtime = new SimulatedRuntime(1)
  return { runtime, selection: new ServerSelection(us, async () => [us, a, b, c], runtime, limits) }
}

/** The origin, the event's own server, those in the room. */
const candidates = (origin: ServerName | undefined, eventServer: ServerName | undefined, others: ServerName[]) => ({
  first: [origin, eventServer].filter(server => server !== undefined),
  others,
})

test('the origin comes first, then the event’s own server, then the others, each once and never ourselves', () => {
  const { selection } = setUp()
  const order = selection.order(candidates(c, b, [us, a, b, c, d, a]))
  assert.deepEqual(order.slice(0, 2), [c, b])
  assert.deepEqual(order.slice(2).sort(), [a, d])
  assert.deepEqual(selection.order(candidates(us, us, [us])), [])
})

test('of the others the fastest comes first, whoever was never asked stands in between', () => {
  const { selection } = setUp()
  selection.answered(a, 2000)
  selection.answered(b, 100)
  selection.answered(c, 50)
  assert.deepEqual(selection.order(candidates(undefined, undefined, [a, b, c, d])), [c, b, d, a])
})

test('latency is a moving average: one slow answer does not undo many fast ones', () => {
  const { selection } = setUp()
  for (let i = 0; i < 10; i++) selection.answered(a, 10)
  selection.answered(a, 1000)
  selection.answered(b, 400)
  assert.deepEqual(selection.order(candidates(undefined, undefined, [b, a])), [a, b])
})

test('a server that fails is left alone, twice as long each time, up to a limit', async () => {
  const { runtime, selection } = setUp({ firstBackOff: 100, longestBackOff: 350 })
  const alone = candidates(a, undefined, [])
  for (const expected of [100, 200, 350, 350]) {
    selection.failed(a)
    const wait = selection.nextTryIn(alone)
    assert.ok(wait !== undefined && wait >= expected && wait <= expected * 1.1, `${wait}`)
    assert.deepEqual(selection.order(alone), [])
    await runtime.advance(wait)
    assert.deepEqual(selection.order(alone), [a])
    assert.equal(selection.nextTryIn(alone), undefined)
  }
})

test('after one answer the next failure counts as the first', () => {
  const { selection } = setUp({ firstBackOff: 100 })
  for (let i = 0; i < 5; i++) selection.failed(a)
  selection.answered(a, 10)
  selection.failed(a)
  const wait = selection.nextTryIn(candidates(a, undefined, []))
  assert.ok(wait !== undefined && wait <= 110, `${wait}`)
})

test('a server that asks to be left alone for longer is, up to the limit', () => {
  const { selection } = setUp({ firstBackOff: 100, longestBackOff: 10_000 })
  selection.failed(a, 5000)
  assert.equal(selection.nextTryIn(candidates(a, undefined, [])), 5000)
  selection.failed(b, 1e9)
  assert.equal(selection.nextTryIn(candidates(b, undefined, [])), 10_000)
})

test('a server that sends us something may be asked once more, after those that did not fail', () => {
  const { selection } = setUp({ firstBackOff: 100 })
  for (let i = 0; i < 3; i++) selection.failed(a)
  selection.heardFrom(a)
  selection.answered(b, 3000)
  assert.deepEqual(selection.order(candidates(undefined, undefined, [a, b])), [b, a])
  selection.failed(a)
  const wait = selection.nextTryIn(candidates(a, undefined, []))
  assert.ok(wait !== undefined && wait >= 800, `${wait}`)
})

test('a list is bounded, and so is what is looked at and remembered', () => {
  const { selection } = setUp({ maxServers: 3, maxLookedAt: 10, maxRemembered: 5 })
  const many = Array.from({ length: 1000 }, (_, i) => name(`s${i}`))
  const order = selection.order(candidates(a, b, many))
  assert.equal(order.length, 3)
  assert.ok(many.slice(0, 10).includes(order[2]!))
  for (const server of many) selection.failed(server)
  assert.equal(selection.remembered, 5)
})

test('for an event its origin and its sender’s server are asked first, then those that are in the room', async () => {
  const { selection } = setUp()
  const event = { sender: '@ann:d' as UserId } as RoomEvent
  const order = await selection.servers('!room', [b, us], event)
  assert.deepEqual(order.slice(0, 2), [b, d])
  assert.deepEqual(order.slice(2).sort(), [a, c])
})

test('an attempt gives the answer, or nothing where there is none in time, and is remembered', async () => {
  const { runtime, selection } = setUp()
  const ask = (ms: number, fails: boolean) => async (signal: AbortSignal) => {
    await runtime.timers.sleep(ms, signal)
    if (fails) throw new RemoteServerError(a, 'refused', 'come back later', { retryAfter: 60_000 })
    return 'answer'
  }
  assert.equal(await runtime.run(selection.attempt(a, 100, ask(10, false))), 'answer')
  assert.equal(await runtime.run(selection.attempt(b, 100, ask(500, false))), undefined)
  assert.equal(await runtime.run(selection.attempt(c, 100, ask(10, true))), undefined)
  assert.deepEqual(selection.order(candidates(undefined, undefined, [a, b, c])), [a])
  assert.equal(selection.nextTryIn(candidates(c, undefined, [])), 60_000)
})

test('what goes wrong on our own side is not blamed on the server', async () => {
  const { runtime, selection } = setUp()
  const broken = () => Promise.reject(new TypeError('ours'))
  await assert.rejects(runtime.run(selection.attempt(a, 100, broken)), TypeError)
  const abort = new AbortController()
  const waiting = selection.attempt(a, 100, signal => runtime.timers.sleep(50, signal), abort.signal)
  runtime.timers.setTimer(10, () => abort.abort(new Error('closing')))
  await assert.rejects(runtime.run(waiting), { message: 'closing' })
  assert.deepEqual(selection.order(candidates(a, undefined, [])), [a])
})
