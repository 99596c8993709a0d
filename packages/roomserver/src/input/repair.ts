/**
 * Repairing the states of a room, whose faults were found by recompute.ts: doubtful events are made provisional, so that they are judged
 * again by what follows from the graph like all provisional ones (correct.ts), and the current state is resolved again. Each step is a
 * turn of the room and one commit; after a crash between them the repair is asked for again.
 */
import { type EventNid, localOf } from '../types/index.ts'
import { changeOfCurrentState } from './current-state.ts'
import { noteMemberships } from './memberships.ts'
import { resolveStatesOf } from './resolve-states.ts'
import type { StepContext } from './step.ts'

/** Events made provisional in one commit: some hundred kilobytes. */
export const doubtedAtOnce = 500

/**
 * What resolutions came to is not believed any more: it is all worked out anew when it is needed.
 * @returns false where nothing was remembered
 */
export async function forgetResolutions({ room, reader, change }: StepContext): Promise<boolean> {
  const remembered = await reader.identities(room.nid)
  const identities = remembered.filter(({ kind }) => kind === 'resolution')
  if (identities.length > 0) change.remove({ snapshots: [], blocks: [], identities })
  return identities.length > 0
}

/** Some events are to be judged again. @returns false where all of them are to be already */
export async function doubt(events: readonly EventNid[], { room, reader, change }: StepContext): Promise<boolean> {
  const rows = (await room.rowsByNid(events, reader)).filter(({ provisional, outlier }) => !provisional && !outlier)
  for (const row of rows) change.writeEvent({ ...row, provisional: true }, undefined)
  return rows.length > 0
}

/** The current state is what the states after the forward extremities resolve to. @returns false where it is already */
export async function settleCurrentState(context: StepContext): Promise<boolean> {
  const { room, reader, change } = context
  const rows = await room.rowsByNid(room.forwardExtremities, reader)
  const { snapshot } = await resolveStatesOf(rows, context)
  const changed = await changeOfCurrentState(snapshot, context)
  const [newest] = rows.toSorted((a, b) => localOf(b.event) - localOf(a.event))
  if (changed.entries.length === 0 || newest === undefined) return false
  change.moveTo(room.forwardExtremities, snapshot)
  await noteMemberships(changed, context)
  change.output({
    ...{ kind: 'state-corrected', event: newest.event, status: newest.status },
    before: { added: [], removed: [] },
    current: {
      added: changed.entries.flatMap(({ after }) => (after === 0 ? [] : [after])),
      removed: changed.entries.flatMap(({ before }) => (before === 0 ? [] : [before])),
    },
  })
  return true
}
