/**
 * Working out the states of a room from its graph anew: what differs, and where it is asked for the repair. input/recompute.ts,
 * input/repair.ts.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { type Recomputation, recompute } from '../input/recompute.ts'
import type { PerformContext } from './context.ts'
import { existingRoom, type FoundRoom } from './room-state.ts'
import { changesSince, eventIds, namedChanges } from './state-changes.ts'

/** A repair is looked at again, since the room may have moved on under it. */
const maxRounds = 3

export async function recomputeState(
  { roomId, repair }: RequestTo<'adminRecomputeState'>,
  context: PerformContext,
): Promise<ResponseFrom<'adminRecomputeState'>> {
  const { reader } = context.storage
  const room = await existingRoom(roomId, context)
  const found = await look(room, context)
  const repaired = repair && (await mend(room, found, context))
  const changes = repaired ? await changesSince(room, context) : found.current
  const current = await namedChanges(changes, reader)
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

/** @returns whether something had to be changed, and all is right now */
async function mend({ row }: FoundRoom, found: Recomputation, context: PerformContext): Promise<boolean> {
  const { roomId } = row
  // Where the states are right, what is kept of the members may still not be.
  if (!isWrong(found)) return context.input.settle(roomId)
  let wrong = found
  for (let round = 0; round < maxRounds && isWrong(wrong); round++) {
    await context.input.repair(roomId, wrong.doubtful)
    wrong = await look(await existingRoom(roomId, context), context)
  }
  return !isWrong(wrong)
}
