/** Reading the output log where the server stops meanwhile. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeRuntime } from '../runtime/index.ts'
import { openMemoryStorage } from '../storage/index.ts'
import { OutputLog } from './output-log.ts'
import { type ReadOutputParts, readOutputs } from './read-output.ts'

test('who waits for outputs when the server stops is told that there is nothing', async () => {
  const storage = await openMemoryStorage()
  const log = new OutputLog(storage.reader)
  const { timers } = nodeRuntime
  const states = { differences: () => Promise.reject(new Error('nobody asks for states')) }
  const parts: ReadOutputParts = { log, reader: storage.reader, states, timers, timed: work => work() }
  const waiting = readOutputs({ after: '', wait: 50_000 }, parts)
  await timers.yieldNow()
  log.close()
  await storage.close()
  assert.deepEqual(await waiting, { events: [], position: '' })
})
