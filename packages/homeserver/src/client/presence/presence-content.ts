/**
 * Presence as clients are told of it. Client-server API, "m.presence".
 */
import { maxNamed } from '@neurite/roomserver/api'
import type { ClientContext } from '../context.ts'
import { activeFor, type PresenceState } from './presence.ts'

export interface PresenceContent {
  readonly presence: PresenceState
  readonly last_active_ago?: number
  readonly status_msg?: string
  readonly currently_active?: boolean
}

/** Who was never seen is offline. */
export function presenceContent({ presence, runtime }: ClientContext, userId: string): PresenceContent {
  const known = presence.of(userId)
  if (known === undefined) return { presence: 'offline' }
  const ago = Math.max(0, runtime.clock.now() - known.activeAt)
  return {
    presence: known.state,
    last_active_ago: ago,
    ...(known.message === undefined ? {} : { status_msg: known.message }),
    ...(known.state === 'online' ? { currently_active: ago < activeFor } : {}),
  }
}

/** Those of some users who share a room with a user. */
export async function sharersOf(
  { roomServer }: Pick<ClientContext, 'roomServer'>,
  userId: string,
  others: readonly string[],
): Promise<string[]> {
  const sharers: string[] = []
  for (let at = 0; at < others.length; at += maxNamed) {
    const { users } = await roomServer.querySharedUsers({ userId, others: others.slice(at, at + maxNamed) })
    sharers.push(...users)
  }
  return sharers
}
