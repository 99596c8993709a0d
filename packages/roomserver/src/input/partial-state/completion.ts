/**
 * The state before a join that lacked its members is whole now: the join is judged by it, and all that rests on it, oldest first. Each is
 * a commit of its own, all of them in one turn of the room, so that no event comes between what lacks members and what does not. After
 * a crash the rest is found by where its states come from. Design, "Each snapshot records where it comes from".
 */
import type { DecodedBlock } from '../../state/index.ts'
import type { EventNid } from '../../types/index.ts'
import { correct, correctTo, verdictBy } from '../correct.ts'
import { completable, withReferences } from '../corrections.ts'
import type { StepContext } from '../step.ts'

export interface CompletionTools {
  /** For the next commit. */
  context(): StepContext
  /** Resolves when it is on disk. */
  commit(context: StepContext): Promise<unknown>
}

/** Provisional events looked at at once. */
const pageEvents = 500

/** @returns false where the state does not allow the join: it is not what it is given for, and nothing was changed */
export async function complete(join: EventNid, state: DecodedBlock, tools: CompletionTools): Promise<boolean> {
  if (!(await completeJoin(join, state, tools))) return false
  while (await completeRest(tools));
  return true
}

async function completeJoin(
  join: EventNid,
  state: DecodedBlock,
  { context: next, commit }: CompletionTools,
): Promise<boolean> {
  const context = next()
  const found = await withReferences(join, context)
  if (found === undefined) return false
  // A crash came after it.
  if ((await context.states.originOf(found.row.snapshotBefore)) !== 'partial') return true
  const snapshot = await context.states.given(context.change.state, state, 'given')
  const judgement = await verdictBy(snapshot, found, context)
  if (judgement.status !== found.row.status) return false
  const prevEvents = found.prevEvents.filter(({ outlier }) => !outlier)
  await correctTo({ snapshot, origin: 'given' }, judgement, { ...found, prevEvents }, context)
  await commit(context)
  return true
}

/** One look at all that rested on states without members. @returns whether anything was judged again */
async function completeRest({ context: next, commit }: CompletionTools): Promise<boolean> {
  let isAny = false
  for (let after: EventNid | 0 = 0; ; ) {
    const { reader, room, states, pause } = next()
    const rows = await reader.provisionalEvents(room.nid, after, pageEvents)
    for (const { event, snapshotBefore } of rows) {
      if ((await states.originOf(snapshotBefore)) !== 'partial') continue
      const context = next()
      const found = await completable(event, context)
      if (found === undefined) continue
      await correct(found, context)
      await commit(context)
      isAny = true
      await pause()
    }
    const last = rows.at(-1)
    if (last === undefined) return isAny
    after = last.event
  }
}
