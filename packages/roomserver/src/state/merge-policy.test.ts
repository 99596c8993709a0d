import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  cheapestMerge,
  crowdedBlocks,
  levelOf,
  type MergePlan,
  maxBlocks,
  mergedBlocks,
  mergesDue,
} from './merge-policy.ts'

test('the level of a block is the logarithm of its entries to base 8', () => {
  const levels = [0, 1, 7, 8, 63, 64, 511, 512, 4095, 4096, 32_767, 32_768, 2 ** 21].map(levelOf)
  assert.deepEqual(levels, [0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7])
})

test('nothing is merged in lists of up to eight blocks; of nine like ones the eight oldest are', () => {
  assert.deepEqual(mergesDue([1, 1, 1, 1, 1, 1, 1, 1]), [])
  assert.deepEqual(mergesDue([1, 1, 1, 1, 1, 1, 1, 1, 1]), [{ at: 0, count: 8, entries: 8 }])
})

test('small blocks below large ones are of their level', () => {
  // The 9 before the 100 count as level 2, where they are too few; those after it are nine of level 0.
  assert.deepEqual(mergesDue([1, 1, 1, 1, 100, 1, 1, 1, 1, 1, 1, 1, 1, 1]), [{ at: 5, count: 8, entries: 8 }])
  assert.deepEqual(mergesDue([70, 1, 1, 1, 1, 1, 1, 1, 1, 100]), [{ at: 0, count: 8, entries: 77 }])
})

test('where several groups are full, the youngest comes first', () => {
  const [small, large] = [Array.from({ length: 9 }, () => 1), Array.from({ length: 10 }, () => 8)]
  assert.deepEqual(
    mergesDue([...large, ...small]).map(plan => plan.at),
    [10, 0],
  )
})

const sizes = fc.array(
  fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 200_000 })),
  {
    maxLength: maxBlocks,
  },
)

test('a merge takes eight neighbours of the list', () => {
  fc.assert(
    fc.property(sizes, list => {
      for (const { at, count, entries } of mergesDue(list)) {
        assert.equal(count, mergedBlocks)
        assert.ok(at >= 0 && at + count < list.length, 'a ninth block is younger')
        assert.equal(
          entries,
          list.slice(at, at + count).reduce((sum, size) => sum + size, 0),
        )
      }
    }),
  )
})

test('a merge that is due stays due while blocks are added, unless one of a higher level comes', () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 100 }), (list, size) => {
      const oldest = Math.min(...list.slice(-1), 1_000_000)
      if (levelOf(size) > levelOf(oldest)) return
      const later = mergesDue([...list, size])
      for (const plan of mergesDue(list)) assert.ok(later.some(({ at }) => at === plan.at))
    }),
  )
})

test('a list that nothing large waits in has nine blocks a level at most, and one of a million entries less than 64', () => {
  const list: number[] = []
  let longest = 0
  for (let i = 0; i < 1_000_000; i++) {
    const [plan] = mergesDue(list)
    if (plan !== undefined) list.splice(plan.at, plan.count, plan.entries)
    list.push(1)
    longest = Math.max(longest, list.length)
  }
  assert.ok(longest <= 56, `${longest} blocks`)
})

test('while large merges are never made, lists stay below 64 all the same', () => {
  const list: number[] = []
  for (let i = 0; i < 200_000; i++) {
    const small = mergesDue(list).find(({ entries }) => entries <= 100)
    const plan = small ?? (list.length >= crowdedBlocks ? cheapestMerge(list) : undefined)
    if (plan !== undefined) list.splice(plan.at, plan.count, plan.entries)
    list.push(1)
    assert.ok(list.length < maxBlocks)
  }
})

interface Block {
  readonly id: number
  readonly size: number
}

/** A room of one-entry changes under the policy, with merges shared by their inputs, that counts the entries it writes. */
class PaperRoom {
  written = 0
  readonly #merged = new Map<string, number>()
  #blocks = 0

  extend(list: readonly Block[]): Block[] {
    const next = [...list]
    const [plan] = mergesDue(list.map(({ size }) => size))
    if (plan !== undefined) next.splice(plan.at, plan.count, this.#merge(plan, list))
    this.written++
    next.push({ id: this.#blocks++, size: 1 })
    return next
  }

  #merge({ at, count, entries: size }: MergePlan, list: readonly Block[]): Block {
    const inputs = list.slice(at, at + count).map(({ id }) => id)
    const known = this.#merged.get(inputs.join())
    if (known !== undefined) return { id: known, size }
    const id = this.#blocks++
    this.#merged.set(inputs.join(), id)
    this.written += size
    return { id, size }
  }
}

test('along one line a change costs one entry for each level', () => {
  const room = new PaperRoom()
  let list: Block[] = []
  for (let i = 0; i < 32_768; i++) list = room.extend(list)
  assert.ok(room.written / 32_768 <= 6, `${room.written / 32_768} entries a change`)
})

test('branches pay for the merges that they cause, wherever they leave and however long they are', () => {
  const room = new PaperRoom()
  const line: Block[][] = [[]]
  for (let i = 0; i < 4_700; i++) line.push(room.extend(line[i] as Block[]))
  for (const length of [1, 4, 8, 12, 24, 100])
    for (let position = 4_000; position < 4_700; position += length > 50 ? 13 : 1) {
      const grow = () => {
        let list = line[position] as Block[]
        for (let i = 0; i < length; i++) list = room.extend(list)
      }
      // What is due on the line itself is written once, by the first branch.
      grow()
      const before = room.written
      grow()
      grow()
      const each = (room.written - before) / 2 / length
      assert.ok(each <= 12, `${each} entries a change in branches of ${length} from ${position}`)
    }
})
