/**
 * What of a room passes: who types, and who has read how far. Client-server API, "Typing Notifications", "Receipts".
 */
import type { Receipt } from '../../storage/receipts.ts'
import { eventPredicate } from '../events/event-filter.ts'
import type { SyncEvent, SyncLook } from './look.ts'

/** @param isNew the client knows nothing of the room yet */
export function ephemeralOf(look: SyncLook, roomId: string, isNew: boolean): SyncEvent[] {
  const { context, caller, since, upTo, filter, ignored } = look
  const events: SyncEvent[] = []
  const typing = isNew
    ? nonEmpty(context.typing.in(roomId))
    : context.typing.changedAfter(roomId, since?.streams.typing ?? 0)
  if (typing !== undefined)
    events.push({ type: 'm.typing', content: { user_ids: typing.filter(userId => !ignored.has(userId)) } })
  const after = isNew ? 0 : (since?.streams.receipts ?? 0)
  const receipts = context.tables.receipts.changes(roomId, caller.userId, after, upTo.streams.receipts)
  const shown = receipts.filter(({ userId }) => !ignored.has(userId))
  if (shown.length > 0) events.push({ type: 'm.receipt', content: receiptContent(shown) })
  const isWanted = eventPredicate(filter.room?.ephemeral)
  return events.filter(({ type }) => isWanted({ type: `${type}`, sender: '', hasUrl: false }))
}

function nonEmpty(users: readonly string[]): readonly string[] | undefined {
  return users.length === 0 ? undefined : users
}

/** By event, type and user. */
function receiptContent(receipts: readonly Receipt[]): Record<string, unknown> {
  const byEvent = Map.groupBy(receipts, ({ eventId }) => eventId)
  const entries = [...byEvent].map(([eventId, ofEvent]) => {
    const byType = Map.groupBy(ofEvent, ({ type }) => type)
    const types = [...byType].map(([type, ofType]) => {
      // One of no thread says more than one of a thread: it comes last, and stays.
      const ordered = [...ofType].sort((a, b) => Number(a.threadId === undefined) - Number(b.threadId === undefined))
      const users = ordered.map(({ userId, at, threadId }) => [
        userId,
        { ts: at, ...(threadId === undefined ? {} : { thread_id: threadId }) },
      ])
      return [type, Object.fromEntries(users)]
    })
    return [eventId, Object.fromEntries(types)]
  })
  return Object.fromEntries(entries)
}
