/**
 * `m.room.redaction`: in room versions 1 and 2 as an authorisation rule (11), from 3 on as the decision whether a valid
 * redaction is applied ("Handling redactions").
 */
import type { RoomEvent } from '../event/index.ts'
import type { EventId } from '../identifiers/index.ts'
import { serverNameInEventId, serverNameOf } from '../identifiers/index.ts'
import type { AuthState } from './auth-state.ts'
import { allow, deny, type Verdict } from './verdict.ts'

/** Rule 11 of versions 1 and 2. */
export function authorizeRedaction(event: RoomEvent, state: AuthState): Verdict {
  // 11.1 With the redact level one redacts anything,
  if (state.powerLevelOf(event.sender) >= state.levelFor('redact')) return allow('redaction/power')

  // 11.2 without it only what is of the same server, by the domains of the event IDs.
  const target = event.redacts === undefined ? undefined : serverNameInEventId(event.redacts as EventId)
  if (target !== undefined && target === serverNameInEventId(event.eventId)) return allow('redaction/own-server')

  // 11.3 Otherwise, reject.
  return deny('redaction/otherwise', `${event.sender} lacks the redact level`, state.powerLevelsEvent())
}

/**
 * Whether a redaction that is valid as an event takes effect on a valid event of its room. In versions 1 and 2 the
 * authorisation rules have decided that already.
 * @param state the state before the redaction
 */
export function mayRedact(redaction: RoomEvent, target: RoomEvent, state: AuthState): boolean {
  if (redaction.roomId !== target.roomId || redaction.redacts !== target.eventId) return false
  if (redaction.rules.auth.redactionRule) return true
  if (state.powerLevelOf(redaction.sender) >= state.levelFor('redact')) return true
  return serverNameOf(redaction.sender) === serverNameOf(target.sender)
}
