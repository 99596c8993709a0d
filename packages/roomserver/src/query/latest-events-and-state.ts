/**
 * What the next event of a room builds on: its forward extremities and its current state.
 */

import { depthAfter } from '@neurite/protocol'
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { eventInfos } from './event-infos.ts'
import { currentState, isPartial, roomOf } from './find-room.ts'
import { wantedEvents } from './state-entries.ts'

export async function latestEventsAndState(
  request: RequestTo<'queryLatestEventsAndState'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryLatestEventsAndState'>> {
  const room = await roomOf(request.roomId, context)
  const { row } = room
  const extremities = await context.reader.events(row.forwardExtremities)
  const view = await currentState(room, context)
  return {
    roomVersion: row.roomVersion,
    forwardExtremities: extremities.map(({ eventId }) => eventId),
    depth: Number(
      depthAfter(
        extremities.map(({ depth }) => depth),
        room.rules,
      ),
    ),
    state: await eventInfos(await wantedEvents(request.state, view, context), row, context),
    partial: isPartial(view),
  }
}
