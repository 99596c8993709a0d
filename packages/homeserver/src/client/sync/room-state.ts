/**
 * The state of a room that goes with a timeline in /sync: what a client needs so that it has the right state when it has gone through
 * the timeline. Client-server API, "Syncing", `state`, `state_after`, "Lazy-loading room members".
 */
import type { StateEntry } from '../../storage/room-states.ts'
import { eventPredicate } from '../events/event-filter.ts'
import { loadEvents } from '../events/load-events.ts'
import type { SyncLook } from './look.ts'
import type { TimelineWindow } from './timeline-window.ts'

export interface StateWish {
  readonly roomId: string
  /** The client knows the state up to here; 0: it knows nothing of it. */
  readonly known: number
  readonly upTo: number
  readonly window: TimelineWindow
  /** Users whose names the client needs besides: those that the room is called after. */
  readonly heroes: readonly string[]
}

/** IDs of the events. */
export async function stateFor(look: SyncLook, wish: StateWish): Promise<string[]> {
  const { roomId } = wish
  const entries = narrowed(look, wish, look.stateAfter ? atTheEnd(look, wish) : atTheBeginning(look, wish))
  const eventIds = [...new Set(entries.map(({ eventId }) => eventId))]
  const filter = look.filter.room?.state
  if (filter === undefined) return eventIds
  // Only here: who sent them, and what is in them, is not in the table.
  const isWanted = eventPredicate(filter)
  const events = await loadEvents(look.context, roomId, eventIds)
  return eventIds.filter(eventId => {
    const event = events.get(eventId)
    return event !== undefined && isWanted({ ...event, hasUrl: typeof event.content['url'] === 'string' })
  })
}

/** What changed after what the client knows, up to the end. */
function atTheEnd({ context }: SyncLook, { roomId, known, upTo }: StateWish): StateEntry[] {
  return context.tables.roomStates.changes(roomId, known, upTo)
}

/**
 * What changed up to where the timeline begins; and what has changed since then without an event of the timeline having done so, which
 * the client would not find out otherwise.
 */
function atTheBeginning({ context }: SyncLook, { roomId, known, upTo, window }: StateWish): StateEntry[] {
  const { roomStates } = context.tables
  const told = new Set(window.rows.map(({ eventId }) => eventId))
  const before = window.start - 1 > known ? roomStates.changes(roomId, known, window.start - 1) : []
  const since = roomStates
    .changes(roomId, Math.max(known, window.start - 1), upTo)
    .filter(({ eventId }) => !told.has(eventId))
  const entries = new Map([...before, ...since].map(entry => [keyOf(entry), entry]))
  return [...entries.values()]
}

/** Of the members only those whom the timeline needs, where the client loads the others when it wants to. */
function narrowed(look: SyncLook, wish: StateWish, entries: readonly StateEntry[]): readonly StateEntry[] {
  const { context, caller, filter, stateAfter } = look
  const { roomId, known, upTo, window, heroes } = wish
  if (filter.room?.state?.lazy_load_members !== true) return entries
  const needed = new Set([...window.rows.map(({ sender }) => sender), ...heroes])
  // A client's own membership changes what it shows.
  if (known === 0) needed.add(caller.userId)
  const told = new Set(window.rows.map(({ eventId }) => eventId))
  const place = stateAfter ? upTo : Math.max(window.start - 1, 0)
  const members = [...needed].flatMap(userId => {
    const { roomStates } = context.tables
    const entry =
      roomStates.entryAt(roomId, 'm.room.member', userId, place) ??
      roomStates.entryAt(roomId, 'm.room.member', userId, upTo)
    return entry === undefined || (!stateAfter && told.has(entry.eventId)) ? [] : [entry]
  })
  const others = entries.filter(({ type, stateKey }) => type !== 'm.room.member' || needed.has(stateKey))
  // A gap of members is the client's to ask for; without one it is told of every change.
  const kept = known > 0 && !window.limited ? entries : others
  const all = new Map([...members, ...kept].map(entry => [keyOf(entry), entry]))
  return [...all.values()]
}

function keyOf({ type, stateKey }: StateEntry): string {
  return JSON.stringify([type, stateKey])
}
