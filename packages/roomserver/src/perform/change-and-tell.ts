/**
 * Changes that are no commit of a room, written together with the outputs that tell of them: both are there, or neither.
 */
import { type OutputOfAnyRoom, outputChange } from '../output/index.ts'
import type { DirectoryChange } from '../storage/index.ts'
import type { PerformContext } from './context.ts'

/** @param output what is told of the room; the room need not be stored */
export async function changeAndTell(
  roomId: string,
  changes: readonly DirectoryChange[],
  output: OutputOfAnyRoom,
  { storage, announce }: Pick<PerformContext, 'storage' | 'announce'>,
): Promise<void> {
  await storage.change([...changes, outputChange(roomId, output)])
  announce()
}
