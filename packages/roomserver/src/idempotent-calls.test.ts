import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeCrypto } from '@neurite/protocol'
import { RoomServerError } from './api/index.ts'
import { type CallMemory, IdempotentCalls, type RememberedCall } from './idempotent-calls.ts'

function memory(
  calls = new Map<string, RememberedCall>(),
): CallMemory & { readonly calls: Map<string, RememberedCall> } {
  return {
    calls,
    find: async key => calls.get(key),
    remember: async call => void calls.set(call.key, call),
    forget: async key => void calls.delete(key),
    forgetBefore: async begunAt => {
      for (const [key, call] of calls) if (call.begunAt < begunAt) calls.delete(key)
    },
  }
}

function callsOn(place: CallMemory, now = () => 1_000) {
  return new IdempotentCalls({ memory: place, clock: { now, monotonic: now }, crypto: nodeCrypto })
}

/** Work that counts how often it is done. */
function counted() {
  const done = { times: 0, run: async () => ({ number: ++done.times }) }
  return done
}

test('a call under a key is done once, and asked again it gives the same answer, also after a new start', async () => {
  const place = memory()
  const work = counted()
  assert.deepEqual(await callsOn(place).run('k', 'performSend', { a: 1 }, work.run), { number: 1 })
  assert.deepEqual(await callsOn(place).run('k', 'performSend', { a: 1 }, work.run), { number: 1 })
  assert.equal(work.times, 1)
})

test('two calls under one key at the same time are one', async () => {
  const calls = callsOn(memory())
  const work = counted()
  const both = await Promise.all([calls.run('k', 'x', {}, work.run), calls.run('k', 'x', {}, work.run)])
  assert.deepEqual(both, [{ number: 1 }, { number: 1 }])
})

test('a key that comes with another request or operation is refused', async () => {
  const calls = callsOn(memory())
  const work = counted()
  await calls.run('k', 'x', { a: 1 }, work.run)
  await assert.rejects(calls.run('k', 'x', { a: 2 }, work.run), { errcode: 'M_INVALID_PARAM' })
  await assert.rejects(calls.run('k', 'y', { a: 1 }, work.run), { errcode: 'M_INVALID_PARAM' })
  assert.equal(work.times, 1)
})

test('a refused call may be tried again under its key', async () => {
  const calls = callsOn(memory())
  const refused = () => Promise.reject(new RoomServerError('M_FORBIDDEN', 'no'))
  await assert.rejects(calls.run('k', 'x', {}, refused), { errcode: 'M_FORBIDDEN' })
  assert.deepEqual(await calls.run('k', 'x', {}, counted().run), { number: 1 })
})

test('a call whose end is not known is not done again', async () => {
  const place = memory()
  const broken = () => Promise.reject(new Error('the process died'))
  await assert.rejects(callsOn(place).run('k', 'x', {}, broken))
  const work = counted()
  await assert.rejects(callsOn(place).run('k', 'x', {}, work.run), { errcode: 'M_TIMEOUT' })
  assert.equal(work.times, 0)
})

test('answers are forgotten after a day', async () => {
  const place = memory()
  let now = 100_000_000
  const calls = callsOn(place, () => now)
  await calls.run('old', 'x', {}, counted().run)
  now += 25 * 60 * 60 * 1_000
  await calls.run('new', 'x', {}, counted().run)
  assert.deepEqual([...place.calls.keys()], ['new'])
})
