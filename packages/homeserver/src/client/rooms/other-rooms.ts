/**
 * Rooms that this server is not in, as servers in them tell of them, and whether a user may know of one. What was told is remembered for
 * a while: a hierarchy is asked for page by page. Client-server API, "GET /hierarchy"; server-server API, "Spaces".
 */
import type { ServerName, UserId } from '@neurite/protocol'
import type { Clock } from '@neurite/roomserver/runtime'
import type { ClientContext } from '../context.ts'
import { ClientError } from '../errors.ts'
import type { RemoteChild, RemoteRooms } from '../remote-rooms.ts'
import { chunkOfOther, type RoomChunk } from './room-chunk.ts'

/** A room with the events that name its children, and what was told of these. */
export interface OtherRoom {
  readonly chunk: RoomChunk
  readonly children: readonly RemoteChild[]
  readonly ofChildren: readonly RoomChunk[]
}

interface Remembered {
  readonly room: OtherRoom
  /** Monotonic milliseconds. */
  readonly until: number
}

/** How long what was told counts. Milliseconds: spaces change seldom, and people look at one for some minutes. */
const rememberedFor = 2 * 60 * 1_000
/** Rooms remembered; the oldest go first. */
const maxRemembered = 1_000
/** Servers asked for one room. */
const maxServers = 3

export class OtherRooms {
  readonly #remote: RemoteRooms
  readonly #clock: Clock
  readonly #remembered = new Map<string, Remembered>()

  constructor(remote: RemoteRooms, clock: Clock) {
    this.#remote = remote
    this.#clock = clock
  }

  /** @returns undefined where no server knows the room, or none answers; the signal cuts the asking short */
  async find(
    roomId: string,
    via: readonly ServerName[],
    suggestedOnly: boolean,
    signal: AbortSignal,
  ): Promise<OtherRoom | undefined> {
    const key = `${suggestedOnly} ${roomId}`
    const before = this.#remembered.get(key)
    if (before !== undefined && before.until > this.#clock.monotonic()) return before.room
    const room = await this.#ask(roomId, via, suggestedOnly, signal)
    // What nobody tells now they may tell soon: when one of us has come into a room that lets us in there.
    if (room === undefined) return undefined
    this.#remembered.delete(key)
    this.#remembered.set(key, { room, until: this.#clock.monotonic() + rememberedFor })
    if (this.#remembered.size > maxRemembered) this.#remembered.delete(this.#remembered.keys().next().value as string)
    return room
  }

  async #ask(
    roomId: string,
    via: readonly ServerName[],
    suggestedOnly: boolean,
    signal: AbortSignal,
  ): Promise<OtherRoom | undefined> {
    for (const server of via.slice(0, maxServers)) {
      if (signal.aborted) return undefined
      try {
        const { room, children } = await this.#remote.hierarchy(server, roomId, suggestedOnly, signal)
        const chunk = chunkOfOther(room)
        if (chunk?.room_id !== roomId) continue
        const ofChildren = children.map(chunkOfOther).filter(child => child !== undefined)
        return { chunk, children: room.children_state, ofChildren }
      } catch (error) {
        if (!(error instanceof ClientError)) throw error
      }
    }
    return undefined
  }
}

const openRules: ReadonlySet<string> = new Set(['public', 'knock', 'knock_restricted'])

/**
 * Whether a user may know of a room that is not here: whoever could join it, knock on it or read it. The other server was asked by this
 * one and told what this one may know.
 */
export async function mayKnowOther(
  { roomServer, tables, rooms }: ClientContext,
  userId: UserId,
  { room_id: roomId, join_rule: rule, world_readable: isReadable, allowed_room_ids: allowed = [] }: RoomChunk,
): Promise<boolean> {
  // Servers of old say nothing of the rule, and tell of public rooms only.
  if (isReadable || rule === undefined || openRules.has(rule)) return true
  const membershipIn = (room: string) =>
    tables.roomStates.entryAt(room, 'm.room.member', userId, rooms.position)?.membership
  if (allowed.some(room => membershipIn(room) === 'join')) return true
  const { invites } = await roomServer.queryOutsideInvites({ userId, roomId })
  return invites.some(({ kind }) => kind === 'invite')
}
