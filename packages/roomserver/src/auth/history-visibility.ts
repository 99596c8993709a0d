/**
 * Who may see an event, by the room's history visibility and the asker's membership at the event. Client-server API, "Room History
 * Visibility", rules 1 to 5; server-server API, "Room History Visibility".
 */

export type HistoryVisibility = 'world_readable' | 'shared' | 'invited' | 'joined'

const known: ReadonlySet<unknown> = new Set<HistoryVisibility>(['world_readable', 'shared', 'invited', 'joined'])

/** Default and unknown values are `shared`. @param value of `history_visibility`, as the event has it */
export function historyVisibility(value: unknown): HistoryVisibility {
  return known.has(value) ? (value as HistoryVisibility) : 'shared'
}

/** What is the case at an event: before it, or after it, where the event itself changes who may see it. */
export interface VisibilityAt {
  readonly visibility: HistoryVisibility
  /** The asker's; `leave` for none. */
  readonly membership: string
}

/**
 * @param joinedLater whether the asker joined at any time after the event, even if gone since; asked only where it matters
 */
export async function maySee(at: readonly VisibilityAt[], joinedLater: () => Promise<boolean>): Promise<boolean> {
  // 1. world_readable: allow. 2. joined at the event: allow.
  if (at.some(({ visibility, membership }) => visibility === 'world_readable' || membership === 'join')) return true
  // 4. invited, and the visibility is invited: allow.
  if (at.some(({ visibility, membership }) => visibility === 'invited' && membership === 'invite')) return true
  // 3. shared, and joined at any point after the event: allow. 5. Otherwise, deny.
  return at.some(({ visibility }) => visibility === 'shared') && joinedLater()
}
