/**
 * Sending a member event: what joins, leaves, kicks, bans, invites and knocks come to. Client-server API, "Room membership".
 */
import type { JsonObject, UserId } from '@neurite/protocol'
import type { Membership } from '../api/index.ts'
import type { EventDraft } from '../input/draft.ts'
import type { PerformContext } from './context.ts'
import { ownEvent, type TransactionId } from './own-event.ts'

export interface MembershipChange {
  readonly roomId: string
  readonly sender: UserId
  /** Whose membership changes. */
  readonly target: UserId
  readonly membership: Membership
  /** What the event says besides. */
  readonly content: JsonObject
  readonly transactionId?: TransactionId
  /** Absent: whatever it is now. */
  readonly onlyFrom?: readonly Membership[]
}

/** The event that a change is. */
export function memberDraft({ sender, target, membership, content }: MembershipChange): EventDraft {
  return { type: 'm.room.member', stateKey: target, sender, content: { ...content, membership } }
}

/**
 * @returns the ID of the event; of the one that is there where it says the same already
 * @throws {RoomServerError} `M_NOT_FOUND`, `M_FORBIDDEN` with the rule
 * @throws {MembershipIsAnother} where the target's membership is none of `onlyFrom`
 */
export async function changeMembership(change: MembershipChange, context: PerformContext): Promise<string> {
  const { roomId, transactionId, onlyFrom } = change
  const { eventId } = await context.input.send(roomId, memberDraft(change), {
    ...ownEvent(context, transactionId),
    unlessSame: true,
    ...(onlyFrom === undefined ? {} : { onlyFrom }),
  })
  return eventId
}
