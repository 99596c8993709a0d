/**
 * A member event that another server sends for one of its users: checked before anything of it is signed or believed, then taken like any
 * other event, and sent on by this server. Server-server API, "PUT /send_join" and its like.
 */
import {
  addEventSignature,
  canonicalJson,
  isUserId,
  PduError,
  type RoomEvent,
  type RoomVersionRules,
  readPdu,
  serverNameOf,
} from '@neurite/protocol'
import { type Membership, RoomServerError } from '../../api/index.ts'
import type { InputResult } from '../../input/item.ts'
import type { PerformContext } from '../context.ts'

export interface SentMembership {
  readonly roomId: string
  readonly eventId: string
  readonly pdu: string
  /** The server that sends it. */
  readonly server: string
}

/**
 * Reads a member event that must be what its path says.
 * @throws {RoomServerError} `M_BAD_JSON` where it is no event; `M_INVALID_PARAM` where it is another
 */
export function readMembership(
  { roomId, eventId, pdu, server }: SentMembership,
  membership: Membership,
  rules: RoomVersionRules,
  { crypto }: Pick<PerformContext, 'crypto'>,
): RoomEvent {
  const event = readEvent(pdu, rules, { crypto })
  const { sender, content } = event
  const wrong =
    event.eventId !== eventId
      ? `its ID is ${event.eventId}, not ${eventId}`
      : event.roomId !== roomId
        ? `it is of room ${event.roomId}`
        : event.type !== 'm.room.member'
          ? `it is a ${event.type}`
          : content['membership'] !== membership
            ? `its membership is not ${membership}`
            : !isUserId(sender) || serverNameOf(sender) !== server
              ? `its sender is no user of ${server}`
              : undefined
  if (wrong !== undefined)
    throw new RoomServerError('M_INVALID_PARAM', `the event cannot be a ${membership} here: ${wrong}`)
  return event
}

/** @throws {RoomServerError} `M_INVALID_PARAM` unless the event is about who sends it */
export function refuseOfOthers({ sender, stateKey }: RoomEvent): void {
  if (stateKey !== sender) throw new RoomServerError('M_INVALID_PARAM', `${sender} cannot say that of ${stateKey}`)
}

/**
 * Reads an event whose content must be what was hashed.
 * @throws {RoomServerError} `M_BAD_JSON` or `M_TOO_LARGE` where it is no event; `M_INVALID_PARAM`
 */
export function readEvent(pdu: string, rules: RoomVersionRules, { crypto }: Pick<PerformContext, 'crypto'>): RoomEvent {
  let read: ReturnType<typeof readPdu>
  try {
    read = readPdu(pdu, rules, crypto)
  } catch (error) {
    if (!(error instanceof PduError)) throw error
    const errcode = error.kind === 'too-large' ? 'M_TOO_LARGE' : 'M_BAD_JSON'
    throw new RoomServerError(
      errcode,
      `it is no event of room version ${rules.version}: ${error.message}`,
      {},
      { cause: error },
    )
  }
  if (!read.contentHashMatches) throw new RoomServerError('M_INVALID_PARAM', 'its content is not what was hashed')
  return read.event
}

/** The event as JSON text with our signature added to those that it has. */
export function withOurSignature(event: RoomEvent, { signer, crypto }: PerformContext): string {
  return canonicalJson(addEventSignature(event.json, signer(), event.rules, crypto))
}

/**
 * Takes the event and sends it on to the other servers in the room.
 * @throws {RoomServerError} `M_FORBIDDEN` where the room does not allow it; `M_INVALID_PARAM` where it is not validly signed
 */
export async function takeMembership(
  { roomId, eventId, rules }: RoomEvent,
  pdu: string,
  origin: string,
  { input, serverName }: PerformContext,
): Promise<void> {
  const item = { kind: 'new', roomId, roomVersion: rules.version, pdu, origin, sendAsServer: serverName } as const
  const [result] = await input.receive([item])
  const why = refusalOf(result as InputResult)
  if (why === undefined) return
  const errcode = result?.kind === 'dropped' ? 'M_INVALID_PARAM' : 'M_FORBIDDEN'
  throw new RoomServerError(errcode, `event ${eventId} is not taken into room ${roomId}: ${why}`)
}

function refusalOf(result: InputResult): string | undefined {
  if (result.kind === 'accepted' || result.kind === 'outlier') return undefined
  // Sent again, since the answer was lost: what became of it stands.
  if (result.kind === 'known') return result.reason?.reason
  return result.reason.reason
}
