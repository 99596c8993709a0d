/**
 * How a resolved state is stored: as its difference to the state that it differs least from. Design, "State snapshots and blocks".
 */
import type { KeyNumber, StateMap } from '@neurite/protocol'
import type { SnapshotOrigin } from '../types/index.ts'
import type { SnapshotConflict } from './conflicts.ts'
import { differingKeys, eventOf } from './difference.ts'
import type { StateView } from './state-view.ts'

/** Differences that are not worth a look for a closer state: a block of so few entries takes some ten bytes each. */
const smallDifference = 4

/** A state, and the entries that must change to make it another; 0: the key is absent in the other. */
export interface Closest {
  readonly view: StateView
  readonly changes: readonly (readonly [key: KeyNumber, event: number])[]
}

/**
 * The one of the states that what they resolve to differs least from, and how. Among equals one that is no surer than the result.
 * @param values what the result has for every key on which they differ or that was resolved
 */
export function closestBranch(
  views: readonly StateView[],
  conflict: SnapshotConflict,
  values: StateMap,
  origin: SnapshotOrigin,
): Closest {
  // In how many keys each state differs from the result more than the usual state does: most states have what most have.
  const more = new Int32Array(views.length)
  for (const { key, usual, others, events } of conflict.differing) {
    const event = values.get(key) ?? 0
    const usualDiffers = usual === event ? 0 : 1
    for (let at = 0; at < others.length; at++) {
      const state = others[at] as number
      more[state] = (more[state] as number) + (events[at] === event ? 0 : 1) - usualDiffers
    }
  }
  let closest = 0
  for (let i = 1; i < views.length; i++) {
    const less = (more[closest] as number) - (more[i] as number)
    if (less > 0 || (less === 0 && views[i]?.origin === origin && views[closest]?.origin !== origin)) closest = i
  }
  const view = views[closest]
  if (view === undefined) throw new Error('there are no states to resolve')

  const changes: [KeyNumber, number][] = []
  const differing = new Set<KeyNumber>()
  for (const different of conflict.differing) {
    differing.add(different.key)
    const event = values.get(different.key) ?? 0
    if (event !== eventOf(different, closest)) changes.push([different.key, event])
  }
  // Of a key on which the states do not differ nothing is resolved unless all lack it.
  for (const [key, event] of values) if (!differing.has(key)) changes.push([key, event])
  return { view, changes }
}

/**
 * The same state as its difference to another one, where that is smaller.
 * @param changesOfNear that difference, where it can be had for less than by looking at both states
 */
export function closerOf(
  closest: Closest,
  near: StateView,
  changesOfNear: () => Closest['changes'] | undefined = () => undefined,
): Closest {
  if (closest.changes.length <= smallDifference || near.snapshot === closest.view.snapshot) return closest
  const changes = changesOfNear() ?? differenceTo(near, closest)
  return changes.length < closest.changes.length ? { view: near, changes } : closest
}

/** How a state differs from another one. */
function differenceTo(near: StateView, closest: Closest): Closest['changes'] {
  const before = new Map<KeyNumber, number>()
  const after = new Map(closest.changes)
  for (const [key] of closest.changes) before.set(key, closest.view.eventAt(key))
  for (const different of differingKeys([near, closest.view])) {
    before.set(different.key, eventOf(different, 0))
    if (!after.has(different.key)) after.set(different.key, eventOf(different, 1))
  }
  return [...after].filter(([key, event]) => before.get(key) !== event)
}
