/**
 * Closes a gap in the graph: the events between by `POST /get_missing_events`, taken oldest first. Where the gap is too long, the
 * state before the oldest of them is fetched, and the rest rolls forward from there.
 */
import type { EventId, ServerName } from '@neurite/protocol'
import type { InputItem } from '../item.ts'
import { preferWhole } from './fetch-single-events.ts'
import { fetchState } from './fetch-state.ts'
import { type FetchedEvent, inOrder, leadingTo, prevReferences, readFetched } from './fetched-events.ts'
import { maxGapEvents, maxRounds, missingEventsLimit } from './limits.ts'
import { type Fetched, type Need, readingRoom } from './need.ts'

export async function fetchPrevEvents(need: Need): Promise<Fetched> {
  // History is asked for piece by piece: what lies before a piece is not fetched along with it.
  const gap = need.item.kind === 'old' ? new Map<string, FetchedEvent>() : await closeGap(need)
  if (gap === undefined || (gap.size === 0 && (await mayStillCome(need)))) return { kind: 'nothing' }
  const origin = need.sources.servers[0]
  if (origin === undefined) return { kind: 'nothing' }
  const stateEventIds = await takeGap(need, gap, origin)
  if (stateEventIds !== undefined) return { kind: 'progress', stateEventIds }
  const missing = await withoutState(need, need.event.prevEvents)
  return missing.length === 0 ? { kind: 'progress' } : { kind: 'nothing' }
}

/**
 * Who sends an event has those that it builds on: where nobody gives any of them it may be that they are on their way by themselves. So
 * the state is not asked for, which would have to be taken on somebody's word, before the event has waited once.
 */
async function mayStillCome(need: Need): Promise<boolean> {
  if (need.item.kind === 'old' || need.intake.isRetry) return false
  return (await withoutState(need, need.event.prevEvents)).length > 0
}

/**
 * The events between what is stored and the event, as far back as the limits allow. What one server leaves out another may have, so
 * all are asked before the gap counts as open.
 * @returns undefined where all that is in it is no event: what builds on that has no state that anybody could tell
 */
async function closeGap(need: Need): Promise<Map<string, FetchedEvent> | undefined> {
  const gap = new Map<string, FetchedEvent>()
  let wasMalformed = false
  for (const server of need.sources.servers) {
    let latest = await openEnds(need, gap)
    for (let round = 0; latest.length > 0 && gap.size < maxGapEvents && round < maxRounds; round++) {
      const before = gap.size
      const answer = await askForGap(need, server, latest, gap)
      wasMalformed ||= answer === 'malformed'
      if (gap.size === before) break
      latest = await openEnds(need, gap)
    }
    if (latest.length === 0) break
  }
  if (gap.size === 0 && wasMalformed) return undefined
  const connected = leadingTo(need.event.prevEvents, gap)
  await preferWhole(need, connected)
  return connected
}

async function askForGap(
  need: Need,
  server: ServerName,
  latest: readonly EventId[],
  gap: Map<string, FetchedEvent>,
): Promise<'malformed' | 'read'> {
  const { sources, event } = need
  const earliest = await forwardExtremityIds(need)
  const query = { earliest, latest, limit: missingEventsLimit, minDepth: 0 }
  const pdus = await sources.ask(server, signal => sources.remote.missingEvents(server, event.roomId, query, signal))
  const fetched = await readFetched(pdus ?? [], readingRoom(need), missingEventsLimit)
  for (const [eventId, found] of fetched) if (eventId !== event.eventId && !gap.has(eventId)) gap.set(eventId, found)
  return pdus !== undefined && pdus.length > 0 && fetched.size === 0 ? 'malformed' : 'read'
}

/** The event and those of the gap that refer to events which are neither stored with their state nor in the gap. */
async function openEnds(need: Need, gap: ReadonlyMap<string, FetchedEvent>): Promise<EventId[]> {
  const connected = leadingTo(need.event.prevEvents, gap)
  const events = [need.event, ...[...connected.values()].map(({ event }) => event)]
  const referred = events.flatMap(({ prevEvents }) => prevEvents.filter(eventId => !connected.has(eventId)))
  const unknown = new Set<string>(await withoutState(need, referred))
  return events
    .filter(({ prevEvents }) => prevEvents.some(eventId => unknown.has(eventId)))
    .map(({ eventId }) => eventId)
}

/** Takes the gap's events oldest first, each that hangs in the air with the state before it. @returns that of the event itself */
async function takeGap(
  need: Need,
  gap: ReadonlyMap<string, FetchedEvent>,
  origin: ServerName,
): Promise<readonly EventId[] | undefined> {
  const { roomId, roomVersion } = need.item
  for (const { pdu, event } of await inOrder(gap, prevReferences, need.pause)) {
    const item: InputItem = { kind: 'new', roomId, roomVersion, pdu, origin }
    const stateEventIds = await stateIfInTheAir(need, event.eventId, event.prevEvents)
    const [result] = await need.intake.take([stateEventIds === undefined ? item : { ...item, stateEventIds }])
    // What waits holds up all that builds on it: to fetch for those too would be asking for the same again and again.
    if (result?.kind === 'waiting') return undefined
  }
  return stateIfInTheAir(need, need.event.eventId, need.event.prevEvents)
}

/** The state before an event some of whose prev events are not here, by the first server that can say. */
async function stateIfInTheAir(
  need: Need,
  eventId: EventId,
  prevEvents: readonly string[],
): Promise<readonly EventId[] | undefined> {
  if (need.isPartial || (await withoutState(need, prevEvents)).length === 0) return undefined
  for (const server of need.sources.servers) {
    const state = await fetchState(need, eventId, server)
    if (state !== undefined) return state
  }
  return undefined
}

async function forwardExtremityIds({ reader, item }: Need): Promise<EventId[]> {
  const room = await reader.room(item.roomId)
  const rows = room === undefined ? [] : await reader.events(room.forwardExtremities)
  return rows.map(row => row.eventId as EventId)
}

/** Those of the events that are not stored, or only as outliers. */
async function withoutState({ reader, item }: Need, eventIds: readonly string[]): Promise<string[]> {
  const room = await reader.room(item.roomId)
  if (room === undefined) return [...eventIds]
  const nids = await reader.eventNids(room.room, eventIds)
  const rows = await reader.events([...nids.values()])
  const present = new Set(rows.filter(row => !row.outlier).map(row => row.eventId))
  return eventIds.filter(eventId => !present.has(eventId))
}
