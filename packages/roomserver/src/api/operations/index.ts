/**
 * The table of all operations, by name: what every transport, client and document is derived from.
 */
import { adminOperations } from './admin.ts'
import { directoryQueries } from './directory-queries.ts'
import { inputOperations } from './input.ts'
import { memberQueries } from './member-queries.ts'
import { performs } from './performs.ts'
import { remoteOperations } from './remote.ts'
import { stateQueries } from './state-queries.ts'

export const operations = {
  ...inputOperations,
  ...stateQueries,
  ...memberQueries,
  ...directoryQueries,
  ...performs,
  ...remoteOperations,
  ...adminOperations,
} as const

export type Operations = typeof operations
export type OperationName = keyof Operations
