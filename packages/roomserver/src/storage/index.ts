/** Storage: reading, and one way to write. SQLite, an in-memory model, and an overlay that shows what is decided. */
export type { Inventory, NumberedTable } from './inventory.ts'
export * from './memory/index.ts'
export { OverlayReader } from './overlay.ts'
export type { AuthGraphRow, Reader } from './reader.ts'
export * from './room-commit.ts'
export * from './rows.ts'
export * from './sqlite/index.ts'
export * from './storage.ts'
