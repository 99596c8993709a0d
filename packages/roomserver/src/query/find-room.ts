/**
 * The room that a query is about.
 */
import { type RoomVersionRules, rulesOf } from '@neurite/protocol'
import { noSuchRoom, RoomServerError } from '../api/index.ts'
import type { ResolvingRoom, StateView } from '../state/index.ts'
import type { EventRow, RoomRow } from '../storage/rows.ts'
import type { QueryContext } from './context.ts'

export interface FoundRoom {
  readonly row: RoomRow
  readonly rules: RoomVersionRules
}

/** @returns undefined where nothing is stored of it, or only outliers */
export async function findRoom(
  roomId: string,
  { reader }: Pick<QueryContext, 'reader'>,
): Promise<FoundRoom | undefined> {
  const row = await reader.room(roomId)
  if (row === undefined || row.forwardExtremities.length === 0) return undefined
  return { row, rules: rulesOf(row.roomVersion) }
}

/** @throws {RoomServerError} `M_NOT_FOUND` */
export async function roomOf(roomId: string, context: Pick<QueryContext, 'reader'>): Promise<FoundRoom> {
  const room = await findRoom(roomId, context)
  if (room === undefined) throw noSuchRoom(roomId)
  return room
}

export function currentState({ row }: FoundRoom, { states }: QueryContext): Promise<StateView> {
  return states.view(row.currentSnapshot)
}

/** Whether a state is known to lack members: the room was joined lately. */
export function isPartial(view: StateView): boolean {
  return view.origin === 'partial'
}

/** The room as state resolution wants it. */
export function resolving({ row, rules }: FoundRoom): ResolvingRoom {
  return { nid: row.room, roomId: row.roomId, rules, next: row.next }
}

/** Events of a room by ID; those that are not here are left out. */
export async function rowsOf(
  eventIds: readonly string[],
  { row }: FoundRoom,
  { reader }: Pick<QueryContext, 'reader'>,
): Promise<Map<string, EventRow>> {
  const nids = await reader.eventNids(row.room, eventIds)
  const rows = new Map((await reader.events([...nids.values()])).map(found => [found.eventId, found]))
  return new Map(eventIds.flatMap(id => (rows.has(id) ? [[id, rows.get(id) as EventRow]] : [])))
}

/** @throws {RoomServerError} `M_NOT_FOUND` */
export async function rowOf(
  eventId: string,
  room: FoundRoom,
  context: Pick<QueryContext, 'reader'>,
): Promise<EventRow> {
  const row = (await rowsOf([eventId], room, context)).get(eventId)
  if (row === undefined) throw noSuchEvent(eventId, room.row.roomId)
  return row
}

export function noSuchEvent(eventId: string, roomId: string): RoomServerError {
  return new RoomServerError('M_NOT_FOUND', `event ${eventId} is not known in room ${roomId}`)
}
