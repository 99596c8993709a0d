/** The heads' own database, as other packages may open it: benchmarks measure what is written. */
export { Database } from './database.ts'
export { FederationSenderTables } from './federation-sender.ts'
export { migrations } from './migrations/index.ts'
