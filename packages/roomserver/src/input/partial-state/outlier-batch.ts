/**
 * Many outliers in one turn and one commit: the state of a room that is being completed. Each is checked as any outlier is
 * (steps.ts); what is looked up for them is looked up together. Their form, signatures and hashes were checked before.
 */
import { createEventIdOf, type RoomEvent } from '@neurite/protocol'
import type { EventRow } from '../../storage/index.ts'
import { eventRow, type Judgement } from '../conclude.ts'
import type { InputItem } from '../item.ts'
import type { Names } from '../names.ts'
import { noteRedactions } from '../redactions.ts'
import type { StepContext } from '../step.ts'
import { allowedByAuthEvents } from '../steps/allowed-by-auth-events.ts'
import { keyLengths } from '../steps/key-lengths.ts'
import { type StoredEvent, Work } from '../work.ts'

/** An outlier that was read and whose signatures are valid. */
export interface CheckedOutlier {
  readonly item: InputItem
  /** In its redacted form where the content hash did not fit. */
  readonly event: RoomEvent
}

/** An event that is here now, or was before; or the ID of an auth event that is not here. */
export type OutlierResult = { readonly stored: StoredOutlier } | { readonly lacks: string }

/** What states are made of. */
export type StoredOutlier = Pick<EventRow, 'event' | 'type' | 'stateKey' | 'status'>

/**
 * Fills `context.change`.
 * @param outliers those that others of them refer to come first, or they are orphans
 * @returns what became of each
 */
export async function takeOutliers(
  outliers: readonly CheckedOutlier[],
  context: StepContext,
  names: Names,
): Promise<OutlierResult[]> {
  const known = await storedEvents(outliers, context)
  const results: OutlierResult[] = []
  for (const outlier of outliers) {
    await context.pause()
    results.push(await takeOne(outlier, known, context, names))
  }
  return results
}

/** What is stored of the events, and of those that they refer to, by ID. Without an event: nobody refers to it. */
type KnownEvents = Map<string, StoredEvent | Pick<StoredEvent, 'row'>>

async function storedEvents(
  outliers: readonly CheckedOutlier[],
  { room, reader, events }: StepContext,
): Promise<KnownEvents> {
  const own = outliers.map(({ event }) => event.eventId)
  const referred = new Set<string>(outliers.flatMap(({ event }) => event.authEvents))
  const [first] = outliers
  if (first !== undefined && room.rules.auth.createImpliedByRoomId) referred.add(createEventIdOf(first.event.roomId))
  const known: KnownEvents = new Map()
  for (const [eventId, row] of await room.eventRows(own, reader)) known.set(eventId, { row })
  const rows = await room.eventRows([...referred], reader)
  const loaded = await events.load([...rows.values()].map(row => row.event))
  for (const [eventId, row] of rows) known.set(eventId, { row, event: loaded.get(row.event) as RoomEvent })
  return known
}

async function takeOne(
  { item, event }: CheckedOutlier,
  known: KnownEvents,
  context: StepContext,
  names: Names,
): Promise<OutlierResult> {
  const { eventId } = event
  const before = known.get(eventId)
  if (before !== undefined) return { stored: asStored(before.row) }
  const createId =
    context.room.rules.auth.createImpliedByRoomId && event.type !== 'm.room.create'
      ? createEventIdOf(event.roomId)
      : undefined
  const create = createId === undefined ? undefined : referred(createId, known)
  const authEvents: StoredEvent[] = []
  for (const id of event.authEvents) {
    const stored = referred(id, known)
    if (stored === undefined) return { lacks: id }
    authEvents.push(stored)
  }
  if (createId !== undefined && create === undefined) return { lacks: createId }
  const work = new Work(item, event, undefined)
  work.authEvents = authEvents
  work.impliedCreate = create
  const { change } = context
  const nid = change.allotEvent()
  const row = await eventRow(nid, work, await judgementOf(work, context), context, names)
  change.writeEvent(row, event.canonicalText)
  await noteRedactions({ row, event }, undefined, context)
  known.set(eventId, { row, event })
  return { stored: asStored(row) }
}

function referred(eventId: string, known: KnownEvents): StoredEvent | undefined {
  const found = known.get(eventId)
  return found !== undefined && 'event' in found ? found : undefined
}

function asStored({ event, type, stateKey, status }: EventRow): StoredOutlier {
  return { event, type, stateKey, status }
}

async function judgementOf(work: Work, context: StepContext): Promise<Judgement> {
  for (const step of [keyLengths, allowedByAuthEvents]) {
    const outcome = await step.run(work, context)
    if (outcome.kind === 'reject') return { status: 'rejected', reason: outcome.reason }
  }
  return { status: 'accepted', reason: undefined }
}
