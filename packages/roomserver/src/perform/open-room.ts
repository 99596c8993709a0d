/**
 * Opening a room: from the plan of its first events to the room. All of them are made and judged before any is taken, and they are taken
 * together; so a room is there with all of its first events, or not at all.
 */
import { type BuiltEvent, encodeBase64Url, type RoomVersionRules, type UserId } from '@neurite/protocol'
import { RoomServerError } from '../api/index.ts'
import { Breathing } from '../input/breathing.ts'
import type { PerformContext } from './context.ts'
import { FirstEvents, type FirstEventsParts } from './first-events.ts'
import type { PlannedEvent } from './planned-event.ts'

export interface RoomPlan {
  readonly creator: UserId
  readonly rules: RoomVersionRules
  /** The create event first. */
  readonly events: readonly PlannedEvent[]
  /** Must be allowed after all of these; another server will have to sign them, so they are not among them. */
  readonly mustBeAllowed?: readonly PlannedEvent[]
  /** Milliseconds since 1970; absent: now. */
  readonly timestamp?: number | undefined
}

/** A room whose events are made and not taken yet. */
export interface MadeRoom {
  readonly roomId: string
  readonly rules: RoomVersionRules
  readonly events: readonly BuiltEvent[]
}

/** Random bytes in the IDs of rooms and events that are not hashes: none is ever drawn twice. */
const idBytes = 18

/**
 * Makes the events of a room in memory. Nothing is taken.
 * @throws {RoomServerError} where an event is refused: which, and by which rule
 */
export async function makeRoom(plan: RoomPlan, context: PerformContext): Promise<MadeRoom> {
  const { rules, events, mustBeAllowed = [] } = plan
  const [create, ...others] = events
  if (create === undefined) throw new RangeError('a room opens with a create event')
  const made = await begin(plan, create, context)
  const breathing = new Breathing(context.runtime)
  for (const planned of others) {
    await breathing.pause()
    made.add(planned)
  }
  for (const planned of mustBeAllowed) {
    await breathing.pause()
    made.check(planned)
  }
  return { roomId: made.roomId, rules, events: made.events }
}

/**
 * Takes the events of a room that was made.
 * @throws {RoomServerError} `M_TIMEOUT` where they are on disk and could not be worked off yet: they will be
 */
export async function takeRoom({ roomId, rules, events }: MadeRoom, context: PerformContext): Promise<void> {
  const { input, serverName } = context
  const item = {
    kind: 'new',
    roomId,
    roomVersion: rules.version,
    origin: serverName,
    sendAsServer: serverName,
  } as const
  const results = await input.receiveDurably(events.map(({ pdu }) => ({ ...item, pdu })))
  const notAccepted = results.find(({ kind }) => kind !== 'accepted')
  if (notAccepted === undefined) return
  const why = 'reason' in notAccepted ? notAccepted.reason?.reason : undefined
  if (notAccepted.kind === 'waiting')
    throw new RoomServerError('M_TIMEOUT', `room ${roomId} was begun and is not ready yet: ${why}`)
  throw new Error(`an event of the new room ${roomId} was allowed when it was made and is ${notAccepted.kind}: ${why}`)
}

/** The create event, under an ID that no other room has. */
async function begin(plan: RoomPlan, create: PlannedEvent, context: PerformContext): Promise<FirstEvents> {
  const { storage, newRoomIds, runtime } = context
  for (let timestamp = plan.timestamp ?? runtime.clock.now(); ; timestamp++) {
    const made = new FirstEvents(partsOf(plan, timestamp, context))
    made.add(create)
    // A random ID is free. One that is a hash is not where the same user opened a room alike in the same millisecond.
    if (newRoomIds.take(made.roomId) && (await storage.reader.room(made.roomId)) === undefined) return made
    if (!plan.rules.auth.createImpliedByRoomId)
      throw new RoomServerError(
        'M_UNKNOWN',
        `the random room ID ${made.roomId} of a room of ${plan.creator} was drawn before`,
      )
  }
}

function partsOf({ creator, rules }: RoomPlan, timestamp: number, context: PerformContext): FirstEventsParts {
  const { signer, crypto, serverName, runtime } = context
  const draw = () => encodeBase64Url(runtime.randomness.bytes(idBytes))
  const roomId = rules.auth.createImpliedByRoomId ? '' : `!${draw()}:${serverName}`
  return { ...{ roomId, sender: creator, rules, crypto, timestamp }, signer: signer(), newIdLocalpart: draw }
}
