/**
 * State resolution over a story's states, in names.
 */
import {
  type ConflictedStates,
  nodeCrypto,
  type Resolution,
  type ResolutionOptions,
  resolveStates,
  type StateMap,
  splitConflicted,
} from '@neurite/protocol'
import type { Story } from './story.ts'

/** The states split as the room's version does. */
export function conflictOf(room: Story, states: readonly StateMap[]): ConflictedStates {
  return splitConflicted(states, room.rules.stateResolution !== 'v1')
}

/** What each of the states has of the keys on which they differ. */
export function statesIn({ count, entries }: ConflictedStates): StateMap[] {
  return Array.from({ length: count }, (_, index) => {
    const ofState = entries.filter(({ states, has }) => states.includes(index) === (has === 'these'))
    return new Map(ofState.map(({ key, event }) => [key, event]))
  })
}

/** What states resolve to: names, sorted. */
export function resolvedNames(room: Story, states: readonly StateMap[], more: Partial<Resolution> = {}): string[] {
  return room.namesIn(resolveStates(states, { graph: room.graph, rules: room.rules, crypto: nodeCrypto, ...more }))
}

/** What the states after these events resolve to: names, sorted. */
export function resolvedAfter(room: Story, names: readonly string[], options?: ResolutionOptions): string[] {
  const states = names.map(name => room.stateAfter(name))
  return resolvedNames(room, states, options === undefined ? {} : { options })
}

/** A list in every order. */
export function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]]
  return list.flatMap((item, at) => permutations(list.toSpliced(at, 1)).map(rest => [item, ...rest]))
}
