/**
 * A space and what is below it, depth first, as a user or a server may see it. Client-server API, "GET /hierarchy"; server-server
 * API, "GET /hierarchy".
 */
import { compareSpaceChildren, isJsonObject, isSpaceChild, type RoomEvent, serversOfChild } from '@neurite/protocol'
import { noSuchRoom, type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { currentState, type FoundRoom, findRoom } from './find-room.ts'
import { pageLimit } from './pages.ts'
import { mayKnow } from './room-access.ts'
import { type RoomSummary, summaryOf } from './room-summary.ts'
import { eventsOfTypes } from './state-entries.ts'

type Request = RequestTo<'queryRoomHierarchy'>
type Response = ResponseFrom<'queryRoomHierarchy'>
type Child = Response['rooms'][number]['children'][number]

/** How deep a walk goes where the caller names no depth: spaces of spaces have a handful. */
const defaultDepth = 50
/** Rooms that one walk looks at: what is beyond them is not found from the root. */
const maxRooms = 5_000

interface Visit {
  readonly roomId: string
  readonly depth: number
  readonly via: readonly string[]
}

/** @throws {RoomServerError} `M_NOT_FOUND`, `M_FORBIDDEN` where the asker may not know of the root, `M_INVALID_PARAM` */
export async function roomHierarchy(request: Request, context: QueryContext): Promise<Response> {
  const { roomId, suggestedOnly = false, maxDepth = defaultDepth } = request
  const start = startOf(request)
  const limit = pageLimit(request)
  const rooms: Response['rooms'] = []
  const inaccessible: string[] = []
  const unknown: Response['unknown'] = []
  const seen = new Set<string>()
  /** What is to be visited, the next one last. */
  const open: Visit[] = [{ roomId, depth: 0, via: [] }]
  let at = 0
  for (; open.length > 0 && at < maxRooms && rooms.length < limit; at++, await context.yieldNow()) {
    const visit = open.pop() as Visit
    seen.add(visit.roomId)
    const found = await look(visit, request, context)
    if (found === 'unknown' || found === 'inaccessible') {
      if (at === 0) throw refusedRoot(found, request)
      if (at >= start && found === 'inaccessible') inaccessible.push(visit.roomId)
      if (at >= start && found === 'unknown') unknown.push({ roomId: visit.roomId, via: [...visit.via] })
      dropSeen(open, seen)
      continue
    }
    const children = found.children.filter(({ content }) => !suggestedOnly || content['suggested'] === true)
    if (visit.depth < maxDepth)
      for (const { stateKey, content } of children.toReversed())
        open.push({ roomId: stateKey, depth: visit.depth + 1, via: serversOfChild(content) })
    if (at >= start) rooms.push({ room: found.room, depth: visit.depth, children })
    dropSeen(open, seen)
  }
  return { rooms, inaccessible, unknown, ...(open.length > 0 && at < maxRooms ? { next: String(at) } : {}) }
}

/** A room in several spaces is visited where the walk comes upon it first. */
function dropSeen(open: Visit[], seen: ReadonlySet<string>): void {
  for (let last = open.at(-1); last !== undefined && seen.has(last.roomId); last = open.at(-1)) open.pop()
}

/** The walk is the same each time, so a place in it is a number: what was visited before it is walked over again. */
function startOf({ after }: Request): number {
  if (after === undefined) return 0
  if (/^\d{1,9}$/.test(after)) return Number(after)
  throw new RoomServerError('M_INVALID_PARAM', `${JSON.stringify(after)} is no place in this hierarchy`)
}

function refusedRoot(why: 'unknown' | 'inaccessible', { roomId, userId, server }: Request): RoomServerError {
  if (why === 'unknown') return noSuchRoom(roomId)
  return new RoomServerError('M_FORBIDDEN', `${userId ?? server ?? 'the asker'} may not know of room ${roomId}`)
}

async function look(
  { roomId }: Visit,
  request: Request,
  context: QueryContext,
): Promise<{ readonly room: RoomSummary; readonly children: readonly Child[] } | 'unknown' | 'inaccessible'> {
  const room = await findRoom(roomId, context)
  if (room === undefined || !(await isHere(room, context))) return 'unknown'
  const view = await currentState(room, context)
  const summary = await summaryOf(room, view, context)
  if (!(await mayKnow(request, room, summary, context))) return 'inaccessible'
  if (summary.roomType !== 'm.space') return { room: summary, children: [] }
  const nids = await eventsOfTypes(['m.space.child'], view, context)
  const children = [...(await context.events.load(nids)).values()].map(childInfo).filter(isSpaceChild)
  return { room: summary, children: children.sort(compareSpaceChildren) }
}

/** A room that all local users have left is as others knew it then: they are to be asked. */
async function isHere({ row }: FoundRoom, { reader, serverName }: QueryContext): Promise<boolean> {
  return row.joinedMembers === 0 || (await reader.joinedMembersOfServer(row.room, serverName)) > 0
}

function childInfo({ stateKey = '', sender, originServerTs, content }: RoomEvent): Child {
  const known = isJsonObject(content) ? (content as Record<string, unknown>) : {}
  return { stateKey, sender, originServerTs: Number(originServerTs), content: known }
}
