/**
 * Taking the state of a room from a server that the operator trusts in this. It counts where this server rests on someone's word anyway,
 * as after a join; what follows from the events that are here is not another server's to say. docs/decisions/provisional-verdicts.md.
 */
import { isServerName, type RoomEvent } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import type { GivenLater } from '../input/given-state.ts'
import { localOf } from '../types/index.ts'
import type { PerformContext } from './context.ts'
import { existingRoom } from './room-state.ts'
import { changesSince, namedChanges } from './state-changes.ts'

/** Forward extremities at which the state is asked for, the newest ones. */
const maxExtremities = 10

export async function downloadState(
  { roomId, server }: RequestTo<'adminDownloadState'>,
  context: PerformContext,
): Promise<ResponseFrom<'adminDownloadState'>> {
  const { events, input, serverName, storage } = context
  const room = await existingRoom(roomId, context)
  if (!isServerName(server) || server === serverName)
    throw new RoomServerError('M_UNREACHABLE', `${server} is no other server that could be asked for ${roomId}`)
  const newest = room.row.forwardExtremities.toSorted((a, b) => localOf(b) - localOf(a)).slice(0, maxExtremities)
  const loaded = await events.load(newest)
  const outcomes: { readonly eventId: string; readonly outcome: GivenLater }[] = []
  for (const nid of newest) {
    const event = loaded.get(nid) as RoomEvent
    const outcome = await input.takeStateBefore(nid, event, [server])
    if (outcome !== undefined) outcomes.push({ eventId: event.eventId, outcome })
  }
  const [first] = outcomes
  if (first === undefined)
    throw new RoomServerError(
      'M_UNREACHABLE',
      `${server} does not tell the whole state of ${roomId} at what is newest here`,
    )
  const final = outcomes.find(({ outcome }) => outcome === 'final')
  if (final !== undefined && outcomes.every(({ outcome }) => outcome !== 'counts'))
    throw new RoomServerError(
      'M_BAD_STATE',
      `${server} tells another state before ${final.eventId} than follows from the events of ${roomId} that are here`,
    )
  const { added, removed } = await namedChanges(await changesSince(room, context), storage.reader)
  const ids = (entries: readonly (readonly [string, string, string])[]) => entries.map(([, , eventId]) => eventId)
  return { eventId: first.eventId, added: ids(added), removed: ids(removed) }
}
