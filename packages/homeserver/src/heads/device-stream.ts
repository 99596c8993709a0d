/**
 * The numbers of changes of a local user's devices, as other servers are told them: even ones, so that an odd one was never given out and
 * makes whoever is told of it ask for everything. Server-server API, "Device Management".
 */
import type { UserId } from '@neurite/protocol'
import type { ClientContext } from '../client/index.ts'

export function deviceStreamId({ tables }: Pick<ClientContext, 'tables'>, userId: UserId): number {
  return 2 * tables.deviceKeys.lastChange(userId)
}
