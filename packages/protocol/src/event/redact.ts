/**
 * The redaction algorithm. Client-server API, "Redactions", and each room version's page: what survives is data of the
 * room version table.
 */
import type { JsonObject, JsonValue } from '../canonical-json/index.ts'
import { isJsonObject } from '../canonical-json/index.ts'
import type { RoomVersionRules } from '../room-version/index.ts'

/** @returns the event with everything removed that the room version does not protect. The argument stays as it is. */
export function redactJson(event: JsonObject, rules: RoomVersionRules): JsonObject {
  const { topLevelKeys, contentKeys, keepsThirdPartyInviteSigned } = rules.redaction
  const redacted: Record<string, JsonValue | undefined> = {}
  for (const key in event) if (topLevelKeys.has(key)) redacted[key] = event[key]

  const { content, type } = event
  if (!isJsonObject(content)) return redacted
  const surviving = typeof type === 'string' ? contentKeys.get(type) : undefined
  if (surviving === 'all') return redacted
  const kept: Record<string, JsonValue | undefined> = {}
  if (surviving !== undefined) for (const key in content) if (surviving.has(key)) kept[key] = content[key]
  if (keepsThirdPartyInviteSigned && type === 'm.room.member') {
    const invite = content['third_party_invite']
    if (isJsonObject(invite) && invite['signed'] !== undefined) {
      kept['third_party_invite'] = { signed: invite['signed'] }
    }
  }
  redacted['content'] = kept
  return redacted
}
