/**
 * The current state of a room as performs look at it before they ask the room for something. What is decided rests on the room's turn,
 * not on this: it may have moved on since.
 */
import { AuthState, belongsTo, type RoomEvent, type RoomVersionRules, rulesOf, type UserId } from '@neurite/protocol'
import { type Membership, noSuchRoom } from '../api/index.ts'
import type { StateView } from '../state/index.ts'
import type { MembershipRow, RoomRow } from '../storage/index.ts'
import type { EventNid, StateKeyNid } from '../types/index.ts'
import type { PerformContext } from './context.ts'

/** Members read at once. */
const pageMembers = 500

/** A room that is here. */
export interface FoundRoom {
  readonly row: RoomRow
  readonly rules: RoomVersionRules
  readonly view: StateView
}

/** A type and state key of the state. */
export type Tuple = readonly [type: string, stateKey: string]

/** @returns undefined where nothing is stored of it, or only outliers */
export async function findRoom(roomId: string, { storage, states }: PerformContext): Promise<FoundRoom | undefined> {
  const row = await storage.reader.room(roomId)
  if (row === undefined || row.forwardExtremities.length === 0) return undefined
  return { row, rules: rulesOf(row.roomVersion), view: await states.view(row.currentSnapshot) }
}

/** @throws {RoomServerError} `M_NOT_FOUND` */
export async function existingRoom(roomId: string, context: PerformContext): Promise<FoundRoom> {
  const room = await findRoom(roomId, context)
  if (room === undefined) throw noSuchRoom(roomId)
  return room
}

/** Entries of the current state, in the order asked for; undefined for those that it does not have. */
export async function stateEntries(
  tuples: readonly Tuple[],
  { view }: FoundRoom,
  { storage, events }: PerformContext,
): Promise<(RoomEvent | undefined)[]> {
  const { reader } = storage
  const types = await reader.eventTypeNids([...new Set(tuples.map(([type]) => type))])
  const keys = await reader.stateKeyNids([...new Set(tuples.map(([, stateKey]) => stateKey))])
  const nids = tuples.map(([type, stateKey]): EventNid | 0 => {
    const [typeNid, keyNid] = [types.get(type), keys.get(stateKey)]
    return typeNid === undefined || keyNid === undefined ? 0 : view.get(typeNid, keyNid)
  })
  const loaded = await events.load(nids.filter((nid): nid is EventNid => nid !== 0))
  return nids.map(nid => (nid === 0 ? undefined : loaded.get(nid)))
}

/** The part of the current state that the rules ask for, for some users: who created the room, levels, join rules, their memberships. */
export async function authStateFor(
  users: readonly string[],
  room: FoundRoom,
  context: PerformContext,
): Promise<AuthState> {
  const tuples: Tuple[] = [
    ['m.room.create', ''],
    ['m.room.power_levels', ''],
    ['m.room.join_rules', ''],
    ...users.map((user): Tuple => ['m.room.member', user]),
  ]
  const entries = await stateEntries(tuples, room, context)
  const found = (type: string, stateKey: string) =>
    entries[tuples.findIndex(tuple => tuple[0] === type && tuple[1] === stateKey)]
  return new AuthState(found, room.rules.auth)
}

/** A user's membership; undefined where the user has none. */
export async function membershipOf(
  userId: string,
  { row }: FoundRoom,
  { storage }: PerformContext,
): Promise<MembershipRow | undefined> {
  const user = (await storage.reader.stateKeyNids([userId])).get(userId)
  return user === undefined ? undefined : storage.reader.membership(row.room, user)
}

export interface Member {
  readonly userId: UserId
  readonly event: EventNid
}

/** The users with a membership, some at a time. */
export async function* members(
  membership: Membership,
  { row }: FoundRoom,
  { storage }: PerformContext,
): AsyncGenerator<Member[]> {
  const { reader } = storage
  for (let after: StateKeyNid | 0 = 0; ; ) {
    const rows: MembershipRow[] = await reader.memberships(row.room, membership, after, pageMembers)
    const last = rows.at(-1)
    if (last === undefined) return
    const names = await reader.stateKeys(rows.map(({ user }) => user))
    yield rows.map(({ user, event }) => ({ userId: names.get(user) as UserId, event: event as EventNid }))
    after = last.user
  }
}

/** A joined user of this server; undefined where there is none. */
export async function anyLocalMember(room: FoundRoom, context: PerformContext): Promise<UserId | undefined> {
  for await (const page of members('join', room, context)) {
    const local = page.find(({ userId }) => belongsTo(userId, context.serverName))
    if (local !== undefined) return local.userId
  }
  return undefined
}

/**
 * Whether this server may decide in the room: one of its users is in it, or nobody is, so that nobody elsewhere knows of it what this
 * server does not.
 */
export async function isResident(room: FoundRoom, context: PerformContext): Promise<boolean> {
  if ((await anyLocalMember(room, context)) !== undefined) return true
  const [anyone] = await context.storage.reader.memberships(room.row.room, 'join', 0, 1)
  return anyone === undefined
}
