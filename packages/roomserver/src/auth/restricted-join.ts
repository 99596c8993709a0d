/**
 * Restricted joins: whether a room lets a user in because of another room that the user is in, and who of this server may say so. The
 * conditions are no authorisation rule: the server that lets the user in looks at them. Client-server API, "Restricted rooms";
 * server-server API, "Restricted rooms".
 */
import {
  type AuthState,
  additionalCreators,
  codePointCompare,
  isJsonObject,
  isUserId,
  type RoomEvent,
  type RoomVersionRules,
  roomCreator,
  type UserId,
} from '@neurite/protocol'

/** What is asked of the room that a user wants into, and of the rooms that its conditions name. */
export interface RestrictedJoinRoom {
  readonly rules: RoomVersionRules
  /** Its current state: create event, power levels and join rules must be there to be looked up. */
  readonly state: AuthState
  isLocal(userId: UserId): boolean
  /** Whether a user is joined in this room. */
  isJoined(userId: UserId): Promise<boolean>
  /** A user of this server who is joined in this room, the same one each time; undefined where none is. */
  anyLocalMember(): Promise<UserId | undefined>
  /** Whether a user is joined in another room. Undefined: this server is not in it, and cannot tell. */
  isJoinedIn(roomId: string, userId: UserId): Promise<boolean | undefined>
}

export interface RestrictedJoin {
  /** This server is in all rooms that were looked at, so that its no is one. Once a condition is met no others are. */
  readonly resident: boolean
  /** One of the conditions is met. */
  readonly allowed: boolean
  /** A joined user of this server who may invite, where one of the conditions is met and there is such a user. */
  readonly authorisedVia: UserId | undefined
}

/** Whether the room's join rule is one by which conditions let users in. */
export function isRestricted(state: AuthState, { auth }: RoomVersionRules): boolean {
  const rule = state.joinRule().value
  return (auth.restrictedJoins && rule === 'restricted') || (auth.knockRestricted && rule === 'knock_restricted')
}

/** The rooms of which one must have the user as a member. Conditions of a kind that is not known count as none. */
export function conditionRooms(joinRules: RoomEvent | undefined): string[] {
  const allow = joinRules?.content['allow']
  if (!Array.isArray(allow)) return []
  const rooms = new Set<string>()
  for (const condition of allow) {
    if (!isJsonObject(condition) || condition['type'] !== 'm.room_membership') continue
    const roomId = condition['room_id']
    if (typeof roomId === 'string') rooms.add(roomId)
  }
  return [...rooms]
}

/** Looks at the conditions, in their order, for a user who is neither joined nor invited. */
export async function restrictedJoin(userId: UserId, room: RestrictedJoinRoom): Promise<RestrictedJoin> {
  let resident = true
  for (const roomId of conditionRooms(room.state.joinRule().event)) {
    const joined = await room.isJoinedIn(roomId, userId)
    if (joined === true) return { resident, allowed: true, authorisedVia: await authoriser(room) }
    resident &&= joined !== undefined
  }
  return { resident, allowed: false, authorisedVia: undefined }
}

/**
 * The user of this server with the most power who may invite; the first by code point of equals. Those who have a level are few; only
 * where everyone may invite are the others looked at.
 */
async function authoriser(room: RestrictedJoinRoom): Promise<UserId | undefined> {
  const { state } = room
  const needed = state.levelFor('invite')
  const mayInvite = (userId: string) => state.powerLevelOf(userId) >= needed
  const candidates = usersWithPower(state).filter(user => room.isLocal(user) && mayInvite(user))
  for (const candidate of candidates) if (await room.isJoined(candidate)) return candidate
  const anyone = await room.anyLocalMember()
  return anyone !== undefined && mayInvite(anyone) ? anyone : undefined
}

function usersWithPower(state: AuthState): UserId[] {
  const create = state.create()
  const creators = create === undefined ? [] : [roomCreator(create), ...additionalCreators(create)]
  const named = state.powerLevels()?.users.keys() ?? []
  const users = [...new Set([...creators, ...named])].filter(isUserId)
  const power = new Map(users.map(user => [user, state.powerLevelOf(user)]))
  return users.sort((a, b) => {
    const [ofA = 0, ofB = 0] = [power.get(a), power.get(b)]
    return ofA === ofB ? codePointCompare(a, b) : ofA > ofB ? -1 : 1
  })
}
