/**
 * Loaded into a server's process before its program: how long its event loop was held up, for whoever asks over HTTP at the port of
 * `LOOP_PROBE_PORT_FILE`, since he last asked. By the processor time that the loop's own thread took between two looks: on a machine
 * that is shared the clock also shows the work of others.
 */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isMainThread } from 'node:worker_threads'
import { nodeRuntime } from '@neurite/roomserver/runtime'

/** Milliseconds between two looks. */
const resolution = 2

function probe(portFile: string): void {
  let longest = 0
  let last = process.threadCpuUsage()
  const look = () => {
    const { user, system } = process.threadCpuUsage(last)
    last = process.threadCpuUsage()
    longest = Math.max(longest, (user + system) / 1_000)
  }
  let next = nodeRuntime.timers.setTimer(resolution, lookOn)
  function lookOn(): void {
    look()
    next = nodeRuntime.timers.setTimer(resolution, lookOn)
  }
  // It must not keep the process from ending.
  process.once('SIGTERM', () => next.cancel())
  const server = createServer((_, response) => {
    response.end(JSON.stringify({ longest, pid: process.pid }))
    longest = 0
  })
  server.listen(0, '127.0.0.1', () => writeFileSync(portFile, String((server.address() as AddressInfo).port)))
  server.unref()
}

const portFile = process.env['LOOP_PROBE_PORT_FILE']
if (isMainThread && portFile !== undefined) probe(portFile)
