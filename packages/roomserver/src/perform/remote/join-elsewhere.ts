/**
 * Joining a room by way of another server: `make_join`, `send_join`, and the room as it was before the join taken in with it.
 * Server-server API, "Joining Rooms", "Restricted rooms".
 */
import {
  type BuiltEvent,
  PduError,
  type RoomEvent,
  type RoomId,
  type RoomVersionRules,
  readPdu,
  roomVersions,
  type ServerName,
} from '@neurite/protocol'
import { type RequestTo, RoomServerError } from '../../api/index.ts'
import { Breathing } from '../../input/breathing.ts'
import { inputOperations } from '../../input/operations.ts'
import type { OutsideMembership } from '../network.ts'
import { askInTurn, UnusableAnswer } from './ask-in-turn.ts'
import { completeTemplate } from './complete-template.ts'
import type { RemoteContext } from './context.ts'
import type { JoinedRoom } from './peer-requests.ts'
import { isSimpleEnough, leaveComplex } from './room-complexity.ts'

export async function joinElsewhere(
  membership: OutsideMembership,
  context: RemoteContext,
): Promise<{ readonly eventId: string; readonly joinedVia: ServerName }> {
  const { roomId, userId, content, via } = membership
  const wish = `${userId} wants to join ${roomId}`
  return askInTurn(via, wish, async server => {
    const { peers } = context
    const isSimple = await isSimpleEnough(server, membership, context)
    const template = await peers.make(server, 'join', roomId, userId, [...roomVersions.keys()])
    const wanted = { roomId, userId, membership: 'join', content } as const
    const built = completeTemplate(server, template, wanted, context)
    const { event } = built
    const signed = { roomId, eventId: event.eventId, event: event.json }
    // Only from the whole state it can be told afterwards how complex the room is.
    const omitsMembers = isSimple && (await mayOmitMembers(roomId, context))
    const room = await peers.sendJoin(server, signed, omitsMembers)
    if (!isSimple) await leaveComplex(server, membership, room, context)
    await takeRoom(server, built, room, context)
    return { eventId: event.eventId, joinedVia: server }
  })
}

/** Where the room was known before, most of what a part of its state would spare is here already. */
async function mayOmitMembers(roomId: RoomId, { storage, omitsMembers }: RemoteContext): Promise<boolean> {
  const room = await storage.reader.room(roomId)
  return omitsMembers && (room === undefined || room.forwardExtremities.length === 0)
}

/** @throws {UnusableAnswer} where the room is not what it must be; {RoomServerError} where the join is not accepted here */
async function takeRoom(
  server: ServerName,
  { event, pdu }: BuiltEvent,
  room: JoinedRoom,
  context: RemoteContext,
): Promise<void> {
  const { crypto, runtime, partialJoins } = context
  const { rules, roomId, eventId } = event
  refuseOtherVersion(server, createIn(room.state, event, rules, crypto), rules)
  const item = {
    ...({ kind: 'new', roomId, roomVersion: rules.version, origin: server } as const),
    pdu: room.event !== undefined && isSameEvent(room.event, event, crypto) ? room.event : pdu,
  }
  const taken = { event: item, state: [...room.state], authEvents: [...room.authChain] }
  if (!room.membersOmitted) return takeJoin(server, event, taken, context)
  const servers = JSON.stringify(room.serversInRoom)
  const partialJoin = { roomId, eventId, via: server, servers, joinedAt: runtime.clock.now() }
  await partialJoins.note(partialJoin)
  try {
    await takeJoin(server, event, { ...taken, partial: true }, context)
  } catch (error) {
    await partialJoins.end(partialJoin)
    throw error
  }
  partialJoins.start(partialJoin)
}

/** @throws {RoomServerError} where the join is not accepted here */
async function takeJoin(
  server: ServerName,
  { sender, roomId, eventId }: RoomEvent,
  taken: RequestTo<'inputEventWithState'>,
  { input, crypto, runtime }: RemoteContext,
): Promise<void> {
  const breathing = new Breathing(runtime)
  const { result } = await inputOperations(input, crypto, () => breathing.pause()).inputEventWithState(taken)
  if (result.kind === 'accepted' || result.kind === 'known') return
  throw new RoomServerError(
    'M_FORBIDDEN',
    `${server} let ${sender} into ${roomId}, and the join ${eventId} is ${result.kind} here: ${result.reason?.reason}`,
  )
}

function createIn(
  state: readonly string[],
  { roomId }: RoomEvent,
  rules: RoomVersionRules,
  crypto: RemoteContext['crypto'],
): RoomEvent | undefined {
  for (const pdu of state) {
    if (!pdu.includes('"m.room.create"')) continue
    const event = readOrNothing(pdu, rules, crypto)
    if (event?.type === 'm.room.create' && event.stateKey === '' && event.roomId === roomId) return event
  }
  return undefined
}

/** A server that lies about the version would have us judge the room by other rules than everyone else. */
function refuseOtherVersion(server: ServerName, create: RoomEvent | undefined, { version }: RoomVersionRules): void {
  if (create === undefined) throw new UnusableAnswer(server, 'a room without its create event')
  const said = create.content['room_version'] ?? '1'
  if (said !== version) throw new UnusableAnswer(server, `a room of version ${said} in the name of version ${version}`)
}

/** The copy of the server counts: in a restricted room it has the signature of who let the user in. */
function isSameEvent(pdu: string, { eventId, rules }: RoomEvent, crypto: RemoteContext['crypto']): boolean {
  return readOrNothing(pdu, rules, crypto)?.eventId === eventId
}

function readOrNothing(pdu: string, rules: RoomVersionRules, crypto: RemoteContext['crypto']): RoomEvent | undefined {
  try {
    return readPdu(pdu, rules, crypto).event
  } catch (error) {
    if (error instanceof PduError) return undefined
    throw error
  }
}
