/**
 * Snapshots and blocks that nothing leads to: no event's state, not the current state, no other snapshot, nothing that is found
 * again by what it was made of. No harm is done by them but the space that they take.
 */
import type { Inventory, NumberedTable } from '../../storage/index.ts'
import { localOf, type StateSnapshotNid } from '../../types/index.ts'
import type { CheckContext, CheckedRoom, Found, RoomCheck } from '../check.ts'
import { numberedPages, readableEvents } from '../pages.ts'
import { blocksNamedBy } from './snapshots.ts'

const page = 500
/** Numbers that are named; the others are counted. */
const maxNamed = 20

export const orphans: RoomCheck = {
  id: 'orphans',
  of: 'room',
  why: 'what nothing leads to takes space and is for collection',
  async *run(room, context) {
    const { inventory } = context
    if (inventory === undefined) return
    const reached = new Reached(room)
    await reached.fromEvents(context)
    await reached.fromIdentities(context)
    await reached.toParents(context)
    yield* unreached('state_snapshots', room, reached.snapshots, inventory)
    yield* unreached('state_blocks', room, reached.blocks, inventory)
  },
}

/** By local number: what something leads to. A byte a row. */
class Reached {
  readonly #room: CheckedRoom
  readonly snapshots: Uint8Array
  readonly blocks: Uint8Array

  constructor(room: CheckedRoom) {
    this.#room = room
    this.snapshots = new Uint8Array(room.row.next.snapshot)
    this.blocks = new Uint8Array(room.row.next.block)
    this.snapshots[localOf(room.row.currentSnapshot)] = 1
  }

  async fromEvents({ reader, pause }: CheckContext): Promise<void> {
    for await (const rows of readableEvents(reader, this.#room.row.room)) {
      for (const { snapshotBefore, snapshotAfter } of rows) {
        this.snapshots[localOf(snapshotBefore)] = 1
        this.snapshots[localOf(snapshotAfter)] = 1
      }
      await pause(rows.length)
    }
  }

  async fromIdentities({ reader, pause }: CheckContext): Promise<void> {
    const rows = await reader.identities(this.#room.row.room)
    for (const { kind, inputs, result } of rows) {
      const numbers = kind === 'merge' ? this.blocks : this.snapshots
      for (const nid of [...inputs, result]) numbers[localOf(nid as StateSnapshotNid)] = 1
    }
    await pause(rows.length)
  }

  /** Parents are older, so one pass from young to old reaches all. */
  async toParents({ reader, pause }: CheckContext): Promise<void> {
    const { room, next } = this.#room.row
    const parents = new Uint32Array(next.snapshot)
    const read = (nids: readonly StateSnapshotNid[]) => reader.snapshots(nids)
    for await (const rows of numberedPages(room, next.snapshot, read)) {
      if (rows.kind === 'damaged') continue
      for (const { snapshot, form } of rows.rows) {
        parents[localOf(snapshot)] = localOf(form.parent)
        // Blocks of unreached snapshots are not worth a second pass: they go with them.
        for (const block of blocksNamedBy(form)) this.blocks[localOf(block)] = 1
      }
      await pause(rows.rows.length)
    }
    for (let local = next.snapshot - 1; local > 0; local--)
      if (this.snapshots[local] === 1) this.snapshots[parents[local] as number] = 1
  }
}

async function* unreached(
  table: NumberedTable,
  { row }: CheckedRoom,
  reached: Uint8Array,
  inventory: Inventory,
): AsyncGenerator<Found> {
  const named: number[] = []
  let count = 0
  for (let from = 1; from < reached.length; from += page)
    for (const local of await inventory.numbers(table, row.room, from, Math.min(from + page, reached.length))) {
      if (reached[local] === 1) continue
      count++
      if (named.length < maxNamed) named.push(local)
    }
  if (count === 0) return
  const more = count > named.length ? ` and ${count - named.length} more` : ''
  yield { severity: 'note', message: `nothing leads to ${count} rows of ${table}: numbers ${named.join(', ')}${more}` }
}
