/**
 * Banning a user. Client-server API, "POST /rooms/{roomId}/ban".
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { PerformContext } from './context.ts'
import { memberContent } from './member-content.ts'
import { changeMembership, type MembershipChange } from './membership.ts'
import { localUser, userIdOf } from './names.ts'

export async function ban(
  { roomId, sender, target, reason, transactionId }: RequestTo<'performBan'>,
  context: PerformContext,
): Promise<ResponseFrom<'performBan'>> {
  const change: MembershipChange = {
    ...{ roomId, sender: localUser(sender, context), target: userIdOf(target), transactionId },
    ...{ membership: 'ban', content: memberContent(undefined, reason) },
  }
  return { eventId: await changeMembership(change, context) }
}
