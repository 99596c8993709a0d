/**
 * Invites that are refused before anything is made of them: of users who take none, and those that the spam check is against.
 * Client-server API, "Invite permission".
 */
import { belongsTo, type UserId } from '@neurite/protocol'
import { RoomServerError } from '../api/index.ts'
import type { CheckedInvite } from '../input/spam-checks.ts'
import type { PerformContext } from './context.ts'

/** @throws {RoomServerError} `M_INVITE_BLOCKED` where the user takes no invites; what the spam check says */
export async function refuseUnwantedInvite(invite: CheckedInvite, context: PerformContext): Promise<void> {
  const { serverName, blocksInvites, spamGuard } = context
  const invitee = invite.invitee as UserId
  if (belongsTo(invitee, serverName) && (await blocksInvites(invitee)))
    throw new RoomServerError('M_INVITE_BLOCKED', `${invitee} takes no invites`)
  await spamGuard.refuseSpam('invite', invite)
}
