/**
 * Why an entry of the current state is what it is: what the forward extremities have for it, and the fate of each event that was checked.
 */

import type { EventNumber, Verdict } from '@neurite/protocol'
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { type EventNid, inRoom } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { resolving, roomOf } from './find-room.ts'
import { eventIdsOf, eventsAt, isThere } from './state-entries.ts'

export async function resolution(
  request: RequestTo<'queryResolution'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryResolution'>> {
  const { roomId, type, stateKey } = request
  const { reader, states } = context
  const room = await roomOf(roomId, context)
  const extremities = await reader.events(room.row.forwardExtremities)
  const steps: [EventNid, Verdict][] = []
  const view = await states.resolved(
    resolving(room),
    extremities.map(({ snapshotAfter }) => snapshotAfter),
    (event: EventNumber, verdict: Verdict) => steps.push([inRoom<EventNid>(room.row.room, event), verdict]),
  )
  const entryIn = async (state: typeof view) => {
    const [event] = (await eventsAt([[type, stateKey]], state, context)).filter(isThere)
    return event === undefined ? {} : { eventId: (await eventIdsOf([event], context))[0] as string }
  }
  const current = (await entryIn(view)).eventId
  const ofEach: ResponseFrom<'queryResolution'>['states'] = []
  for (const { eventId: extremity, snapshotAfter } of extremities)
    ofEach.push({ extremity, ...(await entryIn(await states.view(snapshotAfter))) })
  const ids = await eventIdsOf(
    steps.map(([event]) => event),
    context,
  )
  return {
    ...(current === undefined ? {} : { current }),
    conflicted: new Set(ofEach.map(({ eventId }) => eventId)).size > 1,
    states: ofEach,
    steps: steps.map(([, verdict], at) => ({
      eventId: ids[at] as string,
      allowed: verdict.allowed,
      ...(verdict.allowed ? {} : { rule: verdict.rule, reason: verdict.reason }),
    })),
  }
}
