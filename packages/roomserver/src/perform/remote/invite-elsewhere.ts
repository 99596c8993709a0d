/**
 * Inviting a user of another server: the event is built in the room's turn, signed by the other server as well, and taken then.
 * Server-server API, "Inviting to a room".
 */
import { isUserId, PduError, type RoomEvent, type RoomId, readPdu, serverNameOf } from '@neurite/protocol'
import { RoomServerError } from '../../api/index.ts'
import type { EventDraft } from '../../input/draft.ts'
import { ownEvent } from '../own-event.ts'
import { existingRoom } from '../room-state.ts'
import { askInTurn, UnusableAnswer } from './ask-in-turn.ts'
import type { RemoteContext } from './context.ts'
import { outlineOf } from './room-outline.ts'

export async function inviteElsewhere(
  roomId: RoomId,
  invite: EventDraft,
  context: RemoteContext,
): Promise<{ readonly eventId: string }> {
  const { input, peers, serverName } = context
  const { stateKey: target = '' } = invite
  if (!isUserId(target)) throw new RoomServerError('M_INVALID_PARAM', `${JSON.stringify(target)} is no user ID`)
  const { event } = await input.propose(roomId, invite, { origin: serverName, signedElsewhere: true })
  const room = await existingRoom(roomId, context)
  const outline = await outlineOf(room, invite.sender, context)
  const wish = `${invite.sender} wants to invite ${target} to ${roomId}`
  const pdu = await askInTurn([serverNameOf(target)], wish, async server => {
    const asked = { roomId, eventId: event.eventId, event: event.json, roomVersion: event.rules.version }
    const signed = await peers.invite(server, { ...asked, roomState: outline.map(({ json }) => json) })
    if (isSame(signed, event, context)) return signed
    throw new UnusableAnswer(server, `it signed another event than ${event.eventId}`)
  })
  const options = ownEvent(context)
  const [result] = await input.receive([{ kind: 'new', roomId, roomVersion: event.rules.version, pdu, ...options }])
  if (result?.kind === 'accepted' || result?.kind === 'known') return { eventId: event.eventId }
  const why = result !== undefined && 'reason' in result ? result.reason?.reason : undefined
  throw new RoomServerError(
    'M_FORBIDDEN',
    `${wish}: the invite is ${result?.kind}${why === undefined ? '' : `: ${why}`}`,
  )
}

function isSame(pdu: string, { eventId, rules }: RoomEvent, { crypto }: RemoteContext): boolean {
  try {
    const read = readPdu(pdu, rules, crypto)
    return read.event.eventId === eventId && read.contentHashMatches
  } catch (error) {
    if (error instanceof PduError) return false
    throw error
  }
}
