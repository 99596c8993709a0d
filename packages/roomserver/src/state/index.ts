/**
 * States of rooms: snapshots and blocks, state after events, differences, resolution on numbers, and their caches. Design,
 * "State snapshots and blocks", "State resolution".
 */
export { decodeBlock, encodeBlock } from './block-codec.ts'
export { maxDerivationDepth } from './block-list.ts'
export { ByteBudget, ByteBudgetCache } from './byte-budget.ts'
export { findUnusedState } from './collect.ts'
export { DamagedBlock, DamagedSnapshot } from './damage.ts'
export { type DecodedBlock, emptyBlock } from './decoded-block.ts'
export type { StateChange } from './difference.ts'
export { EventCache, type MemberEvent } from './event-cache.ts'
export { GatheredEntries } from './gathered-entries.ts'
export { keyNumber, stateKeyOfKey, typeOfKey } from './key-number.ts'
export type { PreparedMerge } from './large-merges.ts'
export { maxBlocks } from './merge-policy.ts'
export type { ResolveOptions, ResolvingRoom } from './resolve.ts'
export { weakestOrigin } from './snapshot-origin.ts'
export { StateBuilder, type WantedMerge } from './state-builder.ts'
export { StateCaches } from './state-caches.ts'
export { type ChangedEntry, StateStore, type StateStoreParts } from './state-store.ts'
export { emptyView, StateView } from './state-view.ts'
