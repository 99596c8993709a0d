/**
 * Taking the PDUs of a transaction into their rooms. What is decided soon is answered with its result; what takes longer, since something
 * has to be fetched, is put into the durable queue before the other server is told that it was taken. Server-server API, "PDUs",
 * "Transactions".
 */
import {
  belongsTo,
  type Crypto,
  canonicalJson,
  isJsonObject,
  isRoomId,
  isUserId,
  type JsonObject,
  type JsonValue,
  PduError,
  readPdu,
  rulesOf,
  type ServerName,
} from '@neurite/protocol'
import { type InputItemInfo, type InputResultInfo, RoomServerError } from '@neurite/roomserver/api'
import { DeadlineExceeded, withDeadline } from '@neurite/roomserver/runtime'
import type { IncomingContext } from '../context.ts'
import { badJson } from '../errors.ts'

/** The specification's limit. */
export const maxPdus = 50
/** How long results are waited for. Milliseconds: senders give up after 10 seconds and more. */
const resultsWithin = 4_000

/** By event ID: what is wrong, or nothing. */
export type PduResults = Record<string, { readonly error?: string }>

export async function takePdus(
  pdus: readonly JsonValue[],
  origin: ServerName,
  context: IncomingContext,
): Promise<PduResults> {
  const results: PduResults = {}
  const items: InputItemInfo[] = []
  for (const pdu of pdus) {
    if (!isJsonObject(pdu)) throw badJson('a PDU is no object')
    const roomId = pdu['room_id']
    // The create event of newer rooms names none; nobody is sent it but with the room.
    if (!isRoomId(roomId)) continue
    const roomVersion = await versionOf(roomId, context)
    if (roomVersion === undefined) {
      await takeRescission(pdu, roomId, origin, context)
      continue
    }
    if ((await context.api.queryServerBanned({ roomId, server: origin })).banned)
      note(pdu, roomVersion, `${origin} is refused by the server ACL of ${roomId}`, results, context.crypto)
    else items.push({ kind: 'new', roomId, roomVersion, pdu: canonicalJson(pdu), origin })
  }
  for (const { eventId, error } of await taken(items, context))
    if (eventId !== undefined) results[eventId] = error === undefined ? {} : { error }
  return results
}

/** @returns undefined where the room is not here: such events are passed over, as those of rooms that were left */
async function versionOf(roomId: string, { api }: IncomingContext): Promise<string | undefined> {
  try {
    return (await api.queryRoomVersion({ roomId })).roomVersion
  } catch (error) {
    if (error instanceof RoomServerError && error.errcode === 'M_NOT_FOUND') return undefined
    throw error
  }
}

/** An event of a room that this server is not in may still be about one of its users: their invite is taken back. */
async function takeRescission(
  pdu: JsonObject,
  roomId: string,
  server: ServerName,
  { api, serverName }: IncomingContext,
): Promise<void> {
  const { type, state_key: user } = pdu
  if (type !== 'm.room.member' || !isUserId(user) || !belongsTo(user, serverName)) return
  try {
    await api.performRemoteRescission({ roomId, pdu: canonicalJson(pdu), server })
  } catch (error) {
    // What is no event takes nothing back.
    if (!(error instanceof RoomServerError)) throw error
  }
}

interface Taken {
  readonly eventId: string | undefined
  readonly error?: string
}

async function taken(items: readonly InputItemInfo[], { api, runtime, crypto }: IncomingContext): Promise<Taken[]> {
  if (items.length === 0) return []
  try {
    const { results } = await withDeadline(runtime.timers, resultsWithin, signal =>
      api.inputRoomEvents({ items: [...items], keep: true }, { signal }),
    )
    return results.map(resultOf)
  } catch (error) {
    if (!(error instanceof DeadlineExceeded)) throw error
    // They go on; a crash must not lose them.
    await api.inputRoomEvents({ items: [...items], async: true })
    return items.map(({ pdu, roomVersion }) => ({ eventId: eventIdOf(pdu, roomVersion, crypto) }))
  }
}

/** A rejected event was taken and judged like any other: that is no failure. */
function resultOf({ kind, eventId, reason }: InputResultInfo): Taken {
  if (kind !== 'dropped') return { eventId }
  return { eventId, error: reason?.reason ?? 'it cannot be taken' }
}

function note(pdu: JsonObject, roomVersion: string, error: string, results: PduResults, crypto: Crypto): void {
  const eventId = eventIdOf(canonicalJson(pdu), roomVersion, crypto)
  if (eventId !== undefined) results[eventId] = { error }
}

/** @returns undefined for what is no event: it has no ID */
function eventIdOf(pdu: string, roomVersion: string, crypto: Crypto): string | undefined {
  try {
    return readPdu(pdu, rulesOf(roomVersion), crypto, { longKeys: true }).event.eventId
  } catch (error) {
    if (error instanceof PduError) return undefined
    throw error
  }
}
