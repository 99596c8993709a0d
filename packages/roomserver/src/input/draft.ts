/**
 * Events of local users: built in the room's turn on what the room is at that moment, so that what users send at once does not fork the
 * room. Server-server API, "PDUs"; docs/way-of-an-event.md.
 */
import {
  authEventKeys,
  type BuiltEvent,
  buildEvent,
  type Crypto,
  canonicalJson,
  depthAfter,
  type EventId,
  type EventReference,
  JsonError,
  type JsonObject,
  PduError,
  type RoomEvent,
  type RuleName,
  referenceTo,
  requiredSigners,
  type Signer,
  type UserId,
} from '@neurite/protocol'
import { type Membership, RoomServerError } from '../api/index.ts'
import type { EventRow, VerdictReason } from '../storage/index.ts'
import { type EventNid, localOf } from '../types/index.ts'
import type { InputItem } from './item.ts'
import type { StepContext } from './step.ts'

/** What a local user wants to send; the rest is filled in. */
export interface EventDraft {
  readonly type: string
  readonly stateKey?: string
  readonly sender: UserId
  readonly content: JsonObject
  readonly redacts?: string
  /** Milliseconds since 1970; absent: now. */
  readonly timestamp?: number
}

/** What belongs to a draft besides the event. */
export interface DraftOptions extends Pick<InputItem, 'origin' | 'sendAsServer' | 'transactionId'> {
  /** State: nothing is sent where the current entry has this sender and content already. */
  readonly unlessSame?: boolean
  /** Member events: nothing is sent, and {@link MembershipIsAnother} thrown, unless the user's membership is one of these at that moment. */
  readonly onlyFrom?: readonly Membership[]
  /** The event of another server's user, or one that another server signs as well: it is proposed and never taken as it is. */
  readonly signedElsewhere?: boolean
}

/** The user whose member event was to be sent is something else by now. Nothing was sent. */
export class MembershipIsAnother extends Error {
  /** `leave` where the user has none. */
  readonly membership: string
  constructor(roomId: string, userId: string, membership: string) {
    super(`${userId} is ${membership} in room ${roomId}`)
    this.name = 'MembershipIsAnother'
    this.membership = membership
  }
}

/** With what events are built. */
export interface DraftTools {
  readonly signer: Signer
  readonly crypto: Crypto
  /** Milliseconds since 1970. */
  readonly now: number
  /** For event IDs of the room versions that have them in a field: never the same twice. */
  readonly newIdLocalpart: () => string
}

/**
 * The most prev events that we name. Servers may refuse more than 20; with 10 at a time a room with many forward extremities still
 * gets fewer with every event. Design, "Forward extremities are bounded".
 */
export const maxPrevEvents = 10
/** Of these so many are the youngest, so that the event follows what people see; the others are the oldest, which go first. */
const youngestPrevEvents = 5

/** The forward extremities to build on: all where they are few, else the youngest and the oldest. */
export function chosenExtremities(extremities: readonly EventNid[]): EventNid[] {
  if (extremities.length <= maxPrevEvents) return [...extremities]
  const byAge = [...extremities].sort((a, b) => localOf(a) - localOf(b))
  return [...byAge.slice(0, maxPrevEvents - youngestPrevEvents), ...byAge.slice(-youngestPrevEvents)]
}

/**
 * Builds the event that a draft becomes in the room as it stands.
 * @throws {RoomServerError} `M_TOO_LARGE`, `M_BAD_JSON` where it is no event; `M_FORBIDDEN` where another server would have to sign it
 */
export async function buildDraft(
  draft: EventDraft,
  tools: DraftTools,
  context: StepContext,
  { signedElsewhere = false }: Pick<DraftOptions, 'signedElsewhere'> = {},
): Promise<BuiltEvent> {
  const { room, reader } = context
  const prevRows = await room.rowsByNid(chosenExtremities(room.forwardExtremities), reader)
  const authEvents = await selectAuthEvents(draft, context)
  const parts = {
    ...draft,
    roomId: room.roomId,
    prevEvents: await references(prevRows, tools, context),
    authEvents: authEvents.map(event => referenceTo(event, tools.crypto)),
    timestamp: draft.timestamp ?? tools.now,
    depth: depthAfter(
      prevRows.map(({ depth }) => depth),
      room.rules,
    ),
    idLocalpart: room.rules.format.eventId === 'field' ? tools.newIdLocalpart() : '',
  }
  try {
    const built = buildEvent(parts, tools.signer, room.rules, tools.crypto)
    if (!signedElsewhere) refuseForeign(built.event, tools.signer)
    return built
  } catch (error) {
    if (!(error instanceof PduError || error instanceof JsonError)) throw error
    const errcode = error instanceof PduError && error.kind === 'too-large' ? 'M_TOO_LARGE' : 'M_BAD_JSON'
    throw new RoomServerError(errcode, `room ${room.roomId}: ${error.message}`, {}, { cause: error })
  }
}

/** An event that lacks a signature is dropped by every other server: it must not be taken here. */
function refuseForeign(event: RoomEvent, { server }: Signer): void {
  for (const needed of requiredSigners(event))
    if (needed !== server)
      throw new RoomServerError(
        'M_FORBIDDEN',
        `room ${event.roomId}: ${event.type} of ${event.sender} must be signed by ${needed}, and this server is ${server}`,
      )
}

/** Rules that look at what the event says alone: what they refuse nobody may send, and asking for more power does not help. */
const rulesOfForm: ReadonlySet<string> = new Set<RuleName>([
  'create/prev-events',
  'member/form',
  'member/unknown',
  'power-levels/integers',
  'power-levels/maps',
  'power-levels/users',
  'power-levels/creators',
])

/** An event that was built here, as input takes it. */
export function itemOf(
  { event, pdu }: BuiltEvent,
  { origin, sendAsServer, transactionId }: Pick<DraftOptions, 'origin' | 'sendAsServer' | 'transactionId'>,
): InputItem {
  return {
    ...{ kind: 'new', roomId: event.roomId, roomVersion: event.rules.version, pdu, origin },
    ...(sendAsServer === undefined ? {} : { sendAsServer }),
    ...(transactionId === undefined ? {} : { transactionId }),
  }
}

/** What a user is told whose event the room does not allow. */
export function refusedByRules({ type, sender, roomId, content }: RoomEvent, why: VerdictReason): RoomServerError {
  const { reason, rule, decidedBy } = why
  const details = { rule, ...(decidedBy === undefined ? {} : { decidedBy }) }
  // A room version may be too old for knocks: the room refuses what other rooms take.
  const isKnock = type === 'm.room.member' && content['membership'] === 'knock'
  const errcode = rulesOfForm.has(rule) && !isKnock ? 'M_BAD_JSON' : 'M_FORBIDDEN'
  return new RoomServerError(errcode, `${sender} may not send ${type} to ${roomId}: ${reason}`, details)
}

/** Whether the current state has an entry with this sender and content already: the event that it is. */
export async function sameInState(draft: EventDraft, context: StepContext): Promise<string | undefined> {
  const { stateKey } = draft
  if (stateKey === undefined) return undefined
  const [current] = await entriesOf([[draft.type, stateKey]], context)
  if (current?.sender !== draft.sender) return undefined
  return canonicalJson(current.content) === writtenIfPossible(draft.content) ? current.eventId : undefined
}

/** @returns undefined where it cannot be written: the same as nothing; building the event says why */
function writtenIfPossible(content: JsonObject): string | undefined {
  try {
    return canonicalJson(content)
  } catch (error) {
    if (error instanceof JsonError) return undefined
    throw error
  }
}

/** @throws {MembershipIsAnother} unless the user whose member event this is has one of the memberships */
export async function checkMembership(
  { stateKey = '' }: EventDraft,
  onlyFrom: readonly Membership[],
  context: StepContext,
): Promise<void> {
  const [member] = await entriesOf([['m.room.member', stateKey]], context)
  const membership = member?.content['membership'] ?? 'leave'
  if (!onlyFrom.some(one => one === membership))
    throw new MembershipIsAnother(context.room.roomId, stateKey, String(membership))
}

/** What auth event selection names, out of the current state. Server-server API, "Auth events selection". */
function selectAuthEvents(draft: EventDraft, context: StepContext): Promise<RoomEvent[]> {
  const { type, sender, stateKey, content } = draft
  return entriesOf(authEventKeys({ type, sender, stateKey, content, rules: context.room.rules }), context)
}

/** Entries of the current state that are there, in order. */
async function entriesOf(
  tuples: readonly (readonly [type: string, stateKey: string])[],
  { room, reader, states, events }: StepContext,
): Promise<RoomEvent[]> {
  const types = await reader.eventTypeNids([...new Set(tuples.map(([type]) => type))])
  const keys = await reader.stateKeyNids([...new Set(tuples.map(([, stateKey]) => stateKey))])
  const view = await states.view(room.currentSnapshot)
  const nids = tuples.flatMap(([type, stateKey]) => {
    const [typeNid, keyNid] = [types.get(type), keys.get(stateKey)]
    return typeNid === undefined || keyNid === undefined ? [] : view.get(typeNid, keyNid) || []
  })
  const loaded = await events.load(nids)
  return nids.map(nid => loaded.get(nid) as RoomEvent)
}

async function references(
  rows: readonly EventRow[],
  { crypto }: DraftTools,
  { room, events }: StepContext,
): Promise<EventReference[]> {
  if (room.rules.format.references === 'ids') return rows.map(({ eventId }) => ({ eventId: eventId as EventId }))
  const loaded = await events.load(rows.map(({ event }) => event))
  return rows.map(({ event }) => referenceTo(loaded.get(event) as RoomEvent, crypto))
}
