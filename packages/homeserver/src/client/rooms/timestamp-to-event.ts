/**
 * GET /rooms/{roomId}/timestamp_to_event. Where the timeline here is not whole at that moment another server may know of an event that is
 * nearer. Client-server API, "Getting events for a room"; server-server API, "Backfilling and retrieving missing events".
 */
import type { ServerName } from '@neurite/protocol'
import { RoomServerError } from '@neurite/roomserver/api'
import { Type } from 'typebox'
import type { ClientContext } from '../context.ts'
import { endpoint, v1 } from '../endpoint.ts'
import { ClientError, notFound } from '../errors.ts'
import type { EventNear } from '../remote-rooms.ts'
import { viewOf } from './room-view.ts'
import { direction } from './schemas.ts'

/** Servers asked for one request: those with most members in the room. */
const maxServers = 3
/** How long they may take together. Milliseconds: somebody waits. */
const serversWithin = 10_000
/** History fetched along with an event that was not here, so that the client can look around there. */
const historyAlong = 50

export const timestampToEvent = endpoint(
  {
    method: 'GET',
    at: v1,
    path: '/rooms/{roomId}/timestamp_to_event',
    access: 'user',
    query: Type.Object({ ts: Type.Integer({ minimum: 0 }), dir: direction }),
    response: Type.Object({ event_id: Type.String(), origin_server_ts: Type.Integer() }),
  },
  async ({ context, caller, parameters, query, request }) => {
    const { roomId } = parameters
    await viewOf(context, roomId, caller.userId)
    const moment: Moment = { roomId, timestamp: query.ts, direction: query.dir }
    const here = await nearestHere(context, moment)
    const elsewhere = mayLackNearer(context, moment, here)
      ? await nearestElsewhere(context, moment, request.signal)
      : undefined
    const nearest = nearer(moment, here, elsewhere)
    if (nearest === undefined) throw notFound(`room ${roomId} has no event ${words[query.dir]} ${query.ts}`)
    return { event_id: nearest.eventId, origin_server_ts: nearest.timestamp }
  },
)

interface Moment {
  readonly roomId: string
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly direction: 'f' | 'b'
}

const words = { f: 'at or after', b: 'at or before' } as const

async function nearestHere({ roomServer }: ClientContext, moment: Moment): Promise<EventNear | undefined> {
  try {
    return await roomServer.queryEventNearTime({
      ...{ roomId: moment.roomId, timestamp: moment.timestamp },
      direction: moment.direction === 'f' ? 'forwards' : 'backwards',
    })
  } catch (error) {
    if (error instanceof RoomServerError && error.errcode === 'M_NOT_FOUND') return undefined
    throw error
  }
}

/** Whether there is a gap between the moment and what was found: before that event, or where it was looked for backwards after it. */
function mayLackNearer({ tables }: ClientContext, { roomId, direction }: Moment, here: EventNear | undefined): boolean {
  const { timeline } = tables
  if (here === undefined) return timeline.afterGaps(roomId).length > 0
  const row = timeline.find(roomId, here.eventId)
  if (row === undefined) return false
  if (direction === 'f') return row.isAfterGap
  return timeline.forwards(roomId, row.position, Number.MAX_SAFE_INTEGER, 1)[0]?.isAfterGap === true
}

/** What the first server that knows one says; the event is fetched, with some of what was before it. */
async function nearestElsewhere(
  context: ClientContext,
  moment: Moment,
  given: AbortSignal,
): Promise<EventNear | undefined> {
  const { roomServer, remoteRooms, tables } = context
  const { roomId, timestamp, direction } = moment
  const signal = AbortSignal.any([given, AbortSignal.timeout(serversWithin)])
  for (const server of await serversIn(context, roomId))
    try {
      const found = await remoteRooms.eventNear(server, roomId, timestamp, direction, signal)
      if (found === undefined || isBeyond(found, moment)) continue
      if (tables.timeline.find(roomId, found.eventId) !== undefined) return found
      const fetched = await roomServer.performBackfill({ roomId, before: [found.eventId], limit: historyAlong })
      if (fetched.eventIds.includes(found.eventId)) return found
    } catch (error) {
      if (!(error instanceof ClientError || error instanceof RoomServerError)) throw error
      if (signal.aborted) return undefined
    }
  return undefined
}

/** Whether it lies on the wrong side of the moment. */
function isBeyond(found: EventNear, { timestamp, direction }: Moment): boolean {
  return direction === 'f' ? found.timestamp < timestamp : found.timestamp > timestamp
}

async function serversIn({ roomServer, serverName }: ClientContext, roomId: string): Promise<ServerName[]> {
  const { servers } = await roomServer.queryJoinedHosts({ roomId })
  return servers
    .filter(({ server }) => server !== serverName)
    .sort((a, b) => b.members - a.members)
    .slice(0, maxServers)
    .map(({ server }) => server as ServerName)
}

function nearer(
  { timestamp }: Moment,
  here: EventNear | undefined,
  elsewhere: EventNear | undefined,
): EventNear | undefined {
  if (here === undefined || elsewhere === undefined) return here ?? elsewhere
  return Math.abs(elsewhere.timestamp - timestamp) < Math.abs(here.timestamp - timestamp) ? elsewhere : here
}
