/** Storage in PostgreSQL. Not part of storage/index.ts: it needs the package `postgres`, which embedded servers do without. */
export { openPostgresStorage, type PostgresOptions, type PostgresStorage } from './postgres-storage.ts'
