/**
 * Which state events give an event the permission to be sent. Server-server API, "Auth events selection".
 */
import { isJsonObject } from '../canonical-json/index.ts'
import type { RoomEvent } from '../event/index.ts'

/** The type and state key of a state event. */
export type StateKeyTuple = readonly [type: string, stateKey: string]

/** What of an event decides the selection: an event that is still being made has no more. */
export type SelectingEvent = Pick<RoomEvent, 'type' | 'stateKey' | 'sender' | 'content' | 'rules'>

/**
 * The types and state keys of the state that belong into the event's `auth_events`, each once. None for a create event.
 * The create event itself is among them but in room version 12, where the room ID implies it.
 */
export function authEventKeys(event: SelectingEvent): StateKeyTuple[] {
  const { rules, type, sender } = event
  if (type === 'm.room.create') return []
  const keys: StateKeyTuple[] = [
    ['m.room.power_levels', ''],
    ['m.room.member', sender],
  ]
  if (!rules.auth.createImpliedByRoomId) keys.unshift(['m.room.create', ''])
  if (type === 'm.room.member' && event.stateKey !== undefined) addMemberKeys(event, event.stateKey, keys)
  return keys
}

function addMemberKeys({ content, sender, rules }: SelectingEvent, target: string, keys: StateKeyTuple[]): void {
  const { membership } = content
  if (target !== sender) keys.push(['m.room.member', target])
  if (membership === 'join' || membership === 'invite' || membership === 'knock') keys.push(['m.room.join_rules', ''])

  if (membership === 'invite') {
    const invite = content['third_party_invite']
    const signed = isJsonObject(invite) ? invite['signed'] : undefined
    const token = isJsonObject(signed) ? signed['token'] : undefined
    if (typeof token === 'string') keys.push(['m.room.third_party_invite', token])
  }

  if (membership === 'join' && rules.auth.restrictedJoins) {
    const authoriser = content['join_authorised_via_users_server']
    if (typeof authoriser === 'string' && authoriser !== sender && authoriser !== target)
      keys.push(['m.room.member', authoriser])
  }
}
