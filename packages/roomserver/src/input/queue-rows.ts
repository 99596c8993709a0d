/**
 * What is in the rows of the durable queue, and how it is put there.
 */
import type { Storage } from '../storage/index.ts'
import type { QueueRowNid } from '../types/index.ts'
import type { InputItem, MissingNote } from './item.ts'

export type QueuedItem = InputItem | MissingNote

/** Resolves when all of them are on disk, or none. @returns their rows, in the same order */
export function enqueue(storage: Storage, items: readonly QueuedItem[]): Promise<QueueRowNid[]> {
  return storage.enqueue(items.map(item => ({ roomId: item.roomId, item: JSON.stringify(item) })))
}
