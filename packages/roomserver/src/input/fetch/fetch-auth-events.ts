/**
 * Fetches auth events: the whole chain by `GET /event_auth`, what that leaves out one by one by `GET /event`. Each is checked as an
 * outlier; one with a bad signature is skipped and is not fatal by itself.
 */
import type { ServerName } from '@neurite/protocol'
import { fetchSingles, preferWhole } from './fetch-single-events.ts'
import { authReferences, type FetchedEvent, inOrder, readFetched } from './fetched-events.ts'
import { maxAuthEventsTaken, maxRounds, maxSingleEvents } from './limits.ts'
import { type Fetched, type Need, outlierItem, readingRoom, storedAmong } from './need.ts'

/** Events that are walked between two looks at how long it has taken. */
const walkedAtOnce = 512

export async function fetchAuthEvents(need: Need): Promise<Fetched> {
  const { sources, event } = need
  for (const server of sources.servers) {
    const chain = await sources.ask(server, signal =>
      sources.remote.eventAuth(server, event.roomId, event.eventId, signal),
    )
    const fetched = await readFetched(chain ?? [], readingRoom(need), maxAuthEventsTaken)
    await takeWithAuthChains(need, need.eventIds, fetched, server)
    const stored = await storedAmong(need, need.eventIds)
    if (need.eventIds.every(eventId => stored.has(eventId))) return { kind: 'progress' }
  }
  return { kind: 'nothing' }
}

/**
 * Takes events as outliers, together with those of their auth chains that are not stored, in auth order.
 * @param fetched what is at hand already; what else is needed is asked for one by one
 */
export async function takeWithAuthChains(
  need: Need,
  eventIds: readonly string[],
  fetched: Map<string, FetchedEvent>,
  server: ServerName,
): Promise<void> {
  const wanted = new Set<string>()
  let open = await unstored(need, eventIds)
  let singles = 0
  for (let round = 0; open.length > 0 && round < maxRounds; round++) {
    const missing = open.filter(eventId => !fetched.has(eventId)).slice(0, maxSingleEvents - singles)
    singles += missing.length
    await fetchSingles(need, missing, fetched, server)
    const referred = await walk(open, fetched, wanted, need.pause)
    open = await unstored(need, referred)
  }
  const chosen = new Map([...fetched].filter(([eventId]) => wanted.has(eventId)))
  await preferWhole(need, chosen)
  const ordered = await inOrder(chosen, authReferences, need.pause)
  const items = ordered.map(({ pdu }) => outlierItem(need, pdu, server))
  await need.intake.take(items)
}

/** Marks what is at hand as wanted, with all that it refers to. @returns what is referred to and not at hand */
async function walk(
  start: readonly string[],
  fetched: ReadonlyMap<string, FetchedEvent>,
  wanted: Set<string>,
  pause: () => Promise<void>,
): Promise<string[]> {
  const notAtHand = new Set<string>()
  const open = [...start]
  for (let eventId = open.pop(); eventId !== undefined; eventId = open.pop()) {
    const found = fetched.get(eventId)
    if (wanted.has(eventId)) continue
    if (found === undefined) {
      notAtHand.add(eventId)
      continue
    }
    wanted.add(eventId)
    if (wanted.size % walkedAtOnce === 0) await pause()
    open.push(...found.event.authEvents)
  }
  for (const eventId of start) if (!fetched.has(eventId)) notAtHand.delete(eventId) // Asked for, and not to be had.
  return [...notAtHand]
}

async function unstored(need: Need, eventIds: readonly string[]): Promise<string[]> {
  const stored = await storedAmong(need, eventIds)
  return eventIds.filter(eventId => !stored.has(eventId))
}
