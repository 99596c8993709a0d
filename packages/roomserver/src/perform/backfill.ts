/**
 * Fetching history of a room from other servers: events before those that are here, which are taken as old ones. Server-server API,
 * "Backfilling and retrieving missing events".
 */
import { type EventId, type RoomId, rulesOf, type ServerName } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { inOrder, prevReferences, readFetched } from '../input/fetch/fetched-events.ts'
import type { InputItem } from '../input/item.ts'
import type { PerformContext } from './context.ts'
import { otherServers } from './names.ts'
import { askInTurn, UnusableAnswer } from './remote/ask-in-turn.ts'
import { existingRoom, type FoundRoom } from './room-state.ts'

/** Events looked through for the oldest, where the caller names none. */
const maxLookedThrough = 1_000
/** Servers in the room that are considered. */
const maxServers = 20

export async function backfill(
  { roomId, before, limit }: RequestTo<'performBackfill'>,
  context: PerformContext,
): Promise<ResponseFrom<'performBackfill'>> {
  const { peers, crypto, input } = context
  const room = await existingRoom(roomId, context)
  const from = before ?? (await oldestEvents(room, context))
  if (from.length === 0) return { eventIds: [], more: false }
  const wish = `history of ${roomId}`
  if (peers === undefined) throw new RoomServerError('M_UNREACHABLE', `${wish}: no other server can be asked`)
  const { roomVersion } = room.row
  let somebodyAnswered = false
  const ask = async (server: ServerName): Promise<InputItem[]> => {
    const pdus = await peers.backfill(server, roomId as RoomId, from as EventId[], limit)
    somebodyAnswered = true
    const fetched = readFetched(pdus, roomId, rulesOf(roomVersion), crypto, pdus.length)
    const stored = await placed(room, [...fetched.keys()], context)
    const isNew = inOrder(fetched, prevReferences).filter(({ event }) => !stored.has(event.eventId))
    // A server that came into the room late may have nothing from before.
    if (isNew.length === 0) throw new UnusableAnswer(server, 'it has no history that is not here')
    return isNew.map(({ pdu }) => ({ kind: 'old', roomId, roomVersion, pdu, origin: server }))
  }
  let items: InputItem[]
  try {
    items = await askInTurn(await servers(room, context), wish, ask)
  } catch (error) {
    if (somebodyAnswered && error instanceof RoomServerError) return { eventIds: [], more: false }
    throw error
  }
  const results = await input.receive(items)
  const eventIds = results.flatMap(({ kind, eventId }) =>
    kind === 'accepted' && eventId !== undefined ? [eventId] : [],
  )
  return { eventIds, more: eventIds.length > 0 }
}

/** Servers in the room, those with most members first: they are likely to have its history. */
async function servers({ row }: FoundRoom, { storage, serverName }: PerformContext): Promise<ServerName[]> {
  const found = await storage.reader.joinedServers(row.room, '', 1_000)
  const byMembers = [...found].sort((a, b) => b.members - a.members)
  return otherServers(
    byMembers.map(({ server }) => server),
    serverName,
  ).slice(0, maxServers)
}

/** The oldest events of what is here: those that build on some which are not. */
async function oldestEvents({ row }: FoundRoom, { storage, events }: PerformContext): Promise<string[]> {
  const { reader } = storage
  const rows = (await reader.eventsOfRoom(row.room, 0, maxLookedThrough)).filter(({ outlier }) => !outlier)
  const loaded = await events.load(rows.map(({ event }) => event))
  const named = new Set([...loaded.values()].flatMap(({ prevEvents }) => prevEvents))
  const known = await placed({ row }, [...named], { storage })
  return [...loaded.values()].flatMap(({ eventId, prevEvents }) =>
    prevEvents.some(prev => !known.has(prev)) ? [eventId] : [],
  )
}

/** Those of some events that have their place in the graph here: outliers, such as the state that a join brought, have none yet. */
async function placed(
  { row }: Pick<FoundRoom, 'row'>,
  eventIds: readonly string[],
  { storage }: Pick<PerformContext, 'storage'>,
): Promise<Set<string>> {
  const nids = await storage.reader.eventNids(row.room, eventIds)
  const rows = await storage.reader.events([...nids.values()])
  return new Set(rows.flatMap(({ eventId, outlier }) => (outlier ? [] : [eventId])))
}
