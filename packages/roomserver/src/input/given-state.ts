/**
 * States by someone's word: as snapshots, and in place of the state that an event was judged by. What rests on them is provisional.
 * docs/decisions/provisional-verdicts.md.
 */
import { GatheredEntries, keyNumber } from '../state/index.ts'
import { type EventNid, localOf, type SnapshotOrigin, type StateSnapshotNid } from '../types/index.ts'
import { correctTo, verdictBy } from './correct.ts'
import { rejudgeable } from './corrections.ts'
import type { StepContext } from './step.ts'

/**
 * The snapshot of a state that someone gave: of those of its events that are stored, are state and were not rejected. Of two for one
 * type and state key the first counts: a state that contradicts itself is still somebody's word, and provisional as such.
 */
export async function givenState(
  eventIds: readonly string[],
  origin: SnapshotOrigin,
  { room, reader, states, change }: StepContext,
): Promise<StateSnapshotNid | 0> {
  const rows = await room.eventRows(eventIds, reader)
  const entries = new GatheredEntries()
  for (const { event, type, stateKey, status } of rows.values())
    if (stateKey !== 0 && status !== 'rejected') entries.add(keyNumber(type, stateKey), localOf(event))
  // A given state is mostly the current one with little changed, so it is stored as a difference to that.
  return states.given(change.state, entries.toBlock().block, origin, room.currentSnapshot)
}

/**
 * What became of a state that was given for an event which is here.
 * - `same`: the event was judged by this state already.
 * - `counts`: the event was judged again by it, and the room follows.
 * - `final`: it is another than follows from the events that are here, and these decide.
 */
export type GivenLater = 'same' | 'counts' | 'final'

/** Lets a state count as the one before an event that is here. Fills `context.change` where it does. */
export async function stateGivenLater(
  event: EventNid,
  stateEventIds: readonly string[],
  context: StepContext,
): Promise<GivenLater> {
  const { states, change } = context
  const subject = await rejudgeable(event, context)
  if (subject === undefined) return 'same'
  const snapshot = await givenState(stateEventIds, 'given', context)
  const { snapshotBefore, provisional } = subject.row
  const differs = (await states.differences(snapshotBefore, snapshot, change.state)).length > 0
  if (!differs) return 'same'
  if (!provisional) return 'final'
  const judgement = await verdictBy(snapshot, subject, context)
  await correctTo({ snapshot, origin: 'given' }, judgement, subject, context)
  return 'counts'
}
