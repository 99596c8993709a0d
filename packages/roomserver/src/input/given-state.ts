/**
 * States by someone's word: as snapshots, and in place of the state that an event was judged by. What rests on them is provisional.
 * docs/decisions/provisional-verdicts.md.
 */
import { blockOf } from '../state/index.ts'
import type { EventNid, SnapshotOrigin, StateEntry, StateKeyNid, StateSnapshotNid } from '../types/index.ts'
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
  const entries = new Map<string, StateEntry>()
  for (const { event, type, stateKey, status } of rows.values()) {
    const key = `${type} ${stateKey}`
    if (stateKey === 0 || status === 'rejected' || entries.has(key)) continue
    entries.set(key, { event, type, stateKey: stateKey as StateKeyNid })
  }
  // A given state is mostly the current one with little changed, so it is stored as a difference to that.
  return states.given(change.state, blockOf([...entries.values()]), origin, room.currentSnapshot)
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
