/**
 * Users who take no invites at all. Client-server API, "Invite permission".
 */
import type { UserId } from '@neurite/protocol'
import { noRoom } from '../../storage/account-data.ts'
import type { Tables } from '../../storage/tables.ts'

export function blocksInvites({ accountData }: Pick<Tables, 'accountData'>, userId: UserId): boolean {
  return accountData.find(userId, noRoom, 'm.invite_permission_config')?.['default_action'] === 'block'
}
