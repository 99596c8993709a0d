/**
 * What a push gateway is sent. Push gateway API, "POST /_matrix/push/v1/notify".
 */
import type { StoredPusher } from '../../storage/pushers.ts'
import type { ClientContext } from '../context.ts'
import { type JsonContent, objectIn } from '../events/event-json.ts'
import { loadEvents } from '../events/load-events.ts'
import type { Notification } from './notifications.ts'

/** An event that somebody is to be told of. @param unread how much they have not read, over all rooms */
export async function notificationBody(
  context: ClientContext,
  pusher: StoredPusher,
  notification: Notification,
  unread: number,
): Promise<string> {
  const { event, verdict } = notification
  const { eventId, roomId } = event
  const about = { event_id: eventId, room_id: roomId, prio: priorityOf(notification), ...countsOf(unread) }
  if (objectIn(pusher.pusher, 'data')['format'] === 'event_id_only')
    return bodyOf({ ...about, devices: [deviceOf(pusher)] })
  const named = await namesOf(context, notification)
  return bodyOf({
    ...about,
    type: event.type,
    sender: event.sender,
    ...named,
    ...(event.type === 'm.room.member' ? { user_is_target: event.stateKey === pusher.userId } : {}),
    content: event.content,
    devices: [{ ...deviceOf(pusher), tweaks: verdict.tweaks }],
  })
}

/** That somebody has read something: only the number on the icon is another. */
export function countsBody(pusher: StoredPusher, unread: number): string {
  return bodyOf({ prio: 'low', ...countsOf(unread), devices: [deviceOf(pusher)] })
}

function bodyOf(notification: JsonContent): string {
  return JSON.stringify({ notification })
}

/** Counts of zero are left out. */
function countsOf(unread: number): JsonContent {
  return { counts: unread === 0 ? {} : { unread } }
}

function deviceOf({ appId, pushkey, pusher, setAt }: StoredPusher): JsonContent {
  const { url: _, ...data } = objectIn(pusher, 'data')
  return { app_id: appId, pushkey, pushkey_ts: Math.floor(setAt / 1_000), data }
}

/** What nobody would hear or see at once can wait until the phone is awake; of what is encrypted that cannot be told. */
function priorityOf({ event, verdict }: Notification): 'high' | 'low' {
  const isLoud = verdict.highlights || verdict.tweaks['sound'] !== undefined
  return isLoud || event.type === 'm.room.encrypted' ? 'high' : 'low'
}

async function namesOf(context: ClientContext, notification: Notification): Promise<JsonContent> {
  const entry = await stateOf(context, notification)
  const senderName = entry('m.room.member', notification.event.sender)['displayname']
  const roomName = entry('m.room.name', '')['name']
  const alias = entry('m.room.canonical_alias', '')['alias']
  return {
    ...(typeof senderName === 'string' ? { sender_display_name: senderName } : {}),
    ...(typeof roomName === 'string' ? { room_name: roomName } : {}),
    ...(typeof alias === 'string' ? { room_alias: alias } : {}),
  }
}

/** @returns the content of an entry of the room's state; empty where there is none, or it is not known */
async function stateOf(
  context: ClientContext,
  { event: { roomId, sender }, strippedState }: Notification,
): Promise<(type: string, stateKey: string) => JsonContent> {
  if (strippedState !== undefined)
    return (type, key) =>
      objectIn(strippedState.find(entry => entry['type'] === type && entry['state_key'] === key) ?? {}, 'content')
  const { roomStates } = context.tables
  const wanted = [
    ['m.room.member', sender],
    ['m.room.name', ''],
    ['m.room.canonical_alias', ''],
  ] as const
  const ids = wanted.map(([type, key]) => roomStates.entryAt(roomId, type, key, context.rooms.position)?.eventId ?? '')
  const events = await loadEvents(
    context,
    roomId,
    ids.filter(id => id !== ''),
  )
  return (type, key) => {
    const at = wanted.findIndex(([wantedType, wantedKey]) => wantedType === type && wantedKey === key)
    return events.get(ids[at] ?? '')?.content ?? {}
  }
}
