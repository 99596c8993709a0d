/**
 * State snapshots: every one can be read, follows from an older one, and has only blocks that there are.
 */
import type { SnapshotRow } from '../../storage/index.ts'
import { localOf, type SnapshotForm, type StateBlockNid, type StateSnapshotNid } from '../../types/index.ts'
import type { CheckContext, Found, RoomCheck } from '../check.ts'
import { numberedPages } from '../pages.ts'

export const snapshots: RoomCheck = {
  id: 'snapshots',
  of: 'room',
  why: 'a snapshot that cannot be read leaves every event that stands on it without a state',
  async *run({ row }, context) {
    const read = (nids: readonly StateSnapshotNid[]) => context.reader.snapshots(nids)
    for await (const page of numberedPages(row.room, row.next.snapshot, read)) {
      if (page.kind === 'damaged') yield { message: page.error.message }
      else {
        for (const snapshot of page.rows) yield* checkSnapshot(snapshot, context)
        await context.pause(page.rows.length)
      }
    }
  },
}

async function* checkSnapshot({ snapshot, form }: SnapshotRow, context: CheckContext): AsyncGenerator<Found> {
  const named = blocksNamedBy(form)
  const stored = new Set((await context.reader.blocks(named)).map(({ block }) => block))
  for (const block of named)
    if (!stored.has(block))
      yield { message: `snapshot number ${localOf(snapshot)} has block number ${localOf(block)}, which there is not` }
  try {
    await context.states.originOf(snapshot)
  } catch (error) {
    yield { message: error instanceof Error ? error.message : String(error) }
  }
}

/** The blocks that a snapshot's own row names: those of its parent are named by the parent's. */
export function blocksNamedBy(form: SnapshotForm): StateBlockNid[] {
  switch (form.kind) {
    case 'append':
      return [form.block]
    case 'merge':
      return form.block === 0 ? [form.merged] : [form.merged, form.block]
    case 'whole':
      return [...form.blocks]
  }
}
