/**
 * State resolution by the algorithm of a room version.
 */
import type { Crypto } from '../crypto/index.ts'
import type { RoomVersionRules } from '../room-version/index.ts'
import type { ConflictedStates, EventNumber, KeyNumber, ResolutionOptions, RoomGraph, StateMap } from './input.ts'
import type { AuthCheckObserver } from './iterative-auth.ts'
import { resolveV1 } from './resolve-v1.ts'
import { fullConflictedSet, resolveV2 } from './resolve-v2.ts'
import { splitConflicted } from './split-conflicted.ts'

/** What {@link resolveStates} and {@link resolveConflict} need beside the states. */
export interface Resolution {
  readonly graph: RoomGraph
  readonly rules: RoomVersionRules
  readonly crypto: Crypto
  readonly options?: ResolutionOptions
  /** Told of each event's fate in the iterative auth checks, in order. */
  readonly observe?: AuthCheckObserver
}

/** Resolves whole states into one. The order of the states does not matter. */
export function resolveStates(states: readonly StateMap[], resolution: Resolution): StateMap {
  const [first] = states
  if (first === undefined) return new Map()
  if (states.length === 1) return first
  const conflict = splitConflicted(states, resolution.rules.stateResolution !== 'v1')
  const result = new Map<KeyNumber, EventNumber>(resolveConflict(conflict, resolution))
  for (const event of conflict.unconflicted.events()) result.set(resolution.graph.keyOf(event), event)
  return result
}

/**
 * Resolves states that were split already, as by a caller that knows where they differ.
 * @returns the resolved entries of all keys that are not in the unconflicted state; empty where nothing is conflicted
 */
export function resolveConflict(conflict: ConflictedStates, resolution: Resolution): StateMap {
  if (conflict.entries.length === 0) return new Map()
  const { graph, rules, crypto, options, observe } = resolution
  if (rules.stateResolution === 'v1') return resolveV1(conflict, graph, crypto)
  const full = fullConflictedSet(conflict, graph, rules.stateResolution, options)
  return resolveV2(conflict, full, graph, rules.stateResolution, crypto, observe)
}
