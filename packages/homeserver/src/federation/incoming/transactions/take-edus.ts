/**
 * Handing the EDUs of a transaction on. What is about a room whose ACL refuses the server is left out without a word. Server-server API,
 * "EDUs", "Server Access Control Lists (ACLs)".
 */
import { isJsonObject, isRoomId, type JsonObject, type JsonValue, type ServerName } from '@neurite/protocol'
import type { IncomingContext } from '../context.ts'

/** The specification's limit. */
export const maxEdus = 100

export async function takeEdus(
  edus: readonly JsonValue[],
  origin: ServerName,
  context: IncomingContext,
): Promise<void> {
  for (const edu of edus) {
    if (!isJsonObject(edu)) continue
    const { edu_type: type, content } = edu
    if (typeof type !== 'string' || !isJsonObject(content)) continue
    const allowed = await allowedPart(type, content, origin, context)
    if (allowed === undefined) continue
    try {
      await context.receiveEdu({ origin, type, content: allowed })
    } catch (error) {
      // The others are not to be lost for it, and the same again would fail again.
      context.onError(error, `EDU ${type}`)
    }
  }
}

/** What is left of an EDU without the rooms that refuse the server; undefined where that is nothing. */
async function allowedPart(
  type: string,
  content: JsonObject,
  origin: ServerName,
  context: IncomingContext,
): Promise<JsonObject | undefined> {
  if (type === 'm.typing')
    return isRoomId(content['room_id']) && (await isAllowed(content['room_id'], origin, context)) ? content : undefined
  if (type !== 'm.receipt') return content
  const rooms: Record<string, JsonValue> = {}
  for (const [roomId, receipts] of Object.entries(content))
    if (receipts !== undefined && isRoomId(roomId) && (await isAllowed(roomId, origin, context)))
      rooms[roomId] = receipts
  return Object.keys(rooms).length === 0 ? undefined : rooms
}

async function isAllowed(roomId: string, server: ServerName, { api }: IncomingContext): Promise<boolean> {
  return !(await api.queryServerBanned({ roomId, server })).banned
}
