/**
 * How much of a room a user has not read yet that notifies. Client-server API, "Syncing", `unread_notifications`, "Receiving
 * notifications".
 *
 * Counted when asked for, and remembered: each event is looked at once per reader. What is remembered is lost with a restart, and
 * counted anew then.
 */
import type { UserId } from '@neurite/protocol'
import { stillCounts } from '../../storage/room-states.ts'
import type { TimelineRow } from '../../storage/timeline.ts'
import type { ClientContext } from '../context.ts'
import { loadEvents } from '../events/load-events.ts'
import { evaluate } from './evaluate.ts'
import { pushRulesOf } from './push-rules-of.ts'
import { roomFacts } from './room-facts.ts'

export interface UnreadWish {
  readonly upTo: number
  /** Threads are counted by themselves. */
  readonly byThread: boolean
}

export interface UnreadCounts {
  readonly notification_count: number
  readonly highlight_count: number
}

export interface Unread {
  readonly unread_notifications: UnreadCounts
  readonly unread_thread_notifications?: Readonly<Record<string, UnreadCounts>>
}

/** An event that notifies. */
interface Notification {
  readonly position: number
  /** The root of its thread, or {@link mainTimeline}. */
  readonly thread: string
  readonly highlights: boolean
}

interface Counted {
  readonly upTo: number
  readonly notifications: readonly Notification[]
}

/** How receipts call what is in no thread. */
const mainTimeline = 'main'
/** Events looked at for one reader: who has more to read is told of so many. */
const maxCounted = 1_000
/** Readers of rooms that are remembered; the one that was quiet longest is counted anew. */
const maxRemembered = 20_000

export class UnreadMemory {
  readonly #counted = new Map<string, Counted>()

  find(userId: string, roomId: string): Counted | undefined {
    return this.#counted.get(`${userId} ${roomId}`)
  }

  remember(userId: string, roomId: string, counted: Counted): void {
    const key = `${userId} ${roomId}`
    this.#counted.delete(key)
    this.#counted.set(key, counted)
    if (this.#counted.size > maxRemembered) this.#counted.delete(this.#counted.keys().next().value as string)
  }
}

export async function unreadOf(
  context: ClientContext,
  userId: UserId,
  roomId: string,
  { upTo, byThread }: UnreadWish,
): Promise<Unread> {
  const { all, threads } = readUpTo(context, userId, roomId)
  const notifications = await notificationsOf(context, userId, roomId, all, upTo)
  const unread = notifications.filter(
    ({ position, thread }) => position > all && position > (threads.get(thread) ?? all) && position <= upTo,
  )
  if (!byThread) return { unread_notifications: countsOf(unread) }
  const byRoot = Map.groupBy(unread, ({ thread }) => thread)
  const main = byRoot.get(mainTimeline) ?? []
  byRoot.delete(mainTimeline)
  const ofThreads = [...byRoot].map(([thread, inThread]) => [thread, countsOf(inThread)] as const)
  return {
    unread_notifications: countsOf(main),
    ...(ofThreads.length === 0 ? {} : { unread_thread_notifications: Object.fromEntries(ofThreads) }),
  }
}

function countsOf(notifications: readonly Notification[]): UnreadCounts {
  return {
    notification_count: notifications.length,
    highlight_count: notifications.filter(({ highlights }) => highlights).length,
  }
}

export interface ReadUpTo {
  readonly all: number
  /** By the root of a thread. */
  readonly threads: ReadonlyMap<string, number>
}

/** Whether an event lies beyond what was read, of its thread and of everything. */
export function isUnread({ position, relation, relatesTo }: TimelineRow, { all, threads }: ReadUpTo): boolean {
  return position > Math.max(all, threads.get(threadOf({ relation, relatesTo })) ?? 0)
}

/** The root of an event's thread. */
function threadOf({ relation, relatesTo }: Pick<TimelineRow, 'relation' | 'relatesTo'>): string {
  return relation === 'm.thread' && relatesTo !== undefined ? relatesTo : mainTimeline
}

/** Up to where the user has read: everything, and each thread. Nobody has to read what was before they came. */
export function readUpTo({ tables }: ClientContext, userId: string, roomId: string): ReadUpTo {
  const joined = tables.roomStates.historyOf(userId, roomId).find(({ to }) => to === stillCounts)?.from ?? 0
  const threads = new Map<string, number>()
  let all = joined
  for (const { threadId, eventId } of tables.receipts.of(roomId, userId)) {
    const position = tables.timeline.find(roomId, eventId)?.position
    if (position === undefined) continue
    if (threadId === undefined) all = Math.max(all, position)
    else threads.set(threadId, Math.max(threads.get(threadId) ?? 0, position))
  }
  return { all, threads }
}

/** Events after a position that notify, oldest first; a new name of oneself does not make one's joining anew. */
async function notificationsOf(
  context: ClientContext,
  userId: UserId,
  roomId: string,
  read: number,
  upTo: number,
): Promise<readonly Notification[]> {
  const { unread, tables } = context
  const before = unread.find(userId, roomId)
  const known = before?.notifications.filter(({ position }) => position > read) ?? []
  const from = Math.max(read, before?.upTo ?? 0)
  if (from >= upTo) return known
  const rows = tables.timeline.backwards(roomId, from, upTo, maxCounted).reverse()
  const found = await notifying(
    context,
    userId,
    roomId,
    rows.filter(({ sender }) => sender !== userId),
  )
  const notifications = [...known, ...found].slice(-maxCounted)
  unread.remember(userId, roomId, { upTo, notifications })
  return notifications
}

async function notifying(
  context: ClientContext,
  userId: UserId,
  roomId: string,
  rows: readonly TimelineRow[],
): Promise<Notification[]> {
  if (rows.length === 0) return []
  const rules = pushRulesOf(context, userId)
  const facts = await roomFacts(context, userId, roomId)
  const events = await loadEvents(
    context,
    roomId,
    rows.map(({ eventId }) => eventId),
  )
  return rows.flatMap(({ eventId, position, relation, relatesTo }) => {
    const event = events.get(eventId)
    if (event === undefined) return []
    const { notifies, highlights } = evaluate(rules, event, facts)
    if (!notifies) return []
    return [{ position, thread: threadOf({ relation, relatesTo }), highlights }]
  })
}
