/**
 * Fetches the state before an event: its IDs by `GET /state_ids`, the events that are not stored one by one, or all of them by
 * `GET /state` when most are unknown. The events come in as outliers; whether they are allowed is judged there.
 */
import type { EventId, ServerName } from '@neurite/protocol'
import { takeWithAuthChains } from './fetch-auth-events.ts'
import { fetchSingles } from './fetch-single-events.ts'
import { type FetchedEvent, readFetched } from './fetched-events.ts'
import { maxAuthEventsTaken, maxSingleEvents } from './limits.ts'
import { type Need, readingRoom, rowsAmong, storedAmong } from './need.ts'

/** @returns the IDs of the state before the event, as far as its events could be stored; undefined where the server does not say */
export async function fetchState(
  need: Need,
  eventId: EventId,
  server: ServerName,
): Promise<readonly EventId[] | undefined> {
  const { sources, event } = need
  const answer = await sources.ask(server, signal => sources.remote.stateIds(server, event.roomId, eventId, signal))
  if (answer === undefined) return undefined
  const stateIds = answer.stateIds.slice(0, maxAuthEventsTaken)
  const chainIds = answer.authChainIds.slice(0, maxAuthEventsTaken)
  const stored = await storedAmong(need, [...stateIds, ...chainIds])
  const unknown = stateIds.filter(id => !stored.has(id))
  const unknownOfChain = chainIds.filter(id => !stored.has(id))
  const isMuch = unknown.length + unknownOfChain.length > maxSingleEvents || unknown.length > stateIds.length / 2
  const fetched = isMuch ? await wholeState(need, eventId, server) : new Map<string, FetchedEvent>()
  // A chain is fetched faster by what the server says of it than event by event.
  if (!isMuch) await fetchSingles(need, unknownOfChain, fetched, server)
  await takeWithAuthChains(need, unknown, fetched, server)

  return (await isState(need, stateIds)) ? (stateIds as EventId[]) : undefined
}

/**
 * Whether events that were given as a state are one: all of them stored, all state, no two for one type and state key. One that lacks
 * some of its events is another state, and is not taken for what it is not.
 */
async function isState(need: Need, stateIds: readonly string[]): Promise<boolean> {
  const rows = await rowsAmong(need, stateIds)
  const keys = new Set(rows.filter(row => row.stateKey !== 0).map(row => `${row.type} ${row.stateKey}`))
  return rows.length === stateIds.length && keys.size === stateIds.length
}

async function wholeState(need: Need, eventId: EventId, server: ServerName): Promise<Map<string, FetchedEvent>> {
  const { sources, event } = need
  const answer = await sources.ask(server, signal => sources.remote.state(server, event.roomId, eventId, signal))
  if (answer === undefined) return new Map()
  const pdus = [...answer.state, ...answer.authChain]
  return readFetched(pdus, readingRoom(need), maxAuthEventsTaken)
}
