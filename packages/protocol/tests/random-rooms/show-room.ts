/**
 * Prints a random room and what differs in it: `node show-room.ts VERSION SEED [EVENTS]`. Events are named by number, as in
 * the differences; fewer events give the beginning of the same room.
 */
import { RawNumber } from '@neurite/protocol'
import { ConflictCount } from './conflict-count.ts'
import { RandomRoom } from './random-room.ts'
import { compareRoom } from './run.ts'

function shown(value: unknown): string {
  return JSON.stringify(value, (_, item) =>
    typeof item === 'bigint' ? `${item}n` : item instanceof RawNumber ? `number ${item.source}` : item,
  )
}

function* lines(version: string, seed: number, events?: number): Generator<string> {
  const { room, received } = new RandomRoom(version, seed, events)
  for (let number = 0; number < room.size; number++) {
    const { type, stateKey, sender, content, originServerTs, depth, eventId, redacts } = room.event(number)
    const fate = !received.includes(number)
      ? 'of another room'
      : room.isRejectedByAuthEvents(number)
        ? 'rejected by auth events'
        : room.isRejected(number)
          ? 'rejected by the state before'
          : 'accepted'
    const key = stateKey === undefined ? 'no state' : `"${stateKey}"`
    yield `${number} ${eventId} ${fate}: ${type} ${key} by ${sender} at ${originServerTs}, depth ${depth}`
    yield `    prev ${room.prevEvents(number).join(' ')}, auth ${room.authEvents(number).join(' ')}, ${shown(content)} ${redacts ?? ''}`
  }
  const count = new ConflictCount()
  yield* compareRoom(version, seed, count, events).differences
  yield String(count)
}

if (import.meta.main) {
  const [version = '12', seed = '1', events] = process.argv.slice(2)
  for (const line of lines(version, Number(seed), events === undefined ? undefined : Number(events)))
    process.stdout.write(`${line}\n`)
}
