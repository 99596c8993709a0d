/**
 * GET /rooms/{roomId}/state, and GET and PUT of one entry of it. Client-server API, "Getting events for a room", "Sending events to a
 * room".
 */
import { Type } from 'typebox'
import { timestampOf, withTimestamp } from '../application-services/timestamp.ts'
import type { Caller } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { notFound } from '../errors.ts'
import { clientEvents } from '../events/client-event.ts'
import { loadEvents } from '../events/load-events.ts'
import { anyObject } from '../schemas.ts'
import { checkCanonicalAlias } from './canonical-alias.ts'
import { viewOf } from './room-view.ts'
import { clientEvent, sent } from './schemas.ts'

export const wholeState = endpoint(
  { method: 'GET', at: v3, path: '/rooms/{roomId}/state', access: 'user', response: Type.Array(clientEvent) },
  async ({ context, caller, parameters }) => {
    const { roomId } = parameters
    const { upTo } = await viewOf(context, roomId, caller.userId)
    const entries = context.tables.roomStates.at(roomId, upTo)
    const eventIds = entries.map(({ eventId }) => eventId)
    return (await clientEvents(context, roomId, eventIds, caller)) as never
  },
)

const format = Type.Object({ format: Type.Optional(Type.Union([Type.Literal('content'), Type.Literal('event')])) })
const withKey = '/rooms/{roomId}/state/{eventType}/{stateKey}'
/** Where the state key is empty it may be left out, with its slash or without. */
const withoutKey = '/rooms/{roomId}/state/{eventType}'

const getData = { method: 'GET', at: v3, access: 'user', query: format, response: anyObject } as const

export const stateEntry = endpoint({ ...getData, path: withKey }, ({ context, caller, parameters, query }) =>
  readEntry(context, caller, parameters, query.format),
)

export const stateEntryWithoutKey = endpoint(
  { ...getData, path: withoutKey },
  ({ context, caller, parameters, query }) => readEntry(context, caller, { ...parameters, stateKey: '' }, query.format),
)

interface Entry {
  readonly roomId: string
  readonly eventType: string
  readonly stateKey: string
}

async function readEntry(
  context: ClientContext,
  caller: Caller,
  { roomId, eventType, stateKey }: Entry,
  wanted: 'content' | 'event' | undefined,
): Promise<Record<string, unknown>> {
  const { upTo } = await viewOf(context, roomId, caller.userId)
  const entry = context.tables.roomStates.entryAt(roomId, eventType, stateKey, upTo)
  if (entry === undefined) throw notFound(`room ${roomId} has no ${eventType} ${JSON.stringify(stateKey)} in its state`)
  if (wanted === 'event') {
    const [event] = await clientEvents(context, roomId, [entry.eventId], caller)
    return { ...event }
  }
  const event = (await loadEvents(context, roomId, [entry.eventId])).get(entry.eventId)
  return { ...event?.content }
}

const putData = {
  method: 'PUT',
  at: v3,
  access: 'user',
  notWhileSuspended: true,
  query: Type.Object(withTimestamp),
  body: anyObject,
  response: sent,
} as const

export const setStateEntry = endpoint({ ...putData, path: withKey }, ({ context, caller, parameters, query, body }) =>
  writeEntry(context, caller, parameters, body, query),
)

export const setStateEntryWithoutKey = endpoint(
  { ...putData, path: withoutKey },
  ({ context, caller, parameters, query, body }) =>
    writeEntry(context, caller, { ...parameters, stateKey: '' }, body, query),
)

async function writeEntry(
  context: ClientContext,
  caller: Caller,
  { roomId, eventType: type, stateKey }: Entry,
  content: Record<string, unknown>,
  query: { readonly ts?: number | undefined },
): Promise<{ event_id: string }> {
  if (type === 'm.room.canonical_alias') await checkCanonicalAlias(context, roomId, content)
  const { userId: sender } = caller
  const event = { type, stateKey, sender, content: ofTheSender(type, content), ...timestampOf(caller, query) }
  const { eventId } = await context.roomServer.performSend({ roomId, event, unlessSame: true })
  return { event_id: eventId }
}

/** By whose authority a user is in a restricted room is the server’s to say; who is in it already needs nobody’s. */
function ofTheSender(type: string, content: Record<string, unknown>): Record<string, unknown> {
  if (type !== 'm.room.member' || content['membership'] !== 'join') return content
  const { join_authorised_via_users_server: _, ...rest } = content
  return rest
}
