/**
 * What is told about an event along with it: its newest edit, the thread below it, what refers to it. Client-server API, "Aggregations of
 * child events".
 */
import type { TimelineRow } from '../../storage/timeline.ts'
import type { ClientContext } from '../context.ts'
import type { EventJson, JsonContent } from './event-json.ts'
import { loadEvents } from './load-events.ts'
import { plainEvent, type Viewer } from './plain-event.ts'

/** Events that relate to one, of which it is told. */
const maxRelating = 1_000

export async function bundlesOf(
  context: ClientContext,
  roomId: string,
  events: readonly EventJson[],
  viewer: Viewer,
): Promise<Map<string, JsonContent>> {
  const found = events.flatMap(event => {
    const relating = relatingTo(context, roomId, event)
    return relating.length === 0 ? [] : [{ event, relating }]
  })
  if (found.length === 0) return new Map()
  const shown = await loadEvents(
    context,
    roomId,
    found.flatMap(({ event, relating }) => [newestEdit(event, relating), newestInThread(relating)]).filter(isThere),
  )
  const now = context.runtime.clock.now()
  const show = (eventId: string | undefined) => {
    const event = eventId === undefined ? undefined : shown.get(eventId)
    return event === undefined ? undefined : plainEvent(event, now)
  }
  const bundles = new Map<string, JsonContent>()
  for (const { event, relating } of found) {
    const edit = show(newestEdit(event, relating))
    const latest = show(newestInThread(relating))
    const thread = relating.filter(({ relation }) => relation === 'm.thread')
    const references = relating.filter(({ relation }) => relation === 'm.reference')
    const participated = [event.sender, ...thread.map(({ sender }) => sender)].includes(viewer.userId)
    const bundle = {
      ...(edit === undefined ? {} : { 'm.replace': edit }),
      ...(latest === undefined
        ? {}
        : {
            'm.thread': { latest_event: latest, count: thread.length, current_user_participated: participated },
          }),
      ...(references.length === 0
        ? {}
        : { 'm.reference': { chunk: references.map(({ eventId }) => ({ event_id: eventId })) } }),
    }
    if (Object.keys(bundle).length > 0) bundles.set(event.eventId, bundle)
  }
  return bundles
}

/** Newest first. State events and redacted ones have no aggregations but references. */
function relatingTo({ tables }: ClientContext, roomId: string, event: EventJson): TimelineRow[] {
  const relating = tables.timeline.relating(
    roomId,
    event.eventId,
    Number.MIN_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
    maxRelating,
  )
  return event.redactedBecause === undefined ? relating : relating.filter(({ relation }) => relation !== 'm.replace')
}

/** "Validity of replacement events": of the same sender and type, and neither of them state. */
function newestEdit({ sender, type, stateKey }: EventJson, relating: readonly TimelineRow[]): string | undefined {
  if (stateKey !== undefined) return undefined
  return relating.find(
    row => row.relation === 'm.replace' && row.sender === sender && row.type === type && row.stateKey === undefined,
  )?.eventId
}

function newestInThread(relating: readonly TimelineRow[]): string | undefined {
  return relating.find(({ relation }) => relation === 'm.thread')?.eventId
}

function isThere(eventId: string | undefined): eventId is string {
  return eventId !== undefined
}
