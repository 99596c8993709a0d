/**
 * Resolving snapshots: states split by where their blocks differ, resolved by the room's algorithm, the result stored as a
 * difference to the branch that it is closest to. Room versions 1, 2 and 12, "State resolution"; design, "State snapshots
 * and blocks".
 */
import {
  type AuthCheckObserver,
  type Crypto,
  type EventNumber,
  fullConflictedSet,
  type RoomVersionRules,
  resolveV1,
  resolveV2,
  type StateMap,
} from '@neurite/protocol'
import type { AuthGraphRow } from '../storage/index.ts'
import {
  emptyStateKeyNid,
  powerLevelsTypeNid,
  type RoomNid,
  type SnapshotOrigin,
  type StateSnapshotNid,
} from '../types/index.ts'
import { type Closest, closerOf, closestBranch } from './closest-state.ts'
import { conflictOf, type SnapshotConflict } from './conflicts.ts'
import { blockOfPairs, type DecodedBlock } from './decoded-block.ts'
import { keyNumber } from './key-number.ts'
import { type Compare, changesSince, inPlaces, type LastResolution } from './last-resolution.ts'
import { type GraphSource, ResolutionGraph } from './resolution-graph.ts'
import { weakestOrigin } from './snapshot-origin.ts'
import type { StateBuilder } from './state-builder.ts'
import type { StateReader } from './state-reader.ts'
import type { StateView } from './state-view.ts'

/** What resolution needs to know of a room. */
export interface ResolvingRoom {
  readonly nid: RoomNid
  readonly roomId: string
  readonly rules: RoomVersionRules
  /** The room's next numbers: all events below are visible to the reader. Absent: not known. */
  readonly next?: { readonly event: number }
}

export interface ResolveOptions {
  /** False: the result is not noted to be found again by the snapshots that it came from. Default true. */
  readonly remember?: boolean
  /**
   * A snapshot of the room that may be close to the result, where none of the states is: what most of them resolved to before. It changes
   * how the result is stored, not what it is.
   */
  readonly near?: StateSnapshotNid | 0
  /** Told of each event's fate in the iterative auth checks. Nothing is found again then: everything is worked out. */
  readonly observe?: AuthCheckObserver
  /** A state event that the same commit is going to write: the reader does not show it yet. */
  readonly newEvent?: AuthGraphRow | undefined
}

/** What reading a resolved state needs. */
export interface ResolveReading extends GraphSource, Omit<ResolveOptions, 'remember' | 'near'> {
  readonly crypto: Crypto
  readonly states: StateReader
}

export interface ResolveParts extends ResolveReading, ResolveOptions {
  /** Stores a difference to a snapshot. */
  readonly difference: (
    parent: StateSnapshotNid | 0,
    changes: DecodedBlock,
    origin: SnapshotOrigin,
  ) => Promise<StateSnapshotNid | 0>
}

/**
 * The snapshot of the state that the states of some snapshots resolve to: the empty state for none, the snapshot itself for one,
 * one of them where it has the same state. Its origin is the weakest of theirs. Events of all of them must be visible to the
 * reader, but for `newEvent`.
 */
export async function resolveSnapshots(
  builder: StateBuilder,
  room: ResolvingRoom,
  snapshots: readonly (StateSnapshotNid | 0)[],
  parts: ResolveParts,
): Promise<StateSnapshotNid | 0> {
  const { states, difference, remember = true, near, observe } = parts
  const inputs = [...new Set(snapshots)].sort((a, b) => a - b)
  const [first = 0] = inputs
  if (inputs.length < 2) return first
  if (observe === undefined && remember) {
    const known = await states.identity(room.nid, 'resolution', inputs, builder)
    if (known !== undefined) return known as StateSnapshotNid
  }

  if (near !== undefined) return resolveNear(near, builder, room, await states.views(inputs, builder), parts)
  const { view, changes, origin } = await resolveViews(await states.views(inputs, builder), room, parts)
  const result = await difference(view.snapshot, blockOfPairs(changes), origin)
  // What does not follow from the graph may come out differently once more is known: it is worked out again each time.
  if (remember && origin === 'computed' && result !== 0) builder.addIdentity('resolution', inputs, result)
  return result
}

/** The current state of a room that forks: stored as what differs from the last one where that is little, and worked out from it. */
async function resolveNear(
  near: StateSnapshotNid | 0,
  builder: StateBuilder,
  room: ResolvingRoom,
  inputs: readonly StateView[],
  parts: ResolveParts,
): Promise<StateSnapshotNid | 0> {
  const { states, difference } = parts
  const nearView = await states.view(near, builder)
  const last = states.lastResolutions.of(room.nid, nearView)
  const views = inPlaces(inputs, last)
  const compare: Compare = (before, after) => states.differingKeys(before, after, builder)
  const { origin, differing, values, ...closest } = await resolveViews(views, room, parts, last && { last, compare })
  const { view, changes } = closerOf(closest, nearView, () =>
    last === undefined ? undefined : changesSince(last, views, differing, values),
  )
  const snapshot = await difference(view.snapshot, blockOfPairs(changes), origin)
  const result = (await states.list(snapshot, builder)).blocks
  states.lastResolutions.note(room.nid, { views, differing, values, result })
  return snapshot
}

/** The state that the states of some snapshots resolve to, for reading: nothing is stored, and nothing of it is kept. */
export async function resolvedView(
  room: ResolvingRoom,
  snapshots: readonly (StateSnapshotNid | 0)[],
  parts: ResolveReading,
): Promise<StateView> {
  const { states, observe } = parts
  const inputs = [...new Set(snapshots)].sort((a, b) => a - b)
  const known = inputs.length < 2 ? (inputs[0] ?? 0) : await states.identity(room.nid, 'resolution', inputs)
  if (known !== undefined && (inputs.length < 2 || observe === undefined))
    return states.view(known as StateSnapshotNid | 0)
  const { view, changes, origin } = await resolveViews(await states.views(inputs), room, parts)
  return view.with(blockOfPairs(changes), origin)
}

/** What states resolve to, as the difference to the one of them that differs least from it. */
interface ResolvedViews extends Closest, Pick<LastResolution, 'differing' | 'values'> {
  readonly origin: SnapshotOrigin
}

async function resolveViews(
  views: readonly StateView[],
  room: ResolvingRoom,
  parts: ResolveReading,
  last?: Parameters<typeof conflictOf>[2],
): Promise<ResolvedViews> {
  const conflict = conflictOf(views, room.rules.stateResolution !== 'v1', last)
  const resolved = await resolveConflicts(conflict, room, parts)
  const origin = weakestOrigin(views.map(view => view.origin))
  const { differing, agreed } = conflict
  const values = new Map(differing.map(({ key }) => [key, agreed.get(key) ?? 0]))
  for (const [key, event] of resolved) values.set(key, event)
  return { ...closestBranch(views, conflict, values, origin), origin, differing, values }
}

/** The resolved entries of all keys that are not in the unconflicted state. */
async function resolveConflicts(
  conflict: SnapshotConflict,
  room: ResolvingRoom,
  parts: ResolveReading,
): Promise<StateMap> {
  const conflicted = new Set<EventNumber>()
  for (const { event } of conflict.entries) conflicted.add(event)
  if (conflicted.size === 0) return new Map()

  const { newEvent } = parts
  const powerLevels = conflict.unconflicted.get(keyNumber(powerLevelsTypeNid, emptyStateKeyNid))
  const events = powerLevels === undefined ? conflicted : [...conflicted, powerLevels]
  const graph = await ResolutionGraph.of(room, parts, { events, newEvent })
  try {
    return await resolveByGraph(conflict, conflicted, graph, room.rules, parts)
  } finally {
    graph.release()
  }
}

async function resolveByGraph(
  conflict: SnapshotConflict,
  conflicted: ReadonlySet<EventNumber>,
  graph: ResolutionGraph,
  { stateResolution }: RoomVersionRules,
  { crypto, observe }: ResolveReading,
): Promise<StateMap> {
  const { unconflicted } = conflict
  if (stateResolution === 'v1') {
    await graph.load(conflicted, unconflicted.get)
    return resolveV1(conflict, graph, crypto)
  }
  const full = await graph.walk(() => fullConflictedSet(conflict, graph, stateResolution))
  const resolve = () => resolveV2(conflict, full, graph, stateResolution, crypto, observe)
  if (observe === undefined) return graph.withLoaded(full, unconflicted.get, resolve)
  // It is told of each event once.
  await graph.load(full, unconflicted.get)
  return resolve()
}
