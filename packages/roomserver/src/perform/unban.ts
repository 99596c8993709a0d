/**
 * Taking a ban back. Client-server API, "POST /rooms/{roomId}/unban".
 */
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { MembershipIsAnother } from '../input/draft.ts'
import type { PerformContext } from './context.ts'
import { memberContent } from './member-content.ts'
import { changeMembership } from './membership.ts'
import { localUser, userIdOf } from './names.ts'

export async function unban(
  { roomId, sender, target, reason, transactionId }: RequestTo<'performUnban'>,
  context: PerformContext,
): Promise<ResponseFrom<'performUnban'>> {
  try {
    const eventId = await changeMembership(
      {
        ...{ roomId, sender: localUser(sender, context), target: userIdOf(target), membership: 'leave', transactionId },
        ...{ content: memberContent(undefined, reason), onlyFrom: ['ban'] },
      },
      context,
    )
    return { eventId }
  } catch (error) {
    if (!(error instanceof MembershipIsAnother)) throw error
    throw new RoomServerError('M_BAD_STATE', `${sender} cannot unban ${target}: ${error.message}`, {}, { cause: error })
  }
}
