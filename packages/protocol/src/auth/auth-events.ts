/**
 * What the `auth_events` of an event must look like. Room version 12, rules 2 and 3; rule 2 of versions 1 to 11.
 */
import { createEventIdOf, type RoomEvent } from '../event/index.ts'
import { authEventKeys } from './selection.ts'
import { allow, deny, type Verdict } from './verdict.ts'

/** An event that another names, and whether it was rejected when it was received. */
export interface JudgedEvent {
  readonly event: RoomEvent
  readonly rejected: boolean
}

/**
 * Checks the auth events of an event other than the create event.
 * @param authEvents the events that `event.authEvents` names, in that order
 * @param create the event that the room ID names (room version 12; others ignore it)
 */
export function authorizeAuthEvents(
  event: RoomEvent,
  authEvents: readonly JudgedEvent[],
  create: JudgedEvent | undefined,
): Verdict {
  const { rules } = event

  // 2 [12] The room ID names an accepted create event.
  if (rules.auth.createImpliedByRoomId) {
    if (create === undefined || create.event.type !== 'm.room.create')
      return deny('room-id', `room ${event.roomId} does not name a known create event`)
    if (create.rejected || create.event.eventId !== createEventIdOf(event.roomId))
      return deny('room-id', `room ${event.roomId} does not name an accepted create event`, create.event)
  }

  const selected = new Set(authEventKeys(event).map(([type, stateKey]) => tuple(type, stateKey)))
  const seen = new Set<string>()
  let creates = false
  for (const { event: authEvent } of authEvents) {
    // 3.1 No two entries for one type and state key, not even the same event twice.
    const key = tuple(authEvent.type, authEvent.stateKey)
    if (seen.has(key))
      return deny('auth-events/duplicate', `two auth events are ${authEvent.type} ${authEvent.stateKey}`, authEvent)
    seen.add(key)
  }
  for (const { event: authEvent } of authEvents) {
    // 3.2 Only what auth event selection names.
    if (!selected.has(tuple(authEvent.type, authEvent.stateKey)))
      return deny('auth-events/unselected', `${authEvent.type} has no place among the auth events`, authEvent)
    creates ||= authEvent.type === 'm.room.create'
  }
  // 3.3 Nothing that was rejected.
  for (const { event: authEvent, rejected } of authEvents)
    if (rejected) return deny('auth-events/rejected', `auth event ${authEvent.eventId} was rejected`, authEvent)

  // 2.4 [1-11] The create event is among them.
  if (!rules.auth.createImpliedByRoomId && !creates)
    return deny('auth-events/no-create', 'the create event is not among the auth events')

  // 3.4 All are of this room.
  for (const { event: authEvent } of authEvents)
    if (authEvent.roomId !== event.roomId)
      return deny('auth-events/other-room', `auth event ${authEvent.eventId} is of room ${authEvent.roomId}`, authEvent)

  return allow('auth-events')
}

/** A type and state key as one string, which no other pair and no type without a state key shares. */
function tuple(type: string, stateKey: string | undefined): string {
  return stateKey === undefined ? `:${type}` : `${type.length}:${type}${stateKey}`
}
