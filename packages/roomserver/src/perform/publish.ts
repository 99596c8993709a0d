/**
 * Putting a room into the directory, and taking it out. Client-server API, "PUT /directory/list/room/{roomId}".
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { PerformContext } from './context.ts'
import { refuseForeignHand } from './directory-right.ts'
import { localUser } from './names.ts'
import { existingRoom } from './room-state.ts'

export async function publish(
  request: RequestTo<'performPublish'>,
  context: PerformContext,
): Promise<ResponseFrom<'performPublish'>> {
  const { roomId, visibility, sender, network = '', appservice = '' } = request
  const room = await existingRoom(roomId, context)
  if (sender !== undefined) await refuseForeignHand(localUser(sender, context), room, 'publish the room', context)
  const kind = visibility === 'public' ? 'publish' : 'unpublish'
  await context.storage.change([{ kind, roomId, network, appservice }])
  return {}
}
