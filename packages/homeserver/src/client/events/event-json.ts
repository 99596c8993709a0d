/**
 * The event that the room server gives in federation form, read as far as the client head needs it. It was checked when it came in.
 */
import type { EventInfo } from '@neurite/roomserver/api'

export type JsonContent = Readonly<Record<string, unknown>>

export interface EventJson {
  readonly eventId: string
  readonly roomId: string
  readonly roomVersion: string
  readonly type: string
  readonly sender: string
  readonly stateKey: string | undefined
  readonly content: JsonContent
  /** Milliseconds since 1970, by the word of its server. */
  readonly originServerTs: number
  readonly depth: number
  readonly prevEvents: readonly string[]
  /** Of member events. */
  readonly membership: string | undefined
  /** By `m.relates_to`. */
  readonly relatesTo: string | undefined
  readonly relation: string | undefined
  /** The whole of it. */
  readonly json: JsonContent
  readonly redactedBecause: string | undefined
}

export function readEvent({ eventId, roomId, roomVersion, pdu, redactedBecause }: EventInfo): EventJson {
  const json = JSON.parse(pdu) as JsonContent
  const content = json['content'] as JsonContent
  const { state_key: stateKey, origin_server_ts: at, depth, prev_events: prevEvents } = json
  const { rel_type: relation, event_id: relatesTo } = objectIn(content, 'm.relates_to')
  const isMember = json['type'] === 'm.room.member' && typeof content['membership'] === 'string'
  const relates = typeof relation === 'string' && typeof relatesTo === 'string'
  return {
    ...{ eventId, roomId, roomVersion, content, json, redactedBecause },
    type: json['type'] as string,
    sender: json['sender'] as string,
    stateKey: typeof stateKey === 'string' ? stateKey : undefined,
    originServerTs: typeof at === 'number' ? at : 0,
    prevEvents: Array.isArray(prevEvents)
      ? prevEvents.map(prev => (Array.isArray(prev) ? `${prev[0]}` : `${prev}`))
      : [],
    depth: typeof depth === 'number' ? depth : 0,
    membership: isMember ? (content['membership'] as string) : undefined,
    relatesTo: relates ? relatesTo : undefined,
    relation: relates ? relation : undefined,
  }
}

/** An object in another; empty where there is something else or nothing. */
export function objectIn(content: JsonContent, key: string): JsonContent {
  const value = Object.hasOwn(content, key) ? content[key] : undefined
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonContent) : {}
}
