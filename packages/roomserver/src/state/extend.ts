/**
 * A snapshot from a parent and a block: what every change of state comes down to. Merges what the policy finds due, and writes
 * down the parent's list where the line of differences has become long. Design, "State snapshots and blocks".
 */
import type { SnapshotForm, SnapshotOrigin, StateBlockNid, StateSnapshotNid } from '../types/index.ts'
import { type BlockList, maxDerivationDepth } from './block-list.ts'
import type { DecodedBlock } from './decoded-block.ts'
import { mergeBlocks } from './merge-blocks.ts'
import {
  cheapestMerge,
  crowdedBlocks,
  inlineMergeEntries,
  type MergePlan,
  mergedBlocks,
  mergesDue,
} from './merge-policy.ts'
import type { StateBuilder } from './state-builder.ts'
import type { StateReader } from './state-reader.ts'

/** What a child is built with. */
export interface Extending {
  readonly builder: StateBuilder
  readonly reader: StateReader
  /** Whether such a merge is being made beside the work already. */
  readonly isUnderWay: (inputs: readonly StateBlockNid[]) => boolean
}

/** @param changes what the child has more than its parent. @returns the child */
export async function extend(
  parent: StateSnapshotNid | 0,
  changes: DecodedBlock,
  origin: SnapshotOrigin,
  parts: Extending,
): Promise<StateSnapshotNid> {
  const { builder, reader } = parts
  const list = await reader.list(parent, builder)
  if (parent === 0) return firstSnapshot(changes, origin, builder)

  const merge = await chooseMerge(list, parts)
  const block = builder.addBlock(changes)
  const base = list.depth < maxDerivationDepth ? { parent, list } : await writtenWhole(parent, list, parts)
  const form: SnapshotForm =
    merge === undefined
      ? { kind: 'append', parent: base.parent, block }
      : { kind: 'merge', parent: base.parent, ...merge, block }
  const { snapshot } = builder.addSnapshot(form, origin, base.list)
  builder.noteOrigin(snapshot, { parent, changes })
  return snapshot
}

function firstSnapshot(entries: DecodedBlock, origin: SnapshotOrigin, builder: StateBuilder): StateSnapshotNid {
  const form: SnapshotForm = { kind: 'whole', parent: 0, blocks: [builder.addBlock(entries)] }
  return builder.addSnapshot(form, origin).snapshot
}

/** The parent's list as a snapshot that rests on no other; the same for all children of the parent. */
async function writtenWhole(
  parent: StateSnapshotNid,
  list: BlockList,
  { builder, reader }: Extending,
): Promise<{ readonly parent: StateSnapshotNid; readonly list: BlockList }> {
  const found = (await reader.identity(builder.room, 'whole', [parent], builder)) as StateSnapshotNid | undefined
  if (found !== undefined) return { parent: found, list: await reader.list(found, builder) }
  const { blocks, origin } = list
  const whole = builder.addSnapshot({ kind: 'whole', parent, blocks }, origin)
  builder.addIdentity('whole', [parent], whole.snapshot)
  return { parent: whole.snapshot, list: whole.list }
}

/** A merge as it stands in a snapshot's row. */
interface ChosenMerge {
  readonly at: number
  readonly count: number
  readonly merged: StateBlockNid
}

/** The merge that a child of this list makes: one that is due and made already or small; a forced one where it is crowded. */
async function chooseMerge(list: BlockList, parts: Extending): Promise<ChosenMerge | undefined> {
  const { builder, reader } = parts
  if (list.blocks.length <= mergedBlocks) return undefined
  const sizes = (await reader.blocksOf(list, builder)).map(block => block.keys.length)
  for (const plan of mergesDue(sizes)) {
    const inputs = inputsOf(plan, list)
    if (parts.isUnderWay(inputs)) continue
    const merged = await findMerge(inputs, parts)
    if (merged !== undefined) return { at: plan.at, count: plan.count, merged }
    if (plan.entries <= inlineMergeEntries) return makeMerge(plan, inputs, parts)
    builder.wantMerge({ room: builder.room, inputs, oldest: plan.at === 0 })
  }
  if (sizes.length < crowdedBlocks) return undefined
  const plan = cheapestMerge(sizes)
  const inputs = inputsOf(plan, list)
  const merged = await findMerge(inputs, parts)
  return merged === undefined ? makeMerge(plan, inputs, parts) : { at: plan.at, count: plan.count, merged }
}

function inputsOf({ at, count }: MergePlan, { blocks }: BlockList): readonly StateBlockNid[] {
  return blocks.slice(at, at + count)
}

async function findMerge(
  inputs: readonly StateBlockNid[],
  { builder, reader }: Extending,
): Promise<StateBlockNid | undefined> {
  return (await reader.identity(builder.room, 'merge', inputs, builder)) as StateBlockNid | undefined
}

async function makeMerge(
  { at, count }: MergePlan,
  inputs: readonly StateBlockNid[],
  { builder, reader }: Extending,
): Promise<ChosenMerge> {
  const merged = builder.addBlock(mergeBlocks(await reader.blocks(inputs, builder), at === 0 ? 'drop' : 'keep'))
  builder.addIdentity('merge', inputs, merged)
  return { at, count, merged }
}
