/**
 * Taking the join of a user of another server, and handing out the room as it was before. Server-server API, "PUT /send_join",
 * "Restricted rooms".
 */
import { belongsTo, isUserId, type RoomEvent, type UserId } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../../api/index.ts'
import type { EventNid } from '../../types/index.ts'
import { lookAtConditions, refusedByConditions } from '../restricted-join.ts'
import type { FoundRoom } from '../room-state.ts'
import type { ReceivingContext } from './context.ts'
import { roomForOthers } from './room-for-others.ts'
import { readMembership, refuseOfOthers, takeMembership, withOurSignature } from './sent-membership.ts'

export async function remoteJoin(
  request: RequestTo<'performRemoteJoin'>,
  context: ReceivingContext,
): Promise<ResponseFrom<'performRemoteJoin'>> {
  const { roomId, server } = request
  const room = await roomForOthers(roomId, server, context)
  const event = readMembership(request, 'join', room.rules, context)
  refuseOfOthers(event)
  const pdu = (await isLetInByUs(event, room, context)) ? withOurSignature(event, context) : request.pdu
  await takeMembership(event, pdu, server, context)
  return { roomVersion: room.rules.version, event: pdu, ...(await roomBefore(event, room, context)) }
}

/**
 * Whether the event says that a user of this server lets the sender in, and that is so now.
 * @throws {RoomServerError} where the room's conditions are not met, or the user that it names may not
 */
async function isLetInByUs(event: RoomEvent, room: FoundRoom, context: ReceivingContext): Promise<boolean> {
  const named = event.content['join_authorised_via_users_server']
  if (!room.rules.auth.restrictedJoins || !isUserId(named) || !belongsTo(named, context.serverName)) return false
  const conditions = await lookAtConditions(event.sender as UserId, room, context)
  // Who was invited meanwhile, or is in it, needs nobody's leave: the signature says no more than that the user may join.
  if (conditions !== undefined && !conditions.allowed) throw refusedByConditions(event.sender, event.roomId, conditions)
  if (conditions !== undefined && conditions.authorisedVia === undefined)
    throw new RoomServerError('M_UNABLE_TO_GRANT_JOIN', `no user of this server in ${event.roomId} may invite any more`)
  return true
}

/** The state before the join, and the auth chains of it and of the join. */
async function roomBefore(
  { eventId }: RoomEvent,
  { row, rules }: FoundRoom,
  { storage, states }: ReceivingContext,
): Promise<{ state: string[]; authChain: string[] }> {
  const { reader } = storage
  const nid = (await reader.eventNids(row.room, [eventId])).get(eventId)
  const [join] = nid === undefined ? [] : await reader.events([nid])
  if (join === undefined) throw new Error(`join ${eventId} was taken and is not stored`)
  const state = [...(await states.view(join.snapshotBefore)).entries()].map(({ event }) => event)
  const rows = await reader.events(state)
  const latest = (await reader.roomByNid(row.room)) ?? row
  const graph = { nid: row.room, roomId: row.roomId, rules, next: latest.next }
  const chain = await states.authChain(graph, [join.authEvents, ...rows.map(({ authEvents }) => authEvents)])
  return { state: await texts(state, storage.reader), authChain: await texts(chain, storage.reader) }
}

async function texts(events: readonly EventNid[], reader: ReceivingContext['storage']['reader']): Promise<string[]> {
  const found = await reader.eventJson(events)
  return events.map(event => found.get(event) as string)
}
