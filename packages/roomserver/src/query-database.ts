/**
 * The queries of the contract on a database that is opened for reading only: also on one that a running server has open.
 */
import type { Crypto, ServerName } from '@neurite/protocol'
import { ServerAcls } from './acls/index.ts'
import type { Implementations } from './api/index.ts'
import { type AnsweredQuery, queries } from './query/index.ts'
import { EventCache, StateCaches, StateStore } from './state/index.ts'
import { openSqliteForReading } from './storage/index.ts'

export interface QueryDatabaseParts {
  readonly serverName: ServerName
  readonly crypto: Crypto
  readonly cacheBytes: number
  /** Lets other work run: see runtime/. */
  readonly yieldNow: () => Promise<void>
}

export interface OpenQueries {
  readonly api: Implementations<AnsweredQuery>
  close(): void
}

/** @throws {CannotOpenStorage} */
export function openQueries(path: string, parts: QueryDatabaseParts): OpenQueries {
  const { reader, close } = openSqliteForReading(path)
  const { serverName, crypto, cacheBytes, yieldNow } = parts
  const caches = new StateCaches(cacheBytes)
  const events = new EventCache(reader, caches)
  const states = new StateStore({ reader, events, caches, crypto, yieldNow })
  const acls = new ServerAcls(reader, states, events)
  return { api: queries({ serverName, reader, states, events, acls, yieldNow, serversSaidIn: () => [] }), close }
}
