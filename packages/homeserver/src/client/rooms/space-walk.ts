/**
 * The way through a space, depth first: rooms that are here as the room server shows them, others as servers in them do. Client-server
 * API, "GET /hierarchy".
 */
import {
  compareSpaceChildren,
  isSpaceChild,
  type ServerName,
  type SpaceChild,
  serversOfChild,
  type UserId,
} from '@neurite/protocol'
import { RoomServerError } from '@neurite/roomserver/api'
import type { ClientContext } from '../context.ts'
import { notFound } from '../errors.ts'
import { mayKnowOther } from './other-rooms.ts'
import { chunkOf, type RoomChunk } from './room-chunk.ts'

export interface SpaceWish {
  readonly roomId: string
  readonly userId: UserId
  readonly suggestedOnly: boolean
  readonly maxDepth: number
  /** Rooms of one page. */
  readonly limit: number
  /** How many rooms were visited before: the walk is the same each time, so that is a place in it. */
  readonly from: number
  /** Cuts the asking of other servers short. */
  readonly signal: AbortSignal
}

/** An `m.space.child` event. */
export interface ChildEvent extends SpaceChild {
  readonly sender: string
}

export interface SpaceRoom {
  readonly chunk: RoomChunk
  readonly children: readonly ChildEvent[]
}

/** Rooms that one walk looks at: what is beyond them is not found from the root. */
const maxRooms = 5_000
/** Rooms that other servers are asked for in one walk; what is beyond them shows as far as others have told of it. */
const maxAsked = 100

interface Visit {
  readonly roomId: string
  readonly depth: number
  readonly via: readonly ServerName[]
}

/** @returns a page of the rooms that the user may know of, and where the next begins; @throws {ClientError | RoomServerError} for the root */
export async function walkSpace(
  context: ClientContext,
  wish: SpaceWish,
): Promise<{ readonly rooms: readonly SpaceRoom[]; readonly next: number | undefined }> {
  const walk = new Walk(context, wish)
  const rooms: SpaceRoom[] = []
  const seen = new Set<string>()
  /** What is to be visited, the next one last. */
  const open: Visit[] = [{ roomId: wish.roomId, depth: 0, via: [] }]
  let visited = 0
  for (; open.length > 0 && visited < maxRooms && rooms.length < wish.limit; visited++) {
    const visit = open.pop() as Visit
    seen.add(visit.roomId)
    const found = await walk.look(visit)
    if (found === undefined && visited === 0) throw notFound(`room ${wish.roomId} is not known here`)
    if (found !== undefined) {
      const children = found.children.filter(({ content }) => !wish.suggestedOnly || content['suggested'] === true)
      if (visit.depth < wish.maxDepth)
        for (const { stateKey, content } of children.toReversed())
          open.push({ roomId: stateKey, depth: visit.depth + 1, via: serversOfChild(content) })
      if (visited >= wish.from) rooms.push({ chunk: found.chunk, children })
    }
    // A room in several spaces is visited where the walk comes upon it first.
    for (let last = open.at(-1); last !== undefined && seen.has(last.roomId); last = open.at(-1)) open.pop()
  }
  return { rooms, next: open.length > 0 && visited < maxRooms ? visited : undefined }
}

class Walk {
  readonly #context: ClientContext
  readonly #wish: SpaceWish
  /** What was told of children of rooms elsewhere. */
  readonly #told = new Map<string, RoomChunk>()
  #asked = 0

  constructor(context: ClientContext, wish: SpaceWish) {
    this.#context = context
    this.#wish = wish
  }

  /** @returns undefined where nothing is known of the room, or the user may not know it. @throws {RoomServerError} for the root */
  async look(visit: Visit): Promise<SpaceRoom | undefined> {
    const { roomServer } = this.#context
    const { roomId, depth } = visit
    try {
      const { rooms } = await roomServer.queryRoomHierarchy({
        ...{ roomId, userId: this.#wish.userId, maxDepth: 0, limit: 1 },
      })
      return rooms[0] && { chunk: chunkOf(rooms[0].room), children: rooms[0].children }
    } catch (error) {
      if (!(error instanceof RoomServerError) || depth === 0) throw error
      return error.errcode === 'M_NOT_FOUND' ? this.#lookElsewhere(visit) : undefined
    }
  }

  async #lookElsewhere({ roomId, via }: Visit): Promise<SpaceRoom | undefined> {
    const told = this.#told.get(roomId)
    const found = told === undefined || told.room_type === 'm.space' ? await this.#ask(roomId, via) : undefined
    const chunk = found?.chunk ?? told
    if (chunk === undefined || !(await this.#mayKnow(chunk))) return undefined
    const children = (found?.children ?? []).map(({ state_key: stateKey, sender, origin_server_ts, content }) => ({
      ...{ stateKey, sender, originServerTs: origin_server_ts, content },
    }))
    return { chunk, children: children.filter(isSpaceChild).sort(compareSpaceChildren) }
  }

  async #ask(roomId: string, via: readonly ServerName[]) {
    const { otherRooms, serverName } = this.#context
    const { suggestedOnly, signal } = this.#wish
    if (this.#asked++ >= maxAsked) return undefined
    const servers = via.filter(server => server !== serverName)
    const found = await otherRooms.find(roomId, servers, suggestedOnly, signal)
    for (const child of found?.ofChildren ?? []) this.#told.set(child.room_id, child)
    return found
  }

  #mayKnow(chunk: RoomChunk): Promise<boolean> {
    return mayKnowOther(this.#context, this.#wish.userId, chunk)
  }
}
