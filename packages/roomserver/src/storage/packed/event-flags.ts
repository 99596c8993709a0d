/**
 * An event's status and whether it is provisional, in one small number.
 */
import type { EventRow, EventStatus } from '../rows.ts'

/** The order is stored: it never changes. */
const statuses = ['accepted', 'soft-failed', 'rejected'] as const satisfies readonly EventStatus[]
export const rejectedFlag = statuses.indexOf('rejected')
/** The lowest bits hold the status. */
const statusMask = 7
const provisionalFlag = 8
const outlierFlag = 16

/** What of an event's row is in its flags. */
type Flagged = Pick<EventRow, 'status' | 'provisional' | 'outlier'>

export function packFlags({ status, provisional, outlier }: Flagged): number {
  return statuses.indexOf(status) | (provisional ? provisionalFlag : 0) | (outlier ? outlierFlag : 0)
}

export function unpackFlags(flags: number): Flagged {
  const status = statuses[flags & statusMask]
  if (status === undefined) throw new RangeError(`its flags are ${flags}`)
  return { status, provisional: (flags & provisionalFlag) !== 0, outlier: (flags & outlierFlag) !== 0 }
}

export function isRejected(flags: number): boolean {
  return (flags & statusMask) === rejectedFlag
}

/** The order is stored: it never changes. */
const memberships = ['join', 'invite', 'knock', 'leave', 'ban'] as const

export function packMembership(membership: (typeof memberships)[number]): number {
  return memberships.indexOf(membership)
}

export function unpackMembership(stored: number): (typeof memberships)[number] {
  const membership = memberships[stored]
  if (membership === undefined) throw new RangeError(`its membership is ${stored}`)
  return membership
}
