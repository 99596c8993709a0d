/**
 * Which events a user may see: the room server judges by history visibility and membership at each event.
 */
import { maxNamed } from '@neurite/roomserver/api'
import type { ClientContext } from '../context.ts'

/** Those of some events of a room that a user may see, in their order. */
export async function visibleOf<T extends { readonly eventId: string }>(
  { roomServer }: Pick<ClientContext, 'roomServer'>,
  roomId: string,
  userId: string,
  events: readonly T[],
): Promise<T[]> {
  const visible: T[] = []
  for (let at = 0; at < events.length; at += maxNamed) {
    const page = events.slice(at, at + maxNamed)
    const eventIds = page.map(({ eventId }) => eventId)
    const { allowed } = await roomServer.queryUserAllowedToSeeEvents({ roomId, userId, eventIds })
    visible.push(...page.filter((_, i) => allowed[i] === true))
  }
  return visible
}
