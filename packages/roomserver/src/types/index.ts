/** NIDs, state entries, and the numbers that are the same everywhere. */
export * from './nids.ts'
export * from './state.ts'
export * from './well-known.ts'
