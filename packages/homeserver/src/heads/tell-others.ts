/**
 * What users here do that is no event, told to the servers that it concerns. Server-server API, "EDUs".
 */
import { belongsTo, type JsonObject, type ServerName, serverNameOf, type UserId } from '@neurite/protocol'
import { maxPage } from '@neurite/roomserver/api'
import type { ClientContext, PassingNews } from '../client/index.ts'
import { localKeys } from '../client/keys/local-keys.ts'
import { presenceContent } from '../client/presence/presence-content.ts'
import type { RoomJoin } from '../client/room-index/take-in.ts'
import type { FederationSender } from '../federation/sender/index.ts'
import type { KeyJson } from '../storage/device-keys.ts'
import type { Receipt } from '../storage/receipts.ts'
import { deviceStreamId } from './device-stream.ts'

/** In updates of users none of whose devices has keys any more. */
const noDevice = 'none'

/** What is used of the federation's sender. */
export type Sender = Pick<FederationSender, 'sendPassing' | 'sendKept' | 'serversIn'>

/** @returns stops it */
export function tellOthers(context: ClientContext, sender: Sender, onError: (error: unknown) => void): () => void {
  const stops = [
    context.passing.listen(news => tell(news, context, sender)),
    context.streams.listen(({ stream, about }) => {
      if (stream !== 'device_lists') return
      for (const userId of about as readonly UserId[])
        if (belongsTo(userId, context.serverName))
          serversSharing(userId, context)
            .then(servers => tellOfKeys(userId, servers, context, sender, 'changed'))
            .catch(onError)
    }),
    context.rooms.listen(({ joins }) => {
      for (const join of joins)
        if (belongsTo(join.userId as UserId, context.serverName))
          serversMet(join, context, sender)
            .then(servers => tellOfKeys(join.userId as UserId, servers, context, sender, 'met'))
            .catch(onError)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

async function tell(news: PassingNews, context: ClientContext, sender: Sender): Promise<void> {
  switch (news.kind) {
    case 'typing': {
      const { roomId, userId, typing } = news
      const content = { room_id: roomId, user_id: userId, typing }
      const edu = { type: 'm.typing', content }
      return sender.sendPassing(await sender.serversIn(roomId), `typing ${roomId} ${userId}`, edu)
    }
    case 'receipt': {
      const { roomId, userId, threadId = '' } = news.receipt
      const edu = { type: 'm.receipt', content: receiptContent(news.receipt) }
      return sender.sendPassing(await sender.serversIn(roomId), `receipt ${roomId} ${userId} ${threadId}`, edu)
    }
    case 'presence': {
      const { userId } = news
      const push = [{ user_id: userId, ...presenceContent(context, userId) }]
      const edu = { type: 'm.presence', content: { push } as unknown as JsonObject }
      return sender.sendPassing(await serversSharing(userId, context), `presence ${userId}`, edu)
    }
  }
}

function receiptContent({ roomId, userId, eventId, threadId, at }: Receipt): JsonObject {
  const data = { ts: at, ...(threadId === undefined ? {} : { thread_id: threadId }) }
  return { [roomId]: { 'm.read': { [userId]: { data, event_ids: [eventId] } } } }
}

/**
 * A user's devices or keys are others now, or servers come to know the user. Which of the devices is another is not known here: one that is
 * gone could not be named. So the update names as the one before it a number that none ever had (`device-stream.ts`), and the receiver asks
 * for all of the user's devices.
 */
async function tellOfKeys(
  userId: UserId,
  servers: readonly ServerName[],
  context: ClientContext,
  sender: Sender,
  why: 'changed' | 'met',
): Promise<void> {
  if (servers.length === 0) return
  const { devices, master, selfSigning } = localKeys(context, userId, undefined, [])
  const content =
    Object.keys(devices).length === 0 && why === 'changed' ? gone : deviceContent(userId, devices, context)
  const streamId = deviceStreamId(context, userId)
  await sender.sendKept(servers, {
    type: 'm.device_list_update',
    content: { user_id: userId, stream_id: streamId, prev_id: [streamId - 1], ...content },
  })
  if (master === undefined && selfSigning === undefined) return
  await sender.sendKept(servers, {
    type: 'm.signing_key_update',
    content: {
      user_id: userId,
      ...(master === undefined ? {} : { master_key: master as JsonObject }),
      ...(selfSigning === undefined ? {} : { self_signing_key: selfSigning as JsonObject }),
    },
  })
}

/** No device has keys any more, and one of them may have had some. */
const gone: JsonObject = { device_id: noDevice, deleted: true }

/** One of the user's devices: one with keys, where there is any. A receiver takes one without them for no news. */
function deviceContent(
  userId: UserId,
  withKeys: Readonly<Record<string, KeyJson>>,
  { tables }: ClientContext,
): JsonObject {
  const devices = tables.devices.of(userId)
  const device = devices.find(({ deviceId }) => withKeys[deviceId] !== undefined) ?? devices[0]
  if (device === undefined) return gone
  const { unsigned: _, ...keys } = withKeys[device.deviceId] ?? {}
  return {
    device_id: device.deviceId,
    ...(device.displayName === undefined ? {} : { device_display_name: device.displayName }),
    ...(Object.keys(keys).length === 0 ? {} : { keys: keys as JsonObject }),
  }
}

/** The servers in a room that a user came into with which they shared no room before, and which so are not told of their devices yet. */
async function serversMet(
  { roomId, userId, position }: RoomJoin,
  { tables }: ClientContext,
  sender: Sender,
): Promise<ServerName[]> {
  const met = new Set(await sender.serversIn(roomId))
  for (const before of tables.roomStates.membershipsOf(userId, position - 1)) {
    if (met.size === 0) break
    if (before.roomId === roomId || before.membership !== 'join') continue
    for (const server of await sender.serversIn(before.roomId)) met.delete(server)
  }
  return [...met]
}

/** The other servers with users who share a room with a user. */
async function serversSharing(userId: string, { roomServer, serverName }: ClientContext): Promise<ServerName[]> {
  const servers = new Set<ServerName>()
  for (let after: string | undefined; ; ) {
    const page = await roomServer.querySharedUsers({
      ...{ userId, limit: maxPage },
      ...(after === undefined ? {} : { after }),
    })
    for (const other of page.users) servers.add(serverNameOf(other as UserId))
    after = page.next
    if (after === undefined) break
  }
  servers.delete(serverName)
  return [...servers]
}
