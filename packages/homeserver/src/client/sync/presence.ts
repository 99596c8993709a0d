/**
 * Who of those that share a room with the user has come or gone. Client-server API, "Presence".
 */
import { eventPredicate } from '../events/event-filter.ts'
import { presenceContent, sharersOf } from '../presence/presence-content.ts'
import type { SyncEvent, SyncLook } from './look.ts'

/** @param met users who share a room with the caller since the client was told last */
export async function presenceOf(look: SyncLook, met: readonly string[]): Promise<SyncEvent[]> {
  const { context, caller, since, upTo, filter, ignored } = look
  const { presence } = context
  const after = since?.streams.presence ?? 0
  const changed = [
    ...new Set([
      ...presence.changedBetween(after, upTo.streams.presence),
      ...met.filter(userId => presence.of(userId) !== undefined),
    ]),
  ]
  if (changed.length === 0) return []
  const others = await sharersOf(
    context,
    caller.userId,
    changed.filter(userId => userId !== caller.userId),
  )
  const seen = changed.filter(userId => (userId === caller.userId || others.includes(userId)) && !ignored.has(userId))
  const isWanted = eventPredicate(filter.presence)
  return seen
    .filter(sender => isWanted({ type: 'm.presence', sender, hasUrl: false }))
    .map(sender => ({ type: 'm.presence', sender, content: presenceContent(context, sender) }))
}
