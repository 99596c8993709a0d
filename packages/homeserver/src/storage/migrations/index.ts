/**
 * The tables of the heads' database, in the order in which they came. What was released never changes: what is new stands at the end.
 */
import { callTable } from '../calls.ts'
import { federationSenderTables } from '../federation-sender.ts'
import { serverKeyTables } from '../server-keys.ts'

export const migrations: readonly string[] = [serverKeyTables, callTable, federationSenderTables]
