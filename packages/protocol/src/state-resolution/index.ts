/** State resolution 1, 2 and 2.1 on numbers. Room versions 1, 2 and 12, "State resolution". */
export { authDifference } from './auth-difference.ts'
export { conflictedSubgraph } from './conflicted-subgraph.ts'
export type {
  ConflictedEntry,
  ConflictedStates,
  EventNumber,
  KeyNumber,
  RememberedEvent,
  ResolutionOptions,
  RoomGraph,
  StateMap,
  UnconflictedState,
} from './input.ts'
export type { AuthCheckObserver } from './iterative-auth.ts'
export { mainlineSort } from './mainline-sort.ts'
export { isPowerEvent, senderPower } from './power-events.ts'
export { powerSort } from './power-sort.ts'
export { type Resolution, resolveConflict, resolveStates } from './resolve.ts'
export { resolveV1 } from './resolve-v1.ts'
export { fullConflictedSet, type Generation, resolveV2 } from './resolve-v2.ts'
export { conflictedEntries, splitConflicted } from './split-conflicted.ts'
