/**
 * What a rule says of an event: allowed or denied, by which rule, why, and which event decided.
 */

import type { RoomEvent } from '../event/index.ts'
import type { EventId } from '../identifiers/index.ts'
import type { RuleName } from './rule-outline.ts'

export interface Allowed {
  readonly allowed: true
  /** The rule that allowed it. */
  readonly rule: RuleName
}

export interface Denied {
  readonly allowed: false
  /** The rule that denied it; {@link ruleNumber} gives its number on the room version's page. */
  readonly rule: RuleName
  /** A sentence for people. */
  readonly reason: string
  /** The event of the state that decided: the ban, the power levels, the join rules. */
  readonly decidedBy: EventId | undefined
}

/** The outcome of the authorisation rules. */
export type Verdict = Allowed | Denied

const allowedBy = new Map<RuleName, Allowed>()

export function allow(rule: RuleName): Allowed {
  let allowed = allowedBy.get(rule)
  if (allowed === undefined) {
    allowed = Object.freeze({ allowed: true, rule })
    allowedBy.set(rule, allowed)
  }
  return allowed
}

export function deny(rule: RuleName, reason: string, decidedBy?: RoomEvent | undefined): Denied {
  return { allowed: false, rule, reason, decidedBy: decidedBy?.eventId }
}
