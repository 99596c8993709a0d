/**
 * POST /rooms/{roomId}/receipt/{receiptType}/{eventId} and POST /rooms/{roomId}/read_markers. Client-server API, "Receipts", "Read and
 * unread markers".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { invalidParameter } from '../errors.ts'
import { empty } from '../schemas.ts'
import { type Marker, type MarkerType, markRead } from './mark-read.ts'
import { mustBeJoined } from './must-be-joined.ts'

const types: readonly string[] = ['m.read', 'm.read.private', 'm.fully_read']

export const receipt = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/rooms/{roomId}/receipt/{receiptType}/{eventId}',
    access: 'user',
    body: Type.Object({ thread_id: Type.Optional(Type.String()) }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const { roomId, receiptType: type, eventId } = parameters
    const { thread_id: threadId } = body
    if (!types.includes(type)) throw invalidParameter(`there are no receipts ${type}`)
    if (threadId === '') throw invalidParameter('thread_id is empty')
    if (threadId !== undefined && type === 'm.fully_read') throw invalidParameter(`${type} is of no thread`)
    await mustBeJoined(context, roomId, caller.userId)
    await context.rooms.catchUp()
    await markRead(context, caller, roomId, [{ type: type as MarkerType, eventId, threadId }])
    return {}
  },
)

export const readMarkers = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/rooms/{roomId}/read_markers',
    access: 'user',
    body: Type.Object({
      'm.fully_read': Type.Optional(Type.String()),
      'm.read': Type.Optional(Type.String()),
      'm.read.private': Type.Optional(Type.String()),
    }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const { roomId } = parameters
    await mustBeJoined(context, roomId, caller.userId)
    await context.rooms.catchUp()
    const markers = Object.entries(body)
      .filter(([type]) => types.includes(type))
      .map(([type, eventId]): Marker => ({ type: type as MarkerType, eventId: `${eventId}`, threadId: undefined }))
    if (markers.length > 0) await markRead(context, caller, roomId, markers)
    return {}
  },
)
