/**
 * Rooms that the user is invited to or knocks on, with the stripped state that tells what they are. Client-server API, "Syncing",
 * `Invited Room`, `Knocked Room`, "Stripped state".
 */
import { strippedStateTypes } from '@neurite/protocol'
import type { OutsideLeave } from '../../storage/outside-invites.ts'
import { stillCounts, type UserMembership } from '../../storage/room-states.ts'
import { eventPredicate, isRoomWanted } from '../events/event-filter.ts'
import { type EventJson, readEvent } from '../events/event-json.ts'
import { loadEvents } from '../events/load-events.ts'
import { plainEvent } from '../events/plain-event.ts'
import type { SyncEvent, SyncLook } from './look.ts'

export interface OpenRooms {
  readonly invite: Readonly<Record<string, unknown>>
  readonly knock: Readonly<Record<string, unknown>>
  /** Those whose invite or knock came to nothing, and that this server is not in, with the event that ended it where it is known. */
  readonly over: readonly OverRoom[]
}

export interface OverRoom {
  readonly roomId: string
  readonly events: readonly SyncEvent[]
}

export async function openRooms(
  look: SyncLook,
  { invited, knocked }: { readonly invited: readonly UserMembership[]; readonly knocked: readonly UserMembership[] },
): Promise<OpenRooms> {
  const invite: [string, unknown][] = []
  const knock: [string, unknown][] = []
  for (const membership of look.blocksInvites ? [] : invited) {
    const state = await strippedState(look, membership)
    const isIgnored = state.invite !== undefined && look.ignored.has(state.invite.sender)
    if (!isIgnored) invite.push([membership.roomId, stateOf('invite', state.events)])
  }
  for (const membership of knocked) {
    const { events } = await strippedState(look, membership)
    knock.push([membership.roomId, stateOf('knock', events)])
  }
  const outside = await outsideRooms(look)
  return {
    invite: Object.fromEntries([...invite, ...outside.invite]),
    knock: Object.fromEntries([...knock, ...outside.knock]),
    over: outside.over,
  }
}

function stateOf(kind: 'invite' | 'knock', events: readonly SyncEvent[]): Record<string, unknown> {
  return { [`${kind}_state`]: { events } }
}

/** Of a room that this server is in: what everybody is shown, who the user is in it, and who has brought that about. */
async function strippedState(
  { context, upTo }: SyncLook,
  { roomId, eventId }: UserMembership,
): Promise<{ readonly events: SyncEvent[]; readonly invite: EventJson | undefined }> {
  const { roomStates } = context.tables
  const shown = strippedStateTypes.flatMap(type => roomStates.entryAt(roomId, type, '', upTo.rooms)?.eventId ?? [])
  const own = (await loadEvents(context, roomId, [eventId])).get(eventId)
  const inviter = own === undefined ? undefined : roomStates.entryAt(roomId, 'm.room.member', own.sender, upTo.rooms)
  const wanted = [...shown, ...(inviter === undefined ? [] : [inviter.eventId]), eventId]
  const events = await loadEvents(context, roomId, wanted)
  return { events: [...new Set(wanted)].flatMap(id => stripped(events.get(id))), invite: own }
}

function stripped(event: EventJson | undefined): SyncEvent[] {
  if (event === undefined) return []
  const { type, sender, stateKey = '', content, originServerTs } = event
  return [{ type, sender, state_key: stateKey, content, origin_server_ts: originServerTs }]
}

/** Rooms that this server is not in. */
async function outsideRooms(look: SyncLook) {
  const { context, caller, since, upTo, filter, fullState, ignored } = look
  const { tables, roomServer } = context
  const after = since === undefined || fullState ? 0 : since.rooms
  const found = { invite: [] as [string, unknown][], knock: [] as [string, unknown][], over: [] as OverRoom[] }
  for (const { roomId, membership, from, to, eventId, leave } of tables.outsideInvites.of(caller.userId)) {
    if (from > upTo.rooms || !isRoomWanted(filter.room, roomId)) continue
    const here = tables.roomStates.historyOf(caller.userId, roomId).find(one => one.to === stillCounts)
    // What happened in the room itself later says more.
    if (here !== undefined && here.from > from) continue
    if (to !== undefined && to <= upTo.rooms) {
      const isNews = since !== undefined && to > since.rooms && from <= since.rooms
      const isWanted = (since === undefined || fullState) && filter.room?.include_leave === true
      if (isNews || isWanted) found.over.push({ roomId, events: leaveEvents(look, roomId, leave) })
      continue
    }
    if (from <= after || (membership === 'invite' && look.blocksInvites)) continue
    const { invites } = await roomServer.queryOutsideInvites({ userId: caller.userId, roomId })
    const [invite] = invites
    if (invite === undefined || ignored.has(invite.sender)) continue
    const { roomVersion, pdu, strippedState: state } = invite
    const own = readEvent({ eventId, roomId, roomVersion, pdu, status: 'accepted', outlier: true })
    const given = state.filter(event => !(event['type'] === own.type && event['state_key'] === own.stateKey))
    const events = [...given.map(strippedGiven), ...stripped(own)]
    found[membership].push([roomId, stateOf(membership, events)])
  }
  return found
}

/** The room has no timeline here: the event that ended the invite is all that there is to tell. */
function leaveEvents({ context, filter }: SyncLook, roomId: string, leave: OutsideLeave | undefined): SyncEvent[] {
  if (leave === undefined) return []
  const event = readEvent({ ...leave, roomId, status: 'accepted', outlier: true })
  if (!eventPredicate(filter.room?.timeline)({ ...event, hasUrl: false })) return []
  const { room_id: _, ...told } = plainEvent(event, context.runtime.clock.now())
  return [told]
}

/** What came along may be whole events of a server that does not know better. */
function strippedGiven(event: SyncEvent): SyncEvent {
  const { type, sender, state_key, content, origin_server_ts: at } = event
  return { type, sender, state_key, content, ...(typeof at === 'number' ? { origin_server_ts: at } : {}) }
}
