/**
 * States worked out from scratch, and compared with stored ones entry by entry.
 */
import { StateBuilder } from '../state/index.ts'
import { localOf, type StateSnapshotNid } from '../types/index.ts'
import type { CheckContext, CheckedRoom } from './check.ts'

/** A state, with the builder that has it where it is not stored. */
export interface Recomputed {
  readonly snapshot: StateSnapshotNid | 0
  readonly builder: StateBuilder
}

/** Entries of a difference that are named. */
const maxNamed = 5

/** What states resolve to. Nothing that was remembered of it is taken, and nothing is written. */
export async function resolveAgain(
  snapshots: readonly (StateSnapshotNid | 0)[],
  { row, rules }: CheckedRoom,
  { states }: CheckContext,
): Promise<Recomputed> {
  const builder = new StateBuilder(row.room, row.next)
  const room = { nid: row.room, roomId: row.roomId, rules }
  const snapshot = await states.resolve(builder, room, snapshots, { remember: false, observe: () => undefined })
  return { snapshot, builder }
}

/** A sentence on how a stored state differs from what it must be; undefined where it does not. */
export async function differenceTo(
  { snapshot, builder }: Recomputed,
  stored: StateSnapshotNid | 0,
  { states, reader }: CheckContext,
): Promise<string | undefined> {
  const changes = await states.differences(snapshot, stored, builder)
  if (changes.length === 0) return undefined
  const types = await reader.eventTypes(changes.map(change => change.type))
  const keys = await reader.stateKeys(changes.map(change => change.stateKey))
  const named = changes.slice(0, maxNamed).map(({ type, stateKey, before, after }) => {
    const key = `${types.get(type) ?? type} ${JSON.stringify(keys.get(stateKey) ?? stateKey)}`
    return `${key} must be event number ${localOf(before)} and is ${localOf(after)}`
  })
  const more = changes.length > maxNamed ? ` and ${changes.length - maxNamed} more` : ''
  return `${named.join(', ')}${more}`
}
