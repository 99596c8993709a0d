/**
 * Verdicts, judged again by the rules: by the event's own auth events, then by the state before it. A soft failure was judged by what
 * was the current state then, which is not kept: of that only its reason is looked at. Server-server API, "Checks performed on
 * receipt of a PDU", 4 and 5.
 */
import {
  authorizeByAuthEvents,
  authorizeByState,
  createEventIdOf,
  type Denied,
  type RoomEvent,
  type RoomId,
} from '@neurite/protocol'
import { loadAuthState } from '../../input/auth-state.ts'
import { verdictReason } from '../../input/reasons.ts'
import { tooLongKeys } from '../../input/steps/key-lengths.ts'
import type { EventRow, VerdictReason } from '../../storage/index.ts'
import type { CheckContext, CheckedRoom, Found, RoomCheck } from '../check.ts'
import { readableEvents } from '../pages.ts'

export const verdicts: RoomCheck = {
  id: 'verdicts',
  of: 'room',
  why: 'whether an event counts follows from the graph, and is the same on every server',
  async *run(room, context) {
    const create = await impliedCreate(room, context)
    for await (const rows of readableEvents(context.reader, room.row.room)) {
      for (const row of rows) yield* checkEvent(row, create, context)
      await context.pause(rows.length)
    }
  },
}

interface Judged {
  readonly event: RoomEvent
  readonly rejected: boolean
}

async function* checkEvent(row: EventRow, create: Judged | undefined, context: CheckContext): AsyncGenerator<Found> {
  const event = row.eventId
  const misfit = misfitOfReason(row)
  if (misfit !== undefined) yield { event, message: misfit }
  // What may still change is judged again by the server, once it can be.
  if (row.provisional) return
  try {
    const message = compare(row, await judgeAgain(row, create, context))
    if (message !== undefined) yield { event, message }
  } catch (error) {
    yield { event, message: `it cannot be judged: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** Why it is rejected; undefined where it is allowed. */
async function judgeAgain(
  row: EventRow,
  create: Judged | undefined,
  context: CheckContext,
): Promise<VerdictReason | undefined | 'unknown'> {
  const { events, reader, crypto } = context
  const authRows = await reader.events(row.authEvents)
  if (authRows.length < row.authEvents.length) throw new Error('not all of its auth events are stored')
  const loaded = await events.load([row.event, ...row.authEvents])
  const event = loaded.get(row.event) as RoomEvent
  const tooLong = tooLongKeys(event)
  if (tooLong !== undefined) return tooLong
  const authEvents = authRows.map(authRow => ({
    event: loaded.get(authRow.event) as RoomEvent,
    rejected: authRow.status === 'rejected',
  }))
  const ownCreate = event.type === 'm.room.create' ? undefined : create
  const byAuthEvents = authorizeByAuthEvents(event, authEvents, ownCreate, crypto)
  // An outlier's auth events may have been rejected after it was judged: it is judged again with its place in the graph.
  if (row.outlier && authEvents.some(({ rejected }) => rejected)) return 'unknown'
  if (!byAuthEvents.allowed) return reasonOf('auth_events', byAuthEvents)
  if (row.outlier) return undefined
  const { lookup } = await loadAuthState(event, row.snapshotBefore, context)
  const byState = authorizeByState(event, lookup, crypto)
  return byState.allowed ? undefined : reasonOf('state_before', byState)
}

function reasonOf(check: string, denied: Denied): VerdictReason {
  return verdictReason(check, denied)
}

function compare(row: EventRow, expected: VerdictReason | undefined | 'unknown'): string | undefined {
  if (expected === 'unknown') return undefined
  const { status, reason } = row
  if (expected === undefined)
    return status === 'rejected' ? `it is rejected (${told(reason)}), and the rules allow it` : undefined
  if (status !== 'rejected') return `it is ${status}, and the rules reject it: ${told(expected)}`
  if (reason?.check === expected.check && reason.rule === expected.rule && reason.decidedBy === expected.decidedBy)
    return undefined
  return `it is rejected by ${told(reason)}, and the rules say ${told(expected)}`
}

/** What a status needs of a reason, whatever the rules say. */
function misfitOfReason({ status, reason }: EventRow): string | undefined {
  if (status === 'accepted')
    return reason === undefined ? undefined : `it is accepted, and has a reason: ${told(reason)}`
  if (reason === undefined) return `it is ${status}, and has no reason`
  const byGraph = reason.check === 'auth_events' || reason.check === 'state_before'
  if (status === 'soft-failed' && byGraph) return `it is soft-failed for a reason that rejects: ${told(reason)}`
  return undefined
}

function told(reason: VerdictReason | undefined): string {
  if (reason === undefined) return 'no reason'
  const by = reason.decidedBy === undefined ? '' : `, by ${reason.decidedBy}`
  return `${reason.check}: ${reason.rule}${by}`
}

/** The create event that the room ID names; undefined where it names none. */
async function impliedCreate(
  { row, rules }: CheckedRoom,
  { reader, events }: CheckContext,
): Promise<Judged | undefined> {
  if (!rules.auth.createImpliedByRoomId) return undefined
  const eventId = createEventIdOf(row.roomId as RoomId)
  const nid = eventId && (await reader.eventNids(row.room, [eventId])).get(eventId)
  const [create] = nid === undefined ? [] : await reader.events([nid])
  if (nid === undefined || create === undefined) return undefined
  return { event: (await events.load([nid])).get(nid) as RoomEvent, rejected: create.status === 'rejected' }
}
