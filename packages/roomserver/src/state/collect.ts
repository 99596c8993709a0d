/**
 * Collection: finds the state of a room that nothing refers to. No reference counts: what is referred to is worked out from the room's
 * rows, and what is left goes in a commit that builds on the same counter of the room, so nothing is revived while it is collected.
 * Design, "State snapshots and blocks".
 */
import type { Reader, RemovedState, RoomRow } from '../storage/index.ts'
import { type EventNid, inRoom, type SnapshotForm, type StateBlockNid, type StateSnapshotNid } from '../types/index.ts'

/** Rows read at once; between two pages other work gets its turn. */
const pageRows = 1_000

/**
 * @param room the room's row; events, snapshots and blocks are read as they are at its counter
 * @returns undefined where everything is referred to
 */
export async function findUnusedState(
  room: RoomRow,
  reader: Reader,
  yieldNow: () => Promise<void>,
): Promise<RemovedState | undefined> {
  const forms = await snapshotForms(room, reader, yieldNow)
  const used = new Set<number>()
  mark(room.currentSnapshot, forms, used)
  for (let after: EventNid | 0 = 0; ; ) {
    const rows: { event: EventNid; snapshotBefore: StateSnapshotNid | 0; snapshotAfter: StateSnapshotNid | 0 }[] =
      await reader.eventsOfRoom(room.room, after, pageRows)
    for (const { snapshotBefore, snapshotAfter } of rows) {
      mark(snapshotBefore, forms, used)
      mark(snapshotAfter, forms, used)
    }
    const last = rows.at(-1)
    if (last === undefined) break
    after = last.event
    await yieldNow()
  }
  const snapshots = [...forms.keys()].filter(snapshot => !used.has(snapshot))
  const blocks = await unusedBlocks(
    room,
    [...forms].filter(([snapshot]) => used.has(snapshot)),
    reader,
    yieldNow,
  )
  const gone = new Set<number>([...snapshots, ...blocks])
  const identities = (await reader.identities(room.room)).filter(
    ({ inputs, result }) => gone.has(result) || inputs.some(input => gone.has(input)),
  )
  if (gone.size === 0 && identities.length === 0) return undefined
  return { snapshots, blocks, identities: identities.map(({ kind, inputs }) => ({ kind, inputs })) }
}

/** All snapshots of the room. Numbers up to the next one are tried: some were collected before. */
async function snapshotForms(
  { room, next }: RoomRow,
  reader: Reader,
  yieldNow: () => Promise<void>,
): Promise<Map<StateSnapshotNid, SnapshotForm>> {
  const forms = new Map<StateSnapshotNid, SnapshotForm>()
  for (let from = 1; from < next.snapshot; from += pageRows) {
    for (const row of await reader.snapshots(numbers<StateSnapshotNid>(room, from, next.snapshot)))
      forms.set(row.snapshot, row.form)
    await yieldNow()
  }
  return forms
}

/** A snapshot is used, and with it all that its list follows from. */
function mark(
  snapshot: StateSnapshotNid | 0,
  forms: ReadonlyMap<StateSnapshotNid, SnapshotForm>,
  used: Set<number>,
): void {
  for (let at = snapshot; at !== 0 && !used.has(at); ) {
    used.add(at)
    const form = forms.get(at)
    // The list of a whole snapshot stands by itself.
    at = form === undefined || form.kind === 'whole' ? 0 : form.parent
  }
}

async function unusedBlocks(
  { room, next }: RoomRow,
  used: readonly (readonly [StateSnapshotNid, SnapshotForm])[],
  reader: Reader,
  yieldNow: () => Promise<void>,
): Promise<StateBlockNid[]> {
  const usedBlocks = new Set<number>(used.flatMap(([, form]) => blocksNamedBy(form)))
  const unused: StateBlockNid[] = []
  for (let from = 1; from < next.block; from += pageRows) {
    const wanted = numbers<StateBlockNid>(room, from, next.block).filter(block => !usedBlocks.has(block))
    for (const { block } of await reader.blocks(wanted)) unused.push(block)
    await yieldNow()
  }
  return unused
}

function blocksNamedBy(form: SnapshotForm): number[] {
  if (form.kind === 'append') return [form.block]
  if (form.kind === 'merge') return [form.merged, form.block]
  return [...form.blocks]
}

function numbers<N extends StateSnapshotNid | StateBlockNid>(room: RoomRow['room'], from: number, end: number): N[] {
  return Array.from({ length: Math.min(pageRows, end - from) }, (_, at) => inRoom<N>(room, from + at))
}
