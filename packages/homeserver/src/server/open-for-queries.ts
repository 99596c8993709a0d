/**
 * A database opened for the queries of commands, where no server can be asked.
 */
import { nodeCrypto, type ServerName } from '@neurite/protocol'
import { type OpenQueries, openQueries } from '@neurite/roomserver'
import { nodeRuntime } from '@neurite/roomserver/runtime'

/** What commands ask. */
export type QueryApi = OpenQueries['api']

/** 64 MiB: a command looks at a room or two. */
const cacheBytes = 64 * 1024 * 1024

/** @throws {CannotOpenStorage} */
export function openForQueries(path: string, serverName: string): { readonly api: QueryApi; close(): Promise<void> } {
  const { yieldNow } = nodeRuntime.timers
  const parts = { serverName: serverName as ServerName, crypto: nodeCrypto, cacheBytes, yieldNow }
  const { api, close } = openQueries(path, parts)
  return { api, close: async () => close() }
}
