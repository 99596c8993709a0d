/**
 * Makes random rooms and compares the rules on them until enough conflicts were resolved.
 */
import { Comparison } from './comparison.ts'
import { ConflictCount } from './conflict-count.ts'
import { RandomRoom } from './random-room.ts'
import { sampledStates } from './sampled-states.ts'

/** States that are drawn from each room besides the merges that it has itself. */
const samplesPerRoom = 10

export interface RoomReport {
  readonly differences: readonly string[]
  readonly events: number
}

/** Compares everything in one room. */
export function compareRoom(version: string, seed: number, count: ConflictCount, events?: number): RoomReport {
  const made = new RandomRoom(version, seed, events)
  const { room, random, received } = made
  const comparison = new Comparison(room, random)
  for (const number of received) {
    comparison.verdicts(number, room.stateAfter(random.pick(received)), count)
    const prevEvents = room.prevEvents(number)
    if (prevEvents.length > 1)
      comparison.resolutions(
        prevEvents.map(prev => room.stateAfter(prev)),
        count,
      )
  }
  for (let i = 0; i < samplesPerRoom; i++) comparison.resolutions(sampledStates(made), count)
  return { differences: comparison.differences, events: received.length }
}

/** Rooms of seeds from 1 on, until so many conflicts were resolved. @throws where something differs or fails, with the seed */
export function compareRooms(version: string, conflicts: number): ConflictCount {
  const count = new ConflictCount()
  for (let seed = 1; count.resolved < conflicts; seed++) {
    const again = `node packages/protocol/tests/random-rooms/show-room.ts ${version} ${seed}`
    const { differences } = orNamed(() => compareRoom(version, seed, count), again)
    if (differences.length === 0) continue
    const shown = differences.slice(0, 5).map(difference => `  ${difference}`)
    throw new Error([`${differences.length} differences in one room. See it again: ${again}`, ...shown].join('\n'))
  }
  return count
}

function orNamed<T>(work: () => T, again: string): T {
  try {
    return work()
  } catch (cause) {
    throw new Error(`a room cannot be made or judged. See it again: ${again}`, { cause })
  }
}
