/**
 * One page of the room server's output as changes of the client head's tables.
 */
import { isRoomId } from '@neurite/protocol'
import type { EventInfo, OutputEventInfo, RoomServerApi } from '@neurite/roomserver/api'
import type { Statement } from '../../storage/database.ts'
import type { Tables } from '../../storage/tables.ts'
import { type EventJson, readEvent } from '../events/event-json.ts'
import { eventsById } from '../events/events-by-id.ts'
import { gapsIn } from './gaps.ts'
import { OldPositions, spacing } from './old-positions.ts'

/** A room that says which one takes its place. */
export interface RoomUpgrade {
  readonly from: string
  readonly to: string
}

/** Somebody has come into a room. */
export interface RoomJoin {
  readonly roomId: string
  readonly userId: string
  readonly position: number
}

export interface TakenIn {
  /** The position of the last of the outputs. */
  readonly position: number
  readonly rooms: ReadonlySet<string>
  readonly users: ReadonlySet<string>
  readonly upgrades: readonly RoomUpgrade[]
  readonly joins: readonly RoomJoin[]
  readonly statements: readonly Statement[]
}

export interface TakeInTools {
  readonly roomServer: RoomServerApi
  readonly tables: Tables
}

type OutputOf<Kind extends OutputEventInfo['output']['kind']> = Extract<OutputEventInfo['output'], { kind: Kind }>
type Events = ReadonlyMap<string, EventJson>

/** @param before the position of the last output that was taken in */
export async function takeIn(
  outputs: readonly OutputEventInfo[],
  before: number,
  { roomServer, tables }: TakeInTools,
): Promise<TakenIn> {
  const events = await eventsOf(outputs, roomServer)
  const { gaps, filled } = await gapsIn(outputs, events, { roomServer, tables })
  const oldPositions = new OldPositions(tables.timeline)
  const rooms = new Set<string>()
  const users = new Set<string>()
  const upgrades: RoomUpgrade[] = []
  const joins: RoomJoin[] = []
  const statements: Statement[] = []
  let position = before
  for (const { roomId, output } of outputs) {
    position += spacing
    if (roomId !== '') rooms.add(roomId)
    const ofRoom = events.get(roomId) ?? new Map<string, EventJson>()
    switch (output.kind) {
      case 'new':
        upgrades.push(...upgradeBy(ofRoom.get(output.eventId)))
        joins.push(...joinBy(output, ofRoom, position))
        statements.push(
          ...timelineRow(roomId, position, output, ofRoom, tables, gaps.has(output.eventId)),
          ...texts(roomId, position, ofRoom.get(output.eventId), tables),
          ...stateChanges(roomId, position, output.state, ofRoom, tables),
        )
        break
      case 'old': {
        const event = ofRoom.get(output.eventId)
        if (event === undefined) break
        const isAfterGap = gaps.has(output.eventId)
        const place = oldPositions.next(roomId, event, isAfterGap)
        statements.push(
          ...timelineRow(roomId, place, output, ofRoom, tables, isAfterGap),
          ...texts(roomId, place, event, tables),
        )
        break
      }
      case 'state-corrected':
        if (output.status !== 'accepted') statements.push(tables.timeline.remove(roomId, output.eventId))
        statements.push(...stateChanges(roomId, position, output.current, ofRoom, tables))
        break
      case 'outside-invite': {
        const { userId, eventId, knock } = output
        users.add(userId)
        statements.push(tables.outsideInvites.set(userId, roomId, knock ? 'knock' : 'invite', eventId, position))
        break
      }
      case 'outside-invite-retired':
        users.add(output.userId)
        statements.push(tables.outsideInvites.over(output.userId, roomId, position, output.leave))
        break
      case 'invite-retired':
        users.add(output.userId)
        statements.push(tables.outsideInvites.over(output.userId, roomId, position))
        break
      case 'invite':
        users.add(output.userId)
        break
      case 'purged':
        statements.push(
          tables.timeline.removeRoom(roomId),
          tables.roomStates.removeRoom(roomId),
          ...tables.eventTexts.removeRoom(roomId),
        )
        break
      case 'redacted':
        statements.push(
          tables.timeline.relatesNoMore(roomId, output.eventId),
          ...tables.eventTexts.remove(roomId, output.eventId),
        )
        break
      case 'unredacted':
      case 'peek':
      case 'peek-retired':
      case 'inbound-peek':
      case 'gone':
        // Events are given out as they are when they are asked for; the others tell clients nothing.
        break
    }
  }
  statements.push(...filled.map(({ roomId, eventId }) => tables.timeline.gapFilled(roomId, eventId)))
  for (const roomEvents of events.values())
    for (const { type, stateKey } of roomEvents.values())
      if (type === 'm.room.member' && stateKey !== undefined) users.add(stateKey)
  return { position, rooms, users, upgrades, joins, statements }
}

/** Client-server API, "Room Upgrades": `m.room.tombstone`. */
function upgradeBy(event: EventJson | undefined): RoomUpgrade[] {
  const to = event?.type === 'm.room.tombstone' && event.stateKey === '' ? event.content['replacement_room'] : undefined
  return event !== undefined && typeof to === 'string' && isRoomId(to) ? [{ from: event.roomId, to }] : []
}

/** Whom an event makes a member who was none. */
function joinBy({ eventId, state }: OutputOf<'new'>, events: Events, position: number): RoomJoin[] {
  const event = events.get(eventId)
  if (event?.membership !== 'join' || event.stateKey === undefined || !state.added.includes(eventId)) return []
  const { roomId, stateKey: userId } = event
  const wasIn = state.removed
    .map(id => events.get(id))
    .some(before => before?.stateKey === userId && before.membership === 'join')
  return wasIn ? [] : [{ roomId, userId, position }]
}

/** All events that the outputs name, by room. */
async function eventsOf(outputs: readonly OutputEventInfo[], roomServer: RoomServerApi): Promise<Map<string, Events>> {
  const byRoom = new Map<string, Set<string>>()
  for (const { roomId, output } of outputs) {
    const ids = byRoom.get(roomId) ?? new Set()
    for (const eventId of namedIn(output)) ids.add(eventId)
    byRoom.set(roomId, ids)
  }
  const events = new Map<string, Events>()
  for (const [roomId, ids] of byRoom) {
    if (ids.size === 0 || roomId === '') continue
    const infos: EventInfo[] = await eventsById(roomServer, roomId, [...ids])
    events.set(roomId, new Map(infos.map(info => [info.eventId, readEvent(info)])))
  }
  return events
}

function namedIn(output: OutputEventInfo['output']): readonly string[] {
  switch (output.kind) {
    case 'new':
      return [output.eventId, ...output.state.added, ...output.state.removed]
    case 'old':
      return [output.eventId]
    case 'state-corrected':
      return [...output.current.added, ...output.current.removed]
    default:
      return []
  }
}

function timelineRow(
  roomId: string,
  position: number,
  output: OutputOf<'new'> | OutputOf<'old'>,
  events: Events,
  { timeline }: Tables,
  isAfterGap = false,
): Statement[] {
  const event = events.get(output.eventId)
  // It is gone by now: its room was purged.
  if (event === undefined) return []
  const { relatesTo, relation } = event
  const sent = output.kind === 'new' ? output.transactionId : undefined
  const { eventId, type, sender, stateKey, depth } = event
  return [
    timeline.add({
      ...{ roomId, position, eventId, type, sender, stateKey, relatesTo, relation, depth },
      isAfterGap,
      hasUrl: typeof event.content['url'] === 'string',
      session: sent?.session,
      transactionId: sent?.id,
    }),
  ]
}

/** Where each type of event has what people look for. Client-server API, "POST /search", `keys`. */
const textKeys: Readonly<Record<string, string>> = {
  'm.room.message': 'body',
  'm.room.name': 'name',
  'm.room.topic': 'topic',
}

function texts(roomId: string, position: number, event: EventJson | undefined, { eventTexts }: Tables): Statement[] {
  const key = event === undefined ? undefined : textKeys[event.type]
  const text = key === undefined ? undefined : event?.content[key]
  if (event === undefined || typeof text !== 'string') return []
  return eventTexts.add({ roomId, eventId: event.eventId, key: `content.${key}`, position }, text)
}

function stateChanges(
  roomId: string,
  position: number,
  { added, removed }: OutputOf<'new'>['state'],
  events: Events,
  { roomStates }: Tables,
): Statement[] {
  const come = added.map(id => events.get(id)).filter(event => event !== undefined)
  const keys = new Set(come.map(({ type, stateKey }) => JSON.stringify([type, stateKey])))
  const gone = removed
    .map(id => events.get(id))
    .filter(event => event !== undefined)
    .filter(({ type, stateKey }) => !keys.has(JSON.stringify([type, stateKey])))
  return [
    ...gone.map(({ type, stateKey = '' }) => roomStates.unset(roomId, position, type, stateKey)),
    ...come.flatMap(({ type, stateKey = '', eventId, membership }) =>
      roomStates.set(roomId, position, { type, stateKey, eventId, membership }),
    ),
  ]
}
