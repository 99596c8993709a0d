/**
 * The invites and knocks of a user for rooms that this server is not in.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { InviteRow } from '../storage/rows-of-directory.ts'
import type { QueryContext } from './context.ts'
import { nextAfter, pageLimit } from './pages.ts'

export async function outsideInvites(
  request: RequestTo<'queryOutsideInvites'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryOutsideInvites'>> {
  const { userId, roomId } = request
  const { reader } = context
  const named = roomId === undefined ? undefined : await reader.invite(roomId, userId)
  const rows =
    roomId === undefined
      ? await reader.invitesOfUser(userId, request.after ?? '', pageLimit(request))
      : named === undefined
        ? []
        : [named]
  const next = roomId === undefined ? nextAfter(rows, request, rows.at(-1)?.roomId) : {}
  return { invites: rows.map(inviteInfo), ...next }
}

function inviteInfo({ user: _, state, ...invite }: InviteRow) {
  return { ...invite, strippedState: JSON.parse(state) as Record<string, unknown>[] }
}
