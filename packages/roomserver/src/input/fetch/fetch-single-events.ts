/**
 * Fetches single events by `GET /event`.
 */
import { type EventId, rulesOf, type ServerName } from '@neurite/protocol'
import { type FetchedEvent, readFetched } from './fetched-events.ts'
import { maxWholeCopies, singleEventsAtOnce } from './limits.ts'
import type { Need } from './need.ts'

/** Where single events come from: all of a need, or as much of it as that takes. */
export interface SingleSource extends Pick<Need, 'sources' | 'crypto' | 'pause'> {
  readonly item: Pick<Need['item'], 'roomId' | 'roomVersion'>
}

/** Asks one server for events, a few at a time. What it has is put among the fetched; a whole copy takes the place of another. */
export async function fetchSingles(
  need: SingleSource,
  eventIds: readonly string[],
  fetched: Map<string, FetchedEvent>,
  server: ServerName,
): Promise<void> {
  const { sources, item, crypto, pause } = need
  const room = { roomId: item.roomId, rules: rulesOf(item.roomVersion), crypto, pause }
  const open = [...eventIds]
  const worker = async () => {
    for (let eventId = open.pop(); eventId !== undefined; eventId = open.pop()) {
      const wanted = eventId
      const pdu = await sources.ask(server, signal => sources.remote.event(server, wanted as EventId, signal))
      const read = await readFetched(pdu === undefined ? [] : [pdu], room, 1)
      // An answer with another event than the one asked for is no answer.
      const answer = read.get(wanted)
      if (answer !== undefined && (answer.isWhole || !fetched.has(wanted))) fetched.set(wanted, answer)
    }
  }
  await Promise.all(Array.from({ length: Math.min(singleEventsAtOnce, eventIds.length) }, worker))
}

/**
 * Looks for whole copies of events whose content is not what was hashed. Such an event would be taken redacted, and whoever sends it
 * so might change what it does; but it may also have been redacted rightly, so in the end it is taken as it is.
 */
export async function preferWhole(need: Need, fetched: Map<string, FetchedEvent>): Promise<void> {
  for (const server of need.sources.servers) {
    const altered = [...fetched].filter(([, { isWhole }]) => !isWhole).map(([eventId]) => eventId)
    if (altered.length === 0) return
    await fetchSingles(need, altered.slice(0, maxWholeCopies), fetched, server)
  }
}
