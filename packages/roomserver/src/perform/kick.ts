/**
 * Kicking a user, or taking back an invite. Client-server API, "POST /rooms/{roomId}/kick".
 */
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { MembershipIsAnother } from '../input/draft.ts'
import type { PerformContext } from './context.ts'
import { memberContent } from './member-content.ts'
import { changeMembership } from './membership.ts'
import { localUser, userIdOf } from './names.ts'

export async function kick(
  { roomId, sender, target, reason, transactionId }: RequestTo<'performKick'>,
  context: PerformContext,
): Promise<ResponseFrom<'performKick'>> {
  try {
    const eventId = await changeMembership(
      {
        ...{ roomId, sender: localUser(sender, context), target: userIdOf(target), membership: 'leave', transactionId },
        content: memberContent(undefined, reason),
        // To the rules, kicking a banned user takes the ban back: nobody means that who kicks.
        onlyFrom: ['join', 'invite', 'knock'],
      },
      context,
    )
    return { eventId }
  } catch (error) {
    if (!(error instanceof MembershipIsAnother)) throw error
    throw new RoomServerError('M_FORBIDDEN', `${sender} cannot kick ${target}: ${error.message}`, {}, { cause: error })
  }
}
