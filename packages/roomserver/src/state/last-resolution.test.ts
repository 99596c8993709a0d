import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KeyNumber } from '@neurite/protocol'
import { Random } from '../../../protocol/tests/random-rooms/random.ts'
import type { RoomNid, StateBlockNid, StateSnapshotNid } from '../types/index.ts'
import { blockOfPairs, type DecodedBlock } from './decoded-block.ts'
import { type DifferingKey, differingKeys, eventOf } from './difference.ts'
import { changesSince, differingKeysSince, inPlaces, type LastResolution } from './last-resolution.ts'
import { StateView } from './state-view.ts'

const keys = 12
const events = 6
const rounds = 400

/** States of a room that forks, as lists of blocks, and what each resolution of them came to. */
class Forks {
  readonly random: Random
  #blocks = 0
  #snapshots = 0

  constructor(seed: number) {
    this.random = new Random(seed)
  }

  /** A state that is another with some changes, often to what it has already. */
  child({ blocks, decoded }: Pick<StateView, 'blocks' | 'decoded'>): StateView {
    const { random } = this
    const pairs = new Map<KeyNumber, number>()
    for (let changes = random.below(3); changes >= 0; changes--) pairs.set(random.below(keys), random.below(events))
    const change = blockOfPairs([...pairs])
    this.#blocks++
    return this.#view([...blocks, this.#blocks as StateBlockNid], [...decoded, change])
  }

  #view(blocks: readonly StateBlockNid[], decoded: readonly DecodedBlock[]): StateView {
    this.#snapshots++
    return new StateView(this.#snapshots as StateSnapshotNid, 1 as RoomNid, 'computed', blocks, decoded)
  }

  /** Something for each key on which states differ, and now and then for one that none of them has. */
  values(views: readonly StateView[], differing: readonly DifferingKey[]): Map<KeyNumber, number> {
    const { random } = this
    const values = new Map<KeyNumber, number>()
    for (const different of differing) values.set(different.key, eventOf(different, random.below(views.length)))
    const key = random.below(keys)
    if (random.below(4) === 0 && views.every(view => view.eventAt(key) === 0)) values.set(key, 1 + random.below(events))
    return values
  }

  result(views: readonly StateView[], values: ReadonlyMap<KeyNumber, number>): StateView {
    const { blocks, decoded } = views[this.random.below(views.length)] as StateView
    this.#blocks++
    return this.#view([...blocks, this.#blocks as StateBlockNid], [...decoded, blockOfPairs([...values])])
  }
}

/** What each of the states has for each key on which they differ: how it is written down may differ. */
function plain(differing: readonly DifferingKey[], states: number): unknown {
  return differing.map(different => [
    different.key,
    Array.from({ length: states }, (_, state) => eventOf(different, state)),
  ])
}

for (let seed = 1; seed <= 20; seed++)
  test(`what differs since the last resolution is what a look at all states finds (seed ${seed})`, () => {
    const forks = new Forks(seed)
    const { random } = forks
    const base = forks.child(forks.child({ blocks: [], decoded: [] }))
    let views = [forks.child(base), forks.child(base)]
    let last: LastResolution | undefined
    let lastResult: StateView | undefined
    let helped = 0
    for (let round = 0; round < rounds; round++) {
      const given = views
      views = [...inPlaces(views, last)]
      assert.deepEqual(new Set(views), new Set(given))
      assert.equal(views.length, given.length)
      const found = differingKeys(views)
      const compare = (before: StateView, after: StateView) => differingKeys([before, after])
      const since = last && differingKeysSince({ last, compare }, views)
      if (since !== undefined) assert.deepEqual(plain(since, views.length), plain(found, views.length))
      const differing = since ?? found
      const values = forks.values(views, differing)
      const result = forks.result(views, values)
      const changes = last && changesSince(last, views, differing, values)
      if (changes !== undefined) {
        helped++
        const told = new Map(changes)
        assert.equal(told.size, changes.length, 'no key twice')
        for (let key = 0; key < keys; key++) {
          const [before, after] = [lastResult?.eventAt(key), result.eventAt(key)]
          assert.equal(told.get(key) ?? before, after, `key ${key}`)
          assert.notEqual(told.get(key), before, `key ${key} is no change`)
        }
      }
      last = { views, differing, values, result: result.blocks }
      lastResult = result

      // The next event: on a branch, on an old state, or one that merges some branches.
      const at = random.below(views.length)
      const parent = random.below(5) === 0 ? base : (views[at] as StateView)
      const gone = random.below(4)
      const left = views.filter((_, i) => (parent === base ? true : i !== at) && (gone > 0 || i % 2 === 0))
      views = [...left, forks.child(parent)]
      if (views.length < 2) views.unshift(forks.child(base))
      if (views.length > 9) views = views.slice(-4)
    }
    assert.ok(helped > rounds / 2, `${helped} of ${rounds} rounds`)
  })
