/**
 * How much of a room a user has not read yet that notifies. Client-server API, "Syncing", "Receiving notifications".
 */
import type { ClientContext } from '../context.ts'

export interface UnreadWish {
  readonly upTo: number
  /** Threads are counted by themselves. */
  readonly byThread: boolean
}

interface Counts {
  readonly notification_count: number
  readonly highlight_count: number
}

export interface Unread {
  readonly unread_notifications: Counts
  readonly unread_thread_notifications?: Readonly<Record<string, Counts>>
}

export async function unreadOf(_c: ClientContext, _u: string, _r: string, _w: UnreadWish): Promise<Unread> {
  return Promise.resolve({ unread_notifications: { notification_count: 0, highlight_count: 0 } })
}
