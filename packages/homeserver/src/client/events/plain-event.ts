/**
 * An event in the form that clients know, without what depends on who looks at it. Client-server API, "Room event format".
 */
import { rulesOf } from '@neurite/protocol'
import type { EventJson, JsonContent } from './event-json.ts'

export type ClientEvent = JsonContent

/** Who looks at events. Without a session nobody has sent them. */
export interface Viewer {
  readonly userId: string
  readonly session?: string | undefined
}

/** One event without what depends on who looks at it. @param now milliseconds since 1970 */
export function plainEvent(event: EventJson, now: number, unsigned: JsonContent = {}): ClientEvent {
  const { eventId, roomId, type, sender, stateKey, content, originServerTs } = event
  return {
    ...{ event_id: eventId, room_id: roomId, type, sender, origin_server_ts: originServerTs },
    ...(stateKey === undefined ? {} : { state_key: stateKey }),
    content,
    ...redactsOf(event),
    unsigned: { age: now - originServerTs, ...unsigned },
  }
}

/** Wherever the room version has the target of a redaction, clients find it in both places. Room version 11, "Redactions". */
function redactsOf({ type, content, json, roomVersion }: EventJson): JsonContent {
  if (type !== 'm.room.redaction') return {}
  const isInContent = rulesOf(roomVersion).format.redacts === 'content'
  const redacts = isInContent ? content['redacts'] : json['redacts']
  if (typeof redacts !== 'string') return {}
  return isInContent ? { redacts } : { redacts, content: { ...content, redacts } }
}
