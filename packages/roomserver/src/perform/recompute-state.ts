/**
 * Working out the states of a room from its graph anew: what differs, and where it is asked for the repair. input/recompute.ts,
 * input/repair.ts.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { type Recomputation, recompute } from '../input/recompute.ts'
import type { StateChange } from '../state/index.ts'
import type { Reader } from '../storage/index.ts'
import type { EventNid, StateEntry } from '../types/index.ts'
import type { PerformContext } from './context.ts'
import { existingRoom, type FoundRoom } from './room-state.ts'

/** A repair is looked at again, since the room may have moved on under it. */
const maxRounds = 3

type Entry = [type: string, stateKey: string, eventId: string]

export async function recomputeState(
  { roomId, repair }: RequestTo<'adminRecomputeState'>,
  context: PerformContext,
): Promise<ResponseFrom<'adminRecomputeState'>> {
  const { reader } = context.storage
  const room = await existingRoom(roomId, context)
  const found = await look(room, context)
  const repaired = repair && isWrong(found) && (await repairAll(room, found, context))
  const changes = repaired ? await changesSince(room, context) : found.current
  const added = changes.flatMap(({ type, stateKey, after }) => (after === 0 ? [] : { type, stateKey, event: after }))
  const removed = changes.flatMap(({ type, stateKey, before }) =>
    before === 0 ? [] : { type, stateKey, event: before },
  )
  const current = { added: await named(added, reader), removed: await named(removed, reader) }
  const ids = await eventIds(found.wrong, reader)
  if (repaired) await context.input.collect(roomId)
  return { events: found.events, wrongStates: found.wrong.map(event => ids.get(event) as string), current, repaired }
}

function look({ row }: FoundRoom, { storage: { reader }, crypto, runtime }: PerformContext): Promise<Recomputation> {
  return recompute(row, { reader, crypto, yieldNow: () => runtime.timers.yieldNow() })
}

function isWrong({ doubtful, current }: Recomputation): boolean {
  return doubtful.length > 0 || current.length > 0
}

/** @returns whether all is right now */
async function repairAll({ row }: FoundRoom, found: Recomputation, context: PerformContext): Promise<boolean> {
  const { roomId } = row
  let wrong = found
  for (let round = 0; round < maxRounds && isWrong(wrong); round++) {
    await context.input.repair(roomId, wrong.doubtful)
    wrong = await look(await existingRoom(roomId, context), context)
  }
  return !isWrong(wrong)
}

/** How the current state is another than it was. */
async function changesSince({ row }: FoundRoom, context: PerformContext): Promise<StateChange[]> {
  const now = await existingRoom(row.roomId, context)
  return context.states.differences(row.currentSnapshot, now.row.currentSnapshot)
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

async function eventIds(events: readonly EventNid[], reader: Reader): Promise<Map<EventNid, string>> {
  return new Map((await reader.events(events)).map(({ event, eventId }) => [event, eventId]))
}
