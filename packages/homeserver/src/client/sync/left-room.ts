/**
 * A room that the user has left, or was banned from, as /sync tells of it: up to the end of their time in it. Client-server API,
 * "Syncing", `Left room`.
 */
import type { UserMembership } from '../../storage/room-states.ts'
import { eventPredicate } from '../events/event-filter.ts'
import type { SyncEvent, SyncLook } from './look.ts'
import { stateFor } from './room-state.ts'
import { wasIn } from './rooms-of-user.ts'
import { syncEvents } from './sync-events.ts'
import { type TimelineWindow, timelineWindow } from './timeline-window.ts'
import { writeTimelineToken } from './token.ts'

/** Undefined: the user has forgotten it. */
export async function leftRoom(
  look: SyncLook,
  membership: UserMembership,
  accountData: readonly SyncEvent[],
): Promise<Record<string, unknown> | undefined> {
  const { context, caller, since } = look
  const { roomId, from: upTo } = membership
  // A client that has shown it is told that it was left, whoever has forgotten it since: else it would show it forever.
  const isNews = since !== undefined && upTo > since.rooms
  if (!isNews && (await context.roomServer.queryMembership({ roomId, userId: caller.userId })).forgotten)
    return undefined
  const wasKnown = since !== undefined && wasIn(look, roomId, since.rooms)
  const known = wasKnown ? since.rooms : 0
  const window = withOwn(look, membership, await timelineWindow(look, roomId, known, upTo))
  const wasMember = wasKnown || (await hasBeenIn(look, roomId))
  // Who was never in it is told of nothing but their own leaving.
  const stateIds = wasMember
    ? await stateFor(look, { roomId, known: look.fullState ? 0 : known, upTo, window, heroes: [] })
    : window.rows.length === 0
      ? [membership.eventId]
      : []
  const rowIds = window.rows.map(({ eventId }) => eventId)
  const stateEvents = { events: await syncEvents(look, roomId, stateIds) }
  return {
    timeline: {
      events: await syncEvents(look, roomId, rowIds),
      limited: window.limited,
      prev_batch: writeTimelineToken(window.start - 1),
    },
    ...(look.stateAfter ? { state_after: stateEvents } : { state: stateEvents }),
    account_data: { events: accountData },
  }
}

/** How it ended stands in the timeline, also where history visibility would not show it to somebody who was only invited. */
function withOwn({ context, filter }: SyncLook, membership: UserMembership, window: TimelineWindow): TimelineWindow {
  const { roomId, eventId } = membership
  const own = context.tables.timeline.find(roomId, eventId)
  const { limit, ...wanted } = filter.room?.timeline ?? {}
  const isThere = window.rows.at(-1)?.eventId === eventId
  if (own === undefined || isThere || limit === 0 || !eventPredicate(wanted)(own)) return window
  return { ...window, rows: [...window.rows, own], start: window.rows[0]?.position ?? own.position }
}

async function hasBeenIn({ context, caller }: SyncLook, roomId: string): Promise<boolean> {
  const history = context.tables.roomStates.historyOf(caller.userId, roomId)
  return Promise.resolve(history.some(({ membership }) => membership === 'join'))
}
