/**
 * When what waits in the durable queue is tried again.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Timer } from '../runtime/index.ts'
import { nodeRuntime } from '../runtime/index.ts'
import { openMemoryStorage } from '../storage/index.ts'
import { DurableQueue, type DurableQueueParts } from './durable-queue.ts'
import type { InputItem } from './item.ts'
import { QueueBound } from './queue-bound.ts'
import { inlineCrypto } from './testing/index.ts'

const roomId = '!room:a'
const item: InputItem = { kind: 'new', roomId, roomVersion: '11', origin: 'a', pdu: '{}' }

test('what falls due while the queue is looked through is not forgotten', async () => {
  const storage = await openMemoryStorage()
  // Each look at the clock takes a millisecond.
  let time = 1_000_000
  const now = () => ++time
  let timersSet = 0
  const setTimer = (): Timer => {
    timersSet++
    return { cancel: () => undefined }
  }
  const taken: InputItem[] = []
  const parts: DurableQueueParts = {
    storage,
    clock: { now, monotonic: now },
    timers: { ...nodeRuntime.timers, setTimer },
    bound: new QueueBound(storage, inlineCrypto),
    take: async one => {
      taken.push(one)
      return { kind: 'known', eventId: '$event', reason: undefined }
    },
    follow: () => assert.fail('there is no note'),
    failed: error => {
      throw error
    },
  }
  const before = new DurableQueue(parts)
  await before.addTried([{ item, waitsFor: [], why: 'a test' }])
  const [row] = await storage.reader.queue(roomId, 0, 1)
  assert.ok(row !== undefined)
  before.close()

  // As after a start, when nothing is woken for yet.
  const queue = new DurableQueue(parts)
  timersSet = 0
  time = row.notBefore - 2
  await queue.takeRoom(roomId)
  assert.equal(taken.length, 0, 'it was not due yet')
  assert.equal(timersSet, 1, 'it is woken for')

  await queue.takeRoom(roomId)
  assert.equal(taken.length, 1)
  assert.equal(await storage.reader.queueLength(roomId, 1), 0)
  queue.close()
  await storage.close()
})
