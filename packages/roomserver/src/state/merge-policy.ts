/**
 * Which blocks of a snapshot's list are merged when the next snapshot is built. Design, "State snapshots and blocks": merging
 * decides the cost of the whole store.
 *
 * The level of a block is the logarithm of its entries to base 8; its effective level the highest among its own and those of
 * all younger blocks, so effective levels fall from old to young. Neighbours of one effective level are a group. A group of
 * nine or more has its eight oldest merged into one, which is most often of the next level.
 *
 * Invariants, asserted here and where lists are built:
 * 1. A list has at most 64 blocks. Below 60 a merge may wait for work beside; from 60 on one is made at once.
 * 2. No list of fewer than nine blocks is merged.
 * 3. A merge takes eight neighbours of the parent's list, never the block that is being added. It depends on that list alone,
 *    so all children of a snapshot share it, and it is found again by its inputs.
 * 4. Order is kept: the merged block stands where its inputs stood.
 * 5. The oldest block of a list is the oldest of every list it is in: nothing is ever put before it. So only there
 *    entries that say "absent" are dropped.
 *
 * Why nine and not eight: a branch can bring about a merge of its own at level n only where the eighth block has entries of
 * the branch, and then the ninth has nothing else: at least 8^n of them. So every branch pays for the merges that it causes. With
 * eight, cost is counted along one line of descent only, and branches of eight changes off the right snapshot of a room of
 * 32,768 members write 4,682 entries a change, each time; with nine it is 2, and at most 12 for branches of any length.
 */
import { strict as assert } from 'node:assert/strict'

/** The most blocks of a list. */
export const maxBlocks = 64
/** How many blocks are merged into one. */
export const mergedBlocks = 8
/** How many blocks of one effective level a group has before its oldest are merged. */
const groupBlocks = mergedBlocks + 1
/** From so many blocks on a merge is made at once, whatever its size. */
export const crowdedBlocks = 60
/** Merges of up to so many entries are made at once, in well under a millisecond; larger ones beside the work. */
export const inlineMergeEntries = 4_096

/** Neighbours of a list that are to become one block. */
export interface MergePlan {
  /** The index of the oldest. */
  readonly at: number
  readonly count: number
  /** How many entries they have together. */
  readonly entries: number
}

/** log8, rounded down. */
export function levelOf(entries: number): number {
  return Math.floor((31 - Math.clz32(Math.max(entries, 1))) / 3)
}

/**
 * The merges that a list is due for, those of the youngest blocks first. Each is of use by itself; a snapshot makes one.
 * @param sizes the entries of the blocks of the list, from old to young
 */
export function mergesDue(sizes: readonly number[]): MergePlan[] {
  const plans: MergePlan[] = []
  let end = sizes.length
  let level = 0
  while (end > 0) {
    // The group that ends before `end`: all are of the level of the first of them that is above all younger ones.
    level = Math.max(level, levelOf(sizes[end - 1] as number))
    let start = end - 1
    while (start > 0 && levelOf(sizes[start - 1] as number) <= level) start--
    if (end - start >= groupBlocks) plans.push(planAt(sizes, start))
    end = start
  }
  return plans
}

/** What to merge in a list that is nearly full: the eight neighbours that have the fewest entries. */
export function cheapestMerge(sizes: readonly number[]): MergePlan {
  assert(sizes.length >= crowdedBlocks, 'only a list that is nearly full is forced to merge')
  let cheapest = planAt(sizes, sizes.length - mergedBlocks)
  for (let at = sizes.length - mergedBlocks - 1; at >= 0; at--) {
    const plan = planAt(sizes, at)
    if (plan.entries < cheapest.entries) cheapest = plan
  }
  return cheapest
}

function planAt(sizes: readonly number[], at: number): MergePlan {
  assert(sizes.length >= groupBlocks, 'short lists are not merged')
  assert(at >= 0 && at + mergedBlocks <= sizes.length, 'a merge takes blocks of the list and no others')
  let entries = 0
  for (let i = at; i < at + mergedBlocks; i++) entries += sizes[i] as number
  return { at, count: mergedBlocks, entries }
}
