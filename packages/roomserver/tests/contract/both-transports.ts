/**
 * The ground on which the contract is tested: each test runs twice, calling the room server in process and over HTTP.
 */
import { test } from 'node:test'
import Fastify from 'fastify'
import type { RoomServerApi } from '../../src/api/index.ts'
import { httpRoomServer, roomServerRoutes } from '../../src/inthttp/index.ts'
import { nodeRuntime } from '../../src/runtime/index.ts'
import { ServerInMemory, type ServerInMemoryOptions } from '../server-in-memory.ts'

export interface Ground {
  readonly api: RoomServerApi
  /** Ways past the contract, to bring about what only other servers can. */
  readonly server: ServerInMemory
}

/** A test of the contract. Its name should say what holds. */
export function inBothTransports(
  name: string,
  run: (ground: Ground) => Promise<void>,
  options: ServerInMemoryOptions = {},
): void {
  test(`${name} (in process)`, async () => {
    const server = await ServerInMemory.open(options)
    try {
      await run({ api: server.server.api, server })
    } finally {
      await server.close()
    }
  })

  test(`${name} (over HTTP)`, async () => {
    const server = await ServerInMemory.open(options)
    const fastify = Fastify()
    const secret = 'a secret of this test'
    const unexpected: unknown[] = []
    await roomServerRoutes(fastify, {
      ...{ api: server.server.api, secret, timers: nodeRuntime.timers },
      onError: (error: unknown) => unexpected.push(error),
    })
    const url = await fastify.listen({ host: '127.0.0.1', port: 0 })
    const client = httpRoomServer({ url, secret })
    try {
      await run({ api: client, server })
      if (unexpected.length > 0) throw unexpected[0]
    } finally {
      await client.close()
      await fastify.close()
      await server.close()
    }
  })
}
