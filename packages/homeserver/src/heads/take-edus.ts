/**
 * What other servers tell that is no event, taken into the client head. What a server says of users that are not its own is left out, and
 * so is what makes no sense: EDUs may be lost. Server-server API, "EDUs".
 */
import { belongsTo, isJsonObject, isUserId, type JsonObject, type JsonValue, type UserId } from '@neurite/protocol'
import type { ClientContext } from '../client/index.ts'
import { deliver } from '../client/to-device/deliver.ts'
import type { IncomingEdu } from '../federation/incoming/index.ts'
import { RecentMessages } from './recent-messages.ts'

/** Milliseconds: a server tells again that its user still types, well before. Server-server API, "Typing Notifications". */
const typingTimeout = 45_000

type Take = (edu: IncomingEdu) => Promise<void> | void

export function takeEdus(context: ClientContext): Take {
  const recent = new RecentMessages()
  const takers: Readonly<Record<string, Take>> = {
    'm.typing': edu => takeTyping(edu, context),
    'm.receipt': edu => takeReceipts(edu, context),
    'm.presence': edu => takePresence(edu, context),
    'm.direct_to_device': edu => takeToDevice(edu, recent, context),
    'm.device_list_update': edu => takeKeyChange(edu, context),
    'm.signing_key_update': edu => takeKeyChange(edu, context),
  }
  return edu => takers[edu.type]?.(edu)
}

/** A user of the server that speaks. */
function userOf(value: JsonValue | undefined, { origin }: IncomingEdu): UserId | undefined {
  return typeof value === 'string' && isUserId(value) && belongsTo(value, origin) ? value : undefined
}

async function takeTyping(edu: IncomingEdu, { typing, roomServer }: ClientContext): Promise<void> {
  const { room_id: roomId, typing: isTyping } = edu.content
  const userId = userOf(edu.content['user_id'], edu)
  if (typeof roomId !== 'string' || userId === undefined || typeof isTyping !== 'boolean') return
  const { roomExists, joined } = await roomServer.queryServerJoinedToRoom({ server: edu.origin, roomId })
  if (roomExists && joined) typing.set(roomId, userId, isTyping ? typingTimeout : undefined)
}

async function takeReceipts(edu: IncomingEdu, { tables, streams, runtime, roomServer }: ClientContext): Promise<void> {
  for (const [roomId, types] of Object.entries(edu.content)) {
    const read = isJsonObject(types) ? types['m.read'] : undefined
    if (!isJsonObject(read)) continue
    const { joined } = await roomServer.queryServerJoinedToRoom({ server: edu.origin, roomId })
    if (!joined) continue
    const receipts = Object.entries(read).flatMap(([user, receipt]) => {
      const userId = userOf(user, edu)
      const { event_ids: eventIds, data } = isJsonObject(receipt) ? receipt : {}
      const eventId = Array.isArray(eventIds) ? eventIds[0] : undefined
      if (userId === undefined || typeof eventId !== 'string') return []
      const { ts, thread_id: thread } = isJsonObject(data) ? data : {}
      const at = typeof ts === 'number' ? ts : runtime.clock.now()
      const threadId = typeof thread === 'string' ? thread : undefined
      return [tables.receipts.set({ roomId, userId, type: 'm.read', threadId, eventId, at })]
    })
    if (receipts.length > 0) await streams.write({ receipts: [roomId] }, ...receipts)
  }
}

function takePresence(edu: IncomingEdu, { presence, runtime }: ClientContext): void {
  const { push } = edu.content
  for (const entry of Array.isArray(push) ? push : []) {
    if (!isJsonObject(entry)) continue
    const userId = userOf(entry['user_id'], edu)
    const { presence: state, status_msg: message, last_active_ago: ago } = entry
    if (userId === undefined || (state !== 'online' && state !== 'offline' && state !== 'unavailable')) continue
    const activeAt = runtime.clock.now() - (typeof ago === 'number' ? Math.max(0, ago) : 0)
    presence.set(userId, state, typeof message === 'string' ? message : undefined, activeAt)
  }
}

async function takeToDevice(edu: IncomingEdu, recent: RecentMessages, context: ClientContext): Promise<void> {
  const { type, message_id: messageId, messages } = edu.content
  const sender = userOf(edu.content['sender'], edu)
  if (sender === undefined || typeof type !== 'string' || !isJsonObject(messages)) return
  if (typeof messageId === 'string' && !recent.isNew(`${edu.origin} ${messageId}`)) return
  const of = Object.entries(messages).flatMap(([userId, byDevice]): [UserId, JsonObject][] =>
    isUserId(userId) && belongsTo(userId, context.serverName) && isJsonObject(byDevice) ? [[userId, byDevice]] : [],
  )
  await deliver(context, { sender, type, of })
}

/**
 * Keys of users elsewhere are asked for when they are needed: that they are others now is all there is to note. A device without keys is
 * none that anybody could send anything to: that there is one, or what it is called, changes no keys.
 */
async function takeKeyChange(edu: IncomingEdu, { tables, streams }: ClientContext): Promise<void> {
  const { user_id: user, keys, deleted } = edu.content
  const userId = userOf(user, edu)
  if (edu.type === 'm.device_list_update' && keys === undefined && deleted !== true) return
  if (userId !== undefined) await streams.write({ device_lists: [userId] }, tables.deviceKeys.changed(userId))
}
