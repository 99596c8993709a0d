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

  // An event names ten auth events at most, so each is compared with all.
  // 3.1 No two entries for one type and state key, not even the same event twice.
  for (const [at, { event: authEvent }] of authEvents.entries())
    for (let before = 0; before < at; before++)
      if (isOfSameKey(authEvent, (authEvents[before] as JudgedEvent).event))
        return deny('auth-events/duplicate', `two auth events are ${authEvent.type} ${authEvent.stateKey}`, authEvent)

  const selected = authEventKeys(event)
  let creates = false
  for (const { event: authEvent } of authEvents) {
    // 3.2 Only what auth event selection names.
    if (!selected.some(([type, stateKey]) => type === authEvent.type && stateKey === authEvent.stateKey))
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

function isOfSameKey(a: RoomEvent, b: RoomEvent): boolean {
  return a.stateKey === b.stateKey && a.type === b.type
}
