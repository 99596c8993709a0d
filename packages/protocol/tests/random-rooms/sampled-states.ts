/**
 * States to be resolved: those after events of a room, as they are or with entries missing or exchanged, as partial joins
 * and faulty servers make them.
 */
import type { StateMap } from '@neurite/protocol'
import type { RandomRoom } from './random-room.ts'

export function sampledStates({ room, random, received }: RandomRoom): StateMap[] {
  const count = random.weighted([
    [50, 2],
    [25, 3],
    [10, 4],
    [8, random.between(5, 8)],
    [2, random.between(9, 20)],
  ])
  const late = received.slice(-Math.max(6, received.length >> 1))
  const states = Array.from({ length: count }, () => room.stateAfter(random.pick(random.percent(80) ? late : received)))
  if (random.percent(20)) return states.map(state => withoutSome(state, random))
  if (random.percent(20)) return states.map(state => (random.percent(60) ? state : withOthers(state)))
  return states

  /** Some entries exchanged for other events of their keys, even rejected ones. */
  function withOthers(state: StateMap): StateMap {
    const changed = new Map(state)
    const candidates = received.filter(number => room.keyOf(number) >= 0 && isClear(room, number))
    for (let changes = random.between(1, 3); changes > 0 && candidates.length > 0; changes--) {
      const number = random.pick(candidates)
      changed.set(room.keyOf(number), number)
    }
    return changed
  }
}

function withoutSome(state: StateMap, random: RandomRoom['random']): StateMap {
  return new Map([...state].filter(() => !random.percent(12)))
}

/** Whether it is clear what the events of a chain rest on: all are of this room, and none has two auth events of one key. */
function isClear(room: RandomRoom['room'], start: number): boolean {
  const chain = new Set([start])
  for (const number of chain) {
    const authEvents = room.authEvents(number)
    const keys = new Set(authEvents.map(authEvent => room.keyOf(authEvent)))
    if (keys.size < authEvents.length || room.event(number).roomId !== room.roomId) return false
    for (const authEvent of authEvents) chain.add(authEvent)
  }
  return true
}
