/**
 * How the current state of a room changed, in names: for operations that change it by other ways than events.
 */
import type { StateChange } from '../state/index.ts'
import type { Reader } from '../storage/index.ts'
import type { EventNid, StateEntry } from '../types/index.ts'
import type { PerformContext } from './context.ts'
import { existingRoom, type FoundRoom } from './room-state.ts'

type Entry = [type: string, stateKey: string, eventId: string]

export interface NamedChanges {
  readonly added: Entry[]
  readonly removed: Entry[]
}

/** How the current state is another than it was. */
export async function changesSince({ row }: FoundRoom, context: PerformContext): Promise<StateChange[]> {
  const now = await existingRoom(row.roomId, context)
  return context.states.differences(row.currentSnapshot, now.row.currentSnapshot)
}

export async function namedChanges(changes: readonly StateChange[], reader: Reader): Promise<NamedChanges> {
  const added = changes.flatMap(({ type, stateKey, after }) => (after === 0 ? [] : { type, stateKey, event: after }))
  const removed = changes.flatMap(({ type, stateKey, before }) =>
    before === 0 ? [] : { type, stateKey, event: before },
  )
  return { added: await named(added, reader), removed: await named(removed, reader) }
}

/** Entries as type, state key and event ID. */
async function named(entries: readonly StateEntry[], reader: Reader): Promise<Entry[]> {
  const types = await reader.eventTypes([...new Set(entries.map(({ type }) => type))])
  const keys = await reader.stateKeys([...new Set(entries.map(({ stateKey }) => stateKey))])
  const ids = await eventIds(
    entries.map(({ event }) => event),
    reader,
  )
  return entries.map(
    ({ type, stateKey, event }): Entry => [
      types.get(type) as string,
      keys.get(stateKey) as string,
      ids.get(event) as string,
    ],
  )
}

export async function eventIds(events: readonly EventNid[], reader: Reader): Promise<Map<EventNid, string>> {
  return new Map((await reader.events(events)).map(({ event, eventId }) => [event, eventId]))
}
