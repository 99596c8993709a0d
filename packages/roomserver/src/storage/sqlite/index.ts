/** Storage in one SQLite file: the embedded default. */
export type { Fault, FaultPlan } from './faults.ts'
export type { WriterReport } from './messages.ts'
export { openSqliteStorage, type SqliteOptions } from './open.ts'
export { openSqliteForReading, type SqliteReading } from './open-for-reading.ts'
export { lockForThisProcess, type ProcessLock } from './process-lock.ts'
export type { SqliteStorage } from './sqlite-storage.ts'
