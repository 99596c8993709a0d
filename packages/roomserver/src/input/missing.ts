/**
 * An event that misses others: whether these may be fetched for it, and what is said of it where it has to wait for them.
 */
import { type InputItem, type InputResult, plainReason } from './item.ts'
import type { Missing } from './step.ts'

/**
 * An event that nobody fetched may fetch all that it misses. One that was fetched to close a gap may fetch its auth events, and
 * nothing fetched for that fetches further: so one event from outside causes a bounded amount of work.
 */
export function mayFetch(item: InputItem, needs: Missing, depth: number): boolean {
  if (depth === 0) return true
  return depth === 1 && item.kind !== 'outlier' && needs.kind === 'auth-events'
}

/** The event waits: some of what it misses are named. */
export function waiting(eventId: string, { kind, eventIds }: Missing): InputResult {
  const named = `${eventIds.slice(0, 3).join(', ')}${eventIds.length > 3 ? ', …' : ''}`
  return { kind: 'waiting', eventId, reason: plainReason(kind, `cannot be had yet: ${named}`), waitsFor: eventIds }
}
