import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerName } from '@neurite/protocol'
import { RemoteServerError } from '@neurite/roomserver'
import { SimulatedRuntime } from '@neurite/roomserver/runtime'
import { calm, VirtualNetwork, type Weather } from './virtual-network.ts'

const [a, b] = ['a', 'b'] as [ServerName, ServerName]
const question = { kind: 'question' }
const fails = (kind: string) => (error: unknown) => error instanceof RemoteServerError && error.kind === kind

function setUp(weather: Partial<Weather> = {}) {
  const runtime = new SimulatedRuntime(1)
  const network = new VirtualNetwork(runtime)
  network.weather = { ...calm, ...weather }
  const received: unknown[] = []
  network.attach(b, async (from, message) => {
    received.push([from, message])
    return { answer: 42 }
  })
  return { runtime, network, received }
}

test('a message arrives after its delay and the answer after another', async () => {
  const { runtime, network, received } = setUp({ delay: [10, 10] })
  assert.deepEqual(await runtime.run(network.request(a, b, question)), { answer: 42 })
  assert.equal(runtime.time, 20)
  assert.deepEqual(received, [[a, question]])
})

test('a lost message ends in a time-out', async () => {
  const { runtime, network } = setUp({ loss: 1 })
  await assert.rejects(runtime.run(network.request(a, b, question)), fails('timeout'))
})

test('a message that arrives twice is handled twice and answered once', async () => {
  const { runtime, network, received } = setUp({ duplication: 1 })
  assert.deepEqual(await runtime.run(network.request(a, b, question)), { answer: 42 })
  await runtime.advance(1000)
  assert.equal(received.length, 2)
})

test('nothing passes between the sides of a partition, until it heals', async () => {
  const { runtime, network, received } = setUp()
  network.partition([b])
  await assert.rejects(runtime.run(network.request(a, b, question)), fails('timeout'))
  assert.equal(received.length, 0)
  network.heal()
  assert.deepEqual(await runtime.run(network.request(a, b, question)), { answer: 42 })
})

test('a server that is down cannot be reached, and what it was about to answer when it went is not sent', async () => {
  const { runtime, network } = setUp()
  network.detach(b)
  await assert.rejects(runtime.run(network.request(a, b, question)), fails('unreachable'))
  network.attach(b, async () => {
    await runtime.timers.sleep(100)
    return 'from a former life'
  })
  const asked = network.request(a, b, question)
  await runtime.advance(50)
  network.detach(b)
  network.attach(b, async () => 'from this life')
  await assert.rejects(runtime.run(asked), fails('timeout'))
})

test('what a server throws comes as a refusal, and who gives up hears at once', async () => {
  const { runtime, network } = setUp()
  network.attach(b, () => Promise.reject(new Error('broken')))
  await assert.rejects(runtime.run(network.request(a, b, question)), fails('refused'))
  const abort = new AbortController()
  const asked = network.request(a, b, question, abort.signal)
  abort.abort(new Error('enough'))
  await assert.rejects(runtime.run(asked), { message: 'enough' })
})

test('nobody shares memory with anybody', async () => {
  const { runtime, network, received } = setUp()
  const message = { kind: 'question', list: [1] }
  const asked = network.request(a, b, message)
  message.list.push(2)
  await runtime.run(asked)
  assert.deepEqual(received, [[a, { kind: 'question', list: [1] }]])
})
