/**
 * Events as clients get them. Client-server API, "Room event format", "ClientEvent", "UnsignedData".
 */
import type { UserMembership } from '../../storage/room-states.ts'
import type { TimelineRow } from '../../storage/timeline.ts'
import type { ClientContext } from '../context.ts'
import { bundlesOf } from './bundles.ts'
import { loadEvents } from './load-events.ts'
import { type ClientEvent, plainEvent, type Viewer } from './plain-event.ts'

/**
 * Events of a room, in the order given; those that are not there are left out. Whether the viewer may see them was asked before.
 */
export async function clientEvents(
  context: ClientContext,
  roomId: string,
  eventIds: readonly string[],
  viewer: Viewer,
): Promise<ClientEvent[]> {
  if (eventIds.length === 0) return []
  const { timeline, roomStates } = context.tables
  const events = await loadEvents(context, roomId, eventIds)
  const rows = new Map<string, TimelineRow>()
  const replaced = new Map<string, string>()
  for (const { eventId, type, stateKey } of events.values()) {
    const row = timeline.find(roomId, eventId)
    if (row === undefined) continue
    rows.set(eventId, row)
    if (stateKey === undefined) continue
    const before =
      roomStates.replacedAt(roomId, type, stateKey, row.position)?.eventId ??
      (await replacedBeforeWeCame(context, row, stateKey))
    if (before !== undefined) replaced.set(eventId, before)
  }
  const redactions = [...events.values()].flatMap(({ redactedBecause }) => redactedBecause ?? [])
  const others = await loadEvents(context, roomId, [...redactions, ...replaced.values()])
  const bundles = await bundlesOf(context, roomId, [...events.values()], viewer)
  const memberships = roomStates.historyOf(viewer.userId, roomId)
  return eventIds
    .map(eventId => events.get(eventId))
    .filter(event => event !== undefined)
    .map(event => {
      const { eventId, redactedBecause } = event
      const row = rows.get(eventId)
      const before = others.get(replaced.get(eventId) ?? '')
      const redaction = redactedBecause === undefined ? undefined : others.get(redactedBecause)
      const relations = bundles.get(eventId)
      const isSender = row?.sender === viewer.userId && viewer.session !== undefined && row.session === viewer.session
      const membership = row === undefined ? undefined : membershipAt(memberships, row.position)
      return plainEvent(event, context.runtime.clock.now(), {
        ...(isSender && row.transactionId !== undefined ? { transaction_id: row.transactionId } : {}),
        ...(membership === undefined ? {} : { membership }),
        ...(before === undefined
          ? {}
          : { prev_content: before.content, replaces_state: before.eventId, prev_sender: before.sender }),
        ...(redaction === undefined
          ? {}
          : { redacted_because: plainEvent(redaction, context.runtime.clock.now()), redacted_by: redactedBecause }),
        ...(relations === undefined ? {} : { 'm.relations': relations }),
      })
    })
}

/**
 * What the event replaced by which this server came into a room: it was the state elsewhere, and never the state here. An invite to
 * somebody who then joined, for one.
 */
async function replacedBeforeWeCame(
  { tables, roomServer }: ClientContext,
  { roomId, eventId, type, position }: TimelineRow,
  stateKey: string,
): Promise<string | undefined> {
  if (position !== tables.roomStates.beginning(roomId)) return undefined
  const { entries } = await roomServer.queryStateAtEvent({ roomId, eventId, when: 'before', state: [[type, stateKey]] })
  return entries[0]?.[2]
}

/** What somebody was once the event at a position had happened. */
function membershipAt(memberships: readonly UserMembership[], position: number): string {
  return memberships.find(({ from, to }) => from <= position && to > position)?.membership ?? 'leave'
}
