/**
 * Rooms of other servers that are too complex for this one: not joined, and left again where that shows only once they are.
 */
import type { ServerName } from '@neurite/protocol'
import { complexityOf, RoomServerError } from '../../api/index.ts'
import type { OutsideMembership } from '../network.ts'
import type { RemoteContext } from './context.ts'
import { leaveElsewhere } from './leave-elsewhere.ts'
import type { JoinedRoom } from './peer-requests.ts'

/**
 * @returns false where the server does not tell
 * @throws {RoomServerError} `M_RESOURCE_LIMIT_EXCEEDED` where it says that the room is too complex
 */
export async function isSimpleEnough(
  server: ServerName,
  wish: OutsideMembership,
  context: RemoteContext,
): Promise<boolean> {
  const limit = limitOf(wish, context)
  if (limit === undefined) return true
  const complexity = await context.peers.complexity(server, wish.roomId)
  if (complexity !== undefined && complexity > limit) throw tooComplex(wish, complexity, limit)
  return complexity !== undefined
}

/**
 * Of a room whose server does not tell: the join is done there, and is undone.
 * @throws {RoomServerError} `M_RESOURCE_LIMIT_EXCEEDED`
 */
export async function leaveComplex(
  server: ServerName,
  wish: OutsideMembership,
  { state }: JoinedRoom,
  context: RemoteContext,
): Promise<void> {
  const limit = limitOf(wish, context)
  const complexity = complexityOf(state.length)
  if (limit === undefined || complexity <= limit) return
  await leaveElsewhere({ ...wish, content: {}, via: [server] }, context)
  throw tooComplex(wish, complexity, limit)
}

function limitOf({ exceedsLimits }: OutsideMembership, { maxJoinComplexity }: RemoteContext): number | undefined {
  return exceedsLimits === true ? undefined : maxJoinComplexity
}

function tooComplex({ roomId, userId }: OutsideMembership, complexity: number, limit: number): RoomServerError {
  const why = `its complexity is ${complexity.toFixed(1)}, and this server joins rooms up to ${limit}`
  return new RoomServerError('M_RESOURCE_LIMIT_EXCEEDED', `${userId} cannot join ${roomId}: ${why}`)
}
