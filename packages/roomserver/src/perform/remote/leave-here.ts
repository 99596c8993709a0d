/**
 * The leave of a user whom no server of the room lets go: an event that follows the invite and that nobody else gets to see, so that
 * clients are told how the invite ended. Client-server API, "Rejecting an invite"; server-server API, "Leaving Rooms (Rejecting Invites)".
 */
import {
  type BuiltEvent,
  buildEvent,
  depthAfter,
  encodeBase64Url,
  PduError,
  type RoomEvent,
  readPdu,
  referenceTo,
  rulesOf,
} from '@neurite/protocol'
import type { OutsideLeave } from '../../output/index.ts'
import type { InviteRow } from '../../storage/index.ts'
import type { PerformContext } from '../context.ts'
import type { OutsideMembership } from '../network.ts'

/** Of the IDs of our events in room versions that do not take them from hashes: none twice, ever. */
const idLocalpartBytes = 18

/** @returns undefined where what the invite came as is no event: then nothing can follow it */
export function leaveHere(
  { roomId, userId, content }: OutsideMembership,
  invite: InviteRow,
  { crypto, signer, runtime }: Pick<PerformContext, 'crypto' | 'signer' | 'runtime'>,
): OutsideLeave | undefined {
  const before = readInvite(invite, crypto)
  if (before === undefined) return undefined
  const { rules } = before
  const reference = referenceTo(before, crypto)
  const leave: BuiltEvent = buildEvent(
    {
      ...{ roomId, type: 'm.room.member', stateKey: userId, sender: userId },
      content: { ...content, membership: 'leave' },
      ...{ prevEvents: [reference], authEvents: [reference] },
      timestamp: runtime.clock.now(),
      depth: depthAfter([before.depth], rules),
      idLocalpart: encodeBase64Url(runtime.randomness.bytes(idLocalpartBytes)),
    },
    signer(),
    rules,
    crypto,
  )
  return { eventId: leave.event.eventId, roomVersion: rules.version, pdu: leave.pdu }
}

function readInvite({ pdu, roomVersion }: InviteRow, crypto: PerformContext['crypto']): RoomEvent | undefined {
  try {
    return readPdu(pdu, rulesOf(roomVersion), crypto).event
  } catch (error) {
    if (error instanceof PduError) return undefined
    throw error
  }
}
