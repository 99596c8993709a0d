// The redaction algorithm: the keys of an event that survive. Follows: rooms/v1, v6, v8, v9 and v11, "Redactions".

import type { Json, JsonObject } from './types.ts'
import { get, has, isObject, versionNumber } from './types.ts'

const TOP_LEVEL = ['event_id', 'type', 'room_id', 'sender', 'state_key', 'content', 'hashes', 'signatures', 'depth']
const TOP_LEVEL_MORE = ['prev_events', 'auth_events', 'origin_server_ts']
/** Versions 1 to 10 only. */
const TOP_LEVEL_OLD = ['prev_state', 'origin', 'membership']

const POWER_LEVELS = ['ban', 'events', 'events_default', 'kick', 'redact', 'state_default', 'users', 'users_default']

/** The redacted form of an event as it goes over the wire; the event itself is left as it is. */
export function redact(version: string, pdu: JsonObject): { [key: string]: Json | undefined } {
  const v = versionNumber(version)
  const redacted = pick(pdu, [...TOP_LEVEL, ...TOP_LEVEL_MORE, ...(v <= 10 ? TOP_LEVEL_OLD : [])])
  const content = get(pdu, 'content')
  redacted['content'] = redactContent(v, get(pdu, 'type'), isObject(content) ? content : {})
  return redacted
}

function redactContent(v: number, type: Json | undefined, content: JsonObject): JsonObject {
  if (type === 'm.room.member') {
    const kept = pick(content, v >= 9 ? ['membership', 'join_authorised_via_users_server'] : ['membership'])
    const invite = get(content, 'third_party_invite')
    // "Additionally, it allows the `signed` key of the `third_party_invite` key."
    if (v >= 11 && isObject(invite) && has(invite, 'signed')) kept['third_party_invite'] = pick(invite, ['signed'])
    return kept
  }
  if (type === 'm.room.create') return v >= 11 ? content : pick(content, ['creator'])
  if (type === 'm.room.join_rules') return pick(content, v >= 8 ? ['join_rule', 'allow'] : ['join_rule'])
  if (type === 'm.room.power_levels') return pick(content, v >= 11 ? [...POWER_LEVELS, 'invite'] : POWER_LEVELS)
  if (type === 'm.room.aliases' && v <= 5) return pick(content, ['aliases'])
  if (type === 'm.room.history_visibility') return pick(content, ['history_visibility'])
  if (type === 'm.room.redaction' && v >= 11) return pick(content, ['redacts'])
  return {}
}

function pick(object: JsonObject, keys: readonly string[]): { [key: string]: Json | undefined } {
  const kept: { [key: string]: Json | undefined } = {}
  for (const key of keys) if (has(object, key)) kept[key] = object[key]
  return kept
}
