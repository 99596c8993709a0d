/**
 * Keeping an invite or a knock for a room that this server is not in, and telling of it.
 */
import {
  isUserId,
  type JsonObject,
  type RoomEvent,
  type ServerName,
  serverNameOf,
  type UserId,
} from '@neurite/protocol'
import type { InviteRow } from '../../storage/index.ts'
import { changeAndTell } from '../change-and-tell.ts'
import type { PerformContext } from '../context.ts'

export interface OutsideInvite {
  readonly kind: InviteRow['kind']
  readonly user: UserId
  readonly event: RoomEvent
  readonly pdu: string
  /** Stripped state: what clients are shown of the room. */
  readonly outline: readonly JsonObject[]
}

export async function keepOutsideInvite(
  { kind, user, event, pdu, outline }: OutsideInvite,
  context: Pick<PerformContext, 'storage' | 'runtime' | 'announce'>,
): Promise<void> {
  const { roomId, eventId, sender, rules } = event
  const invite: InviteRow = {
    ...{ roomId, user, kind, eventId, sender, pdu, roomVersion: rules.version },
    state: JSON.stringify(outline),
    receivedAt: context.runtime.clock.now(),
  }
  await changeAndTell(roomId, [{ kind: 'put-invite', invite }], { kind: 'invite', user, event: 0 }, context)
}

/** Servers that know of an invite or a knock: the inviter's, and those of the users whose events came along. */
export function serversKnownBy({ sender, state }: InviteRow): ServerName[] {
  const outline = JSON.parse(state) as readonly { readonly sender?: unknown }[]
  return [sender, ...outline.map(event => event.sender)].filter(isUserId).map(serverNameOf)
}
