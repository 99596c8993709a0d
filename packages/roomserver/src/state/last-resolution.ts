/**
 * What the last resolution of a room's current state came to. While a room is forked, one state among several is another with each
 * event: what the states differ in, and how the result differs from the last one, follow from what was found then and from that one
 * state, without a look at the blocks of all the others. Design, "State snapshots and blocks".
 *
 * What holds: states that agreed on a key and are still there agree on it still. So a key on which the states did not differ can differ
 * now only where the new state has something else than any of the old ones; and where neither then nor now anything was resolved for a
 * key, both results have what a state has that was there then and is there now.
 */
import type { KeyNumber } from '@neurite/protocol'
import type { StateBlockNid } from '../types/index.ts'
import { type DifferingKey, eventOf, mostFrequent } from './difference.ts'
import type { StateView } from './state-view.ts'

export interface LastResolution {
  readonly views: readonly StateView[]
  readonly differing: readonly DifferingKey[]
  /** What the result has for every key on which the states differed or that was resolved; 0 for nothing. */
  readonly values: ReadonlyMap<KeyNumber, number>
  /** The blocks of the result. Lists are the same where they are the same object: numbers of snapshots may be given out again. */
  readonly result: readonly StateBlockNid[]
}

/** States that are new since then, for which this pays. */
const maxNewStates = 1

/** Finds the keys on which two states differ. */
export type Compare = (before: StateView, after: StateView) => readonly DifferingKey[]

/**
 * States in the order of the last ones: those that are still there where they were, a new one in the place of one that is gone, where
 * there is one of each, or at the end. So most of what was found of them then stands as it was written down.
 */
export function inPlaces(views: readonly StateView[], last: LastResolution | undefined): readonly StateView[] {
  if (last === undefined || views.length < last.views.length || views.length > last.views.length + maxNewStates)
    return views
  const left = new Map(views.map(view => [view.blocks, view]))
  if (left.size < views.length) return views
  const places = last.views.map(({ blocks }) => {
    const view = left.get(blocks)
    left.delete(blocks)
    return view
  })
  const added = left.values()
  const ordered = [...places.map(view => view ?? added.next().value), ...added]
  return ordered.includes(undefined) ? views : (ordered as StateView[])
}

/** The keys on which states differ, rising. @returns undefined where the last ones are no help */
export function differingKeysSince(
  { last, compare }: { readonly last: LastResolution; readonly compare: Compare },
  views: readonly StateView[],
): DifferingKey[] | undefined {
  const places = new Map(views.map(({ blocks }, at) => [blocks, at]))
  if (places.size < views.length) return undefined
  const placeOf = last.views.map(({ blocks }) => places.get(blocks) ?? -1)
  const isKept = new Set(placeOf)
  const added = views.flatMap((_, at) => (isKept.has(at) ? [] : [at]))
  if (added.length > maxNewStates || added.length === views.length) return undefined

  const [at = -1] = added
  // The state that the new one stands in place of is the one that it is most like.
  const like = Math.max(placeOf.indexOf(-1), 0)
  const changed = changedKeys(last.views[like] as StateView, views[at], compare)
  const areInPlace = placeOf.every((place, i) => place === i || (place < 0 && i === at))
  const differing: DifferingKey[] = []
  for (const old of last.differing) {
    const { key, usual } = old
    if (areInPlace && at >= 0) {
      const had = placeOf[like] === -1 ? eventOf(old, like) : usual
      if (had === (changed.get(key)?.after ?? eventOf(old, like))) {
        differing.push(old)
        changed.delete(key)
        continue
      }
    }
    const others: number[] = []
    const events: number[] = []
    for (let i = 0; i < old.others.length; i++) {
      const place = placeOf[old.others[i] as number] as number
      if (place < 0) continue
      others.push(place)
      events.push(old.events[i] as number)
    }
    if (at >= 0) insert(others, events, at, usual, changed.get(key)?.after ?? eventOf(old, like))
    changed.delete(key)
    const different = differingKey(key, usual, others, events, views.length)
    if (different !== undefined) differing.push(different)
  }
  if (changed.size === 0) return differing
  for (const [key, { before, after }] of changed) differing.push({ key, usual: before, others: [at], events: [after] })
  return differing.sort((a, b) => a.key - b.key)
}

/**
 * How a result differs from the last one. @param values what it has for every key on which the states differ or that was resolved
 * @returns undefined where no state is left of those that the last one resolved from
 */
export function changesSince(
  last: LastResolution,
  views: readonly StateView[],
  differing: readonly DifferingKey[],
  values: ReadonlyMap<KeyNumber, number>,
): [key: KeyNumber, event: number][] | undefined {
  const lists = new Set(last.views.map(({ blocks }) => blocks))
  const kept = views.findIndex(({ blocks }) => lists.has(blocks))
  const keptView = views[kept]
  if (keptView === undefined) return undefined
  const ofKept = new Map(differing.map(different => [different.key, eventOf(different, kept)]))
  const changes: [KeyNumber, number][] = []
  for (const [key, after] of values) {
    const before = last.values.get(key) ?? ofKept.get(key) ?? keptView.eventAt(key)
    if (before !== after) changes.push([key, after])
  }
  for (const [key, before] of last.values) {
    if (values.has(key)) continue
    const after = keptView.eventAt(key)
    if (before !== after) changes.push([key, after])
  }
  return changes
}

function changedKeys(
  before: StateView,
  after: StateView | undefined,
  compare: Compare,
): Map<KeyNumber, { readonly before: number; readonly after: number }> {
  if (after === undefined) return new Map()
  return new Map(compare(before, after).map(key => [key.key, { before: eventOf(key, 0), after: eventOf(key, 1) }]))
}

/** Notes what a state has, where that is not the usual. */
function insert(others: number[], events: number[], state: number, usual: number, event: number): void {
  if (event === usual) return
  const found = others.findIndex(other => other > state)
  const at = found < 0 ? others.length : found
  others.splice(at, 0, state)
  events.splice(at, 0, event)
}

/** Lists that grew have room for more than they hold, and this is kept: it gets copies of their length. @returns undefined where all states have the same */
function differingKey(
  key: KeyNumber,
  usual: number,
  others: readonly number[],
  events: readonly number[],
  states: number,
): DifferingKey | undefined {
  if (others.length < states)
    return others.length === 0 ? undefined : { key, usual, others: others.slice(), events: events.slice() }
  // None of them has what was usual.
  const now = mostFrequent(events)
  const isOther = (_: unknown, i: number) => events[i] !== now
  const left = others.filter(isOther)
  return left.length === 0 ? undefined : { key, usual: now, others: left, events: events.filter(isOther) }
}
