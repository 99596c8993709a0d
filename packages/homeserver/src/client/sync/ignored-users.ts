/**
 * Users whom a user does not want to hear of. Client-server API, "Ignoring Users".
 */
import type { UserId } from '@neurite/protocol'
import { noRoom } from '../../storage/account-data.ts'
import type { Tables } from '../../storage/tables.ts'
import { objectIn } from '../events/event-json.ts'

export function ignoredBy({ accountData }: Pick<Tables, 'accountData'>, userId: UserId): Set<string> {
  const content = accountData.find(userId, noRoom, 'm.ignored_user_list') ?? {}
  return new Set(Object.keys(objectIn(content, 'ignored_users')).filter(ignored => ignored !== userId))
}
