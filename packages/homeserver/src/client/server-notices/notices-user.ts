/**
 * The user whom notices of the server come from: there from the start, and nobody can log in as it. Client-server API, "Server Notices".
 */
import { newUserId, type UserId } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import { ClientError } from '../errors.ts'

/** @throws {ClientError} where the configuration has no server notices */
export function noticesUser({ settings, serverName }: ClientContext): UserId {
  const { localpart } = settings.serverNotices ?? {}
  const userId = localpart === undefined ? undefined : newUserId(localpart, serverName)
  if (userId === undefined)
    throw new ClientError('M_UNKNOWN', 'this server sends no notices: client.server_notices is not configured', {
      status: 400,
    })
  return userId
}

export async function openNoticesUser(context: ClientContext): Promise<void> {
  const { settings, tables, database, runtime } = context
  if (settings.serverNotices === undefined) return
  const userId = noticesUser(context)
  await database.write(
    tables.accounts.create(userId, null, false, runtime.clock.now()),
    tables.profiles.set(userId, 'displayname', settings.serverNotices.displayName),
  )
}
