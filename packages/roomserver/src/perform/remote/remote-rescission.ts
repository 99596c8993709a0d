/**
 * Taking an invite back, or turning a knock down, for a room that this server is not in: the member event comes to it like any other, and
 * there is no room to put it into. Whether its sender may do that in the room cannot be judged here, so that only those are believed who
 * could have done it for certain: the inviter, and for knocks the servers whose events came with the answer.
 */
import {
  isJsonObject,
  isUserId,
  JsonError,
  type JsonValue,
  parseJson,
  type RoomEvent,
  rulesOf,
  serverNameOf,
} from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../../api/index.ts'
import type { InviteRow } from '../../storage/index.ts'
import { changeAndTell } from '../change-and-tell.ts'
import type { ReceivingContext } from './context.ts'
import { serversKnownBy } from './outside-invite.ts'
import { readEvent } from './sent-membership.ts'

export async function remoteRescission(
  { roomId, pdu, server }: RequestTo<'performRemoteRescission'>,
  context: ReceivingContext,
): Promise<ResponseFrom<'performRemoteRescission'>> {
  const { storage, signatures } = context
  const user = stateKeyIn(pdu)
  const invite = isUserId(user) ? await storage.reader.invite(roomId, user) : undefined
  if (invite === undefined) return { retired: false }
  const event = readEvent(pdu, rulesOf(invite.roomVersion), context)
  const { sender, content } = event
  const why = content['membership']
  const isAboutIt = event.roomId === roomId && event.type === 'm.room.member' && event.stateKey === invite.user
  if (!isAboutIt || (why !== 'leave' && why !== 'ban')) return { retired: false }
  if (serverNameOf(sender) !== server || !mayTakeBack(sender, invite)) return { retired: false }
  if (isOfEarlierOne(event, invite, context)) return { retired: false }
  if ((await signatures.verify(event)).kind !== 'valid') return { retired: false }
  const leave = { eventId: event.eventId, roomVersion: invite.roomVersion, pdu }
  const retired = { kind: 'outside-invite-retired', user: invite.user, why: 'taken-back', leave } as const
  await changeAndTell(roomId, [{ kind: 'end-invite', roomId, user: invite.user }], retired, context)
  return { retired: true }
}

/** Whom it is about, before it is known of which room version it is. @throws {RoomServerError} `M_BAD_JSON` */
function stateKeyIn(pdu: string): JsonValue | undefined {
  try {
    const json = parseJson(pdu, { mode: 'lenient' })
    return isJsonObject(json) ? json['state_key'] : undefined
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw new RoomServerError('M_BAD_JSON', `it is no event: ${error.message}`, {}, { cause: error })
  }
}

/** Who was turned down may have knocked again before that came here: it is the knock before that is over. */
function isOfEarlierOne(
  { depth, authEvents }: RoomEvent,
  { eventId, pdu, roomVersion }: InviteRow,
  context: ReceivingContext,
): boolean {
  if (authEvents.some(id => id === eventId)) return false
  return depth < readEvent(pdu, rulesOf(roomVersion), context).depth
}

function mayTakeBack(sender: Parameters<typeof serverNameOf>[0], invite: InviteRow): boolean {
  return invite.kind === 'invite' ? sender === invite.sender : serversKnownBy(invite).includes(serverNameOf(sender))
}
