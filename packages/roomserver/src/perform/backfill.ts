/**
 * Fetching history of a room from other servers: events before those that are here, which are taken as old ones. Server-server API,
 * "Backfilling and retrieving missing events".
 */
import type { EventId, RoomId, ServerName } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { Breathing } from '../input/breathing.ts'
import { inOrder, leadingTo, prevReferences, readFetched } from '../input/fetch/fetched-events.ts'
import type { InputItem } from '../input/item.ts'
import type { PerformContext } from './context.ts'
import { otherServers } from './names.ts'
import { askInTurn, UnusableAnswer } from './remote/ask-in-turn.ts'
import type { RemoteContext } from './remote/context.ts'
import { existingRoom, type FoundRoom } from './room-state.ts'

/** Events looked through for the oldest, where the caller names none. */
const maxLookedThrough = 1_000
/** Servers in the room that are considered. */
const maxServers = 20

export async function backfill(
  { roomId, before, limit }: RequestTo<'performBackfill'>,
  context: PerformContext,
): Promise<ResponseFrom<'performBackfill'>> {
  const { peers, input } = context
  const room = await existingRoom(roomId, context)
  const from = before ?? (await oldestEvents(room, context))
  if (from.length === 0) return { eventIds: [], more: false }
  const wish = `history of ${roomId}`
  if (peers === undefined) throw new RoomServerError('M_UNREACHABLE', `${wish}: no other server can be asked`)
  const [oldest, ...others] = await askForHistory(room, from, limit, wish, { ...context, peers })
  if (oldest === undefined) return { eventIds: [], more: false }
  // Where nobody tells the state before the oldest, there is none for all that builds on it either.
  const results = await input.receive([oldest])
  if (results[0]?.kind !== 'waiting') results.push(...(await input.receive(others)))
  const eventIds = results.flatMap(({ kind, eventId }) =>
    kind === 'accepted' && eventId !== undefined ? [eventId] : [],
  )
  return { eventIds, more: eventIds.length > 0 }
}

/** @returns none where servers answer and have none. @throws {RoomServerError} where none answers */
async function askForHistory(
  room: FoundRoom,
  from: readonly string[],
  limit: number,
  wish: string,
  context: RemoteContext,
): Promise<InputItem[]> {
  let someoneHasNone = false
  const ask = async (server: ServerName) => {
    const answer = await context.peers.backfill(server, room.row.roomId as RoomId, from as EventId[], limit)
    // The answer may have the events that it begins at, too.
    const items = await history(room, { server, from, pdus: answer.slice(0, limit + from.length) }, context)
    someoneHasNone ||= items.length === 0
    if (items.length === 0) throw new UnusableAnswer(server, 'no history that is not here')
    return items
  }
  try {
    return await askInTurn(await servers(room, context), wish, ask)
  } catch (error) {
    if (!someoneHasNone || !(error instanceof RoomServerError)) throw error
    return []
  }
}

interface HistoryAnswer {
  readonly server: ServerName
  readonly from: readonly string[]
  readonly pdus: readonly string[]
}

/** What there is of use in an answer, oldest first: events that lead to those that were named, and have no place in the graph here. */
async function history(
  room: FoundRoom,
  { server, from, pdus }: HistoryAnswer,
  context: PerformContext,
): Promise<InputItem[]> {
  const { roomId, roomVersion } = room.row
  const breathing = new Breathing(context.runtime)
  const pause = () => breathing.pause()
  const fetched = await readFetched(pdus, { roomId, rules: room.rules, crypto: context.crypto, pause }, pdus.length)
  const nids = await context.storage.reader.eventNids(room.row.room, from)
  const named = [...(await context.events.load([...nids.values()])).values()]
  const connected = leadingTo([...from, ...named.flatMap(({ prevEvents }) => prevEvents)], fetched)
  const stored = await placed(room, [...connected.keys()], context)
  const ordered = await inOrder(connected, prevReferences, pause)
  return ordered
    .filter(({ event }) => !stored.has(event.eventId))
    .map(({ pdu }) => ({ kind: 'old', roomId, roomVersion, pdu, origin: server }))
}

/** Servers in the room, those with most members first: they are likely to have its history. Last those that did not answer lately. */
async function servers({ row }: FoundRoom, { storage, selection, serverName }: PerformContext): Promise<ServerName[]> {
  const found = await storage.reader.joinedServers(row.room, '', 1_000)
  const byMembers = otherServers(
    [...found].sort((a, b) => b.members - a.members).map(({ server }) => server),
    serverName,
  )
  const answering = selection.order({ first: byMembers.slice(0, maxServers), others: [] })
  return [...new Set([...answering, ...byMembers])].slice(0, maxServers)
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
