/**
 * A snapshot's list of blocks, from old to young, and how it follows from its parent's. Design, "State snapshots and blocks":
 * a snapshot is an ordered list of at most 64 immutable blocks.
 *
 * Snapshots are stored as differences to their parents. So that reading one stays bounded, no chain of differences is longer
 * than `maxDerivationDepth`: before a child would make it so, the parent's list is written down whole, as a snapshot of its own that is
 * found again by the parent; all its further children build on that one.
 */

import type { SnapshotRow } from '../storage/index.ts'
import {
  inRoom,
  localOf,
  roomOf,
  type SnapshotForm,
  type SnapshotOrigin,
  type StateBlockNid,
  type StateSnapshotNid,
} from '../types/index.ts'
import { DamagedSnapshot } from './damage.ts'
import { maxBlocks } from './merge-policy.ts'

/**
 * How many snapshots are read at most until a list is known. The rows are small and lie side by side, so most often one read
 * brings them all. A list written whole takes some 150 bytes: for every 64th snapshot that is little, for every 16th it is not.
 */
export const maxDerivationDepth = 64

export interface BlockList {
  /** From old to young. */
  readonly blocks: readonly StateBlockNid[]
  /** How many steps it is from a snapshot whose list is stored whole. */
  readonly depth: number
  readonly origin: SnapshotOrigin
}

/** The list of snapshot 0. */
export const emptyList: BlockList = { blocks: [], depth: 0, origin: 'computed' }

export function listBytes({ blocks }: BlockList): number {
  return 250 + 8 * blocks.length
}

/** Where lists come from: those that are known, and stored rows. */
export interface ListSource {
  known(snapshot: StateSnapshotNid): BlockList | undefined
  rows(snapshots: readonly StateSnapshotNid[]): Promise<readonly SnapshotRow[]>
}

/** Reads a snapshot's list, most often in one round trip. @throws {DamagedSnapshot} */
export async function readBlockList(snapshot: StateSnapshotNid, source: ListSource): Promise<BlockList> {
  const rows = new Map<StateSnapshotNid, SnapshotRow>()
  const steps: SnapshotRow[] = []
  let list: BlockList | undefined
  for (let at: StateSnapshotNid | 0 = snapshot; list === undefined; ) {
    list = at === 0 ? emptyList : source.known(at)
    if (list !== undefined || at === 0) break
    if (!rows.has(at)) for (const row of await source.rows(likelyAncestors(at))) rows.set(row.snapshot, row)
    const row = rows.get(at)
    if (row === undefined) throw new DamagedSnapshot(at, 'it is not stored')
    if (row.form.kind === 'whole') {
      list = derive(row, emptyList)
      break
    }
    steps.push(row)
    if (row.form.parent >= at) throw new DamagedSnapshot(at, 'its parent is not older')
    if (steps.length > maxDerivationDepth) throw new DamagedSnapshot(snapshot, 'it has too long a line of parents')
    at = row.form.parent
  }
  let derived = list ?? emptyList
  for (let row = steps.pop(); row !== undefined; row = steps.pop()) derived = derive(row, derived)
  return derived
}

/** A snapshot and those numbered before it, among which its parents most often are. */
function likelyAncestors(snapshot: StateSnapshotNid): StateSnapshotNid[] {
  const room = roomOf(snapshot)
  const highest = localOf(snapshot)
  const count = Math.min(maxDerivationDepth, highest)
  return Array.from({ length: count }, (_, i) => inRoom<StateSnapshotNid>(room, highest - i))
}

/** The list of a snapshot by that of its parent. @throws {DamagedSnapshot} where it does not fit it */
export function derive({ snapshot, form, origin }: SnapshotRow, parent: BlockList): BlockList {
  const blocks = deriveBlocks(snapshot, form, parent.blocks)
  if (blocks.length > maxBlocks) throw new DamagedSnapshot(snapshot, `it has ${blocks.length} blocks`)
  return { blocks, depth: form.kind === 'whole' ? 0 : parent.depth + 1, origin }
}

function deriveBlocks(
  snapshot: StateSnapshotNid,
  form: SnapshotForm,
  parent: readonly StateBlockNid[],
): readonly StateBlockNid[] {
  switch (form.kind) {
    case 'append':
      return [...parent, form.block]
    case 'merge': {
      const { at, count, merged, block } = form
      if (!(count > 0 && at + count <= parent.length))
        throw new DamagedSnapshot(snapshot, 'it merges blocks that its parent does not have')
      const blocks = [...parent.slice(0, at), merged, ...parent.slice(at + count)]
      if (block !== 0) blocks.push(block)
      return blocks
    }
    case 'whole':
      return form.blocks
  }
}
