/**
 * Blocking a room, and lifting the block.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { PerformContext } from './context.ts'
import { roomIdOf } from './names.ts'

export async function blockRoom(
  { roomId, block, by, reason = '' }: RequestTo<'adminBlockRoom'>,
  { storage, runtime }: PerformContext,
): Promise<ResponseFrom<'adminBlockRoom'>> {
  const at = runtime.clock.now()
  const room = roomIdOf(roomId)
  await storage.change([
    block ? { kind: 'block-room', roomId: room, by, reason, at } : { kind: 'unblock-room', roomId: room },
  ])
  return {}
}
