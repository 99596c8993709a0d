/** Storage in memory: the model of storage, and what the simulator uses. */
export { MemoryDisk } from './memory-disk.ts'
export { type MemoryOptions, MemoryStorage, openMemoryStorage } from './memory-storage.ts'
