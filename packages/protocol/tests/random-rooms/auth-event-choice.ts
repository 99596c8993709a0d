/**
 * The auth events of an event to come: mostly as they should be, sometimes outdated, sometimes wrong.
 */
import type { StateMap } from '@neurite/protocol'
import { authKeys, type PlainEvent } from '../second-opinion/index.ts'
import type { Random } from './random.ts'
import type { Draft } from './scene.ts'
import type { TestRoom } from './test-room.ts'

/** What there is to choose from besides the state. */
export interface Surroundings {
  /** Events of another room. */
  readonly foreign: readonly number[]
  /** Received events of this room, whatever became of them. */
  readonly received: readonly number[]
}

export function chooseAuthEvents(
  room: TestRoom,
  draft: Draft,
  known: StateMap,
  { foreign, received }: Surroundings,
  random: Random,
): number[] {
  const good = selected(room, draft, known)
  const wrong = random.weighted<(() => readonly number[]) | undefined>([
    [72, undefined],
    // Out of date, and valid as long as nothing forbids it.
    [14, () => selected(room, draft, room.stateAfter(random.pick(received)))],
    [4, () => good.filter(() => random.percent(70))],
    [1, () => [...good, random.pick(good)]],
    [3, () => [...good, random.pick(received)]],
    [1, () => [...good, random.pick(foreign)]],
    [1, () => [random.pick(foreign), ...good.slice(1)]],
    [3, () => rejectedInPlace(room, good, received, random)],
    [1, () => []],
  ])
  return [...(good.length === 0 || wrong === undefined ? good : wrong())]
}

/** What auth event selection takes from a state: the second opinion's, so that a fault of the library's is noticed. */
function selected(room: TestRoom, draft: Draft, state: StateMap): number[] {
  const event = { ...unplaced, ...draft, stateKey: draft.stateKey, content: draft.content as PlainEvent['content'] }
  const numbers: number[] = []
  for (const key of authKeys(room.rules.version, event)) {
    const tab = key.indexOf('\t')
    const keyNumber = room.keyNumber(key.slice(0, tab), key.slice(tab + 1))
    const number = keyNumber === undefined ? undefined : state.get(keyNumber)
    if (number !== undefined) numbers.push(number)
  }
  return numbers
}

/** What selection does not look at. */
const unplaced = { eventId: '', roomId: '', originServerTs: 0, depth: 0, prevEvents: [], authEvents: [], pdu: {} }

/** One of the events replaced by a rejected one of the same key, where there is such a one. */
function rejectedInPlace(
  room: TestRoom,
  good: readonly number[],
  received: readonly number[],
  random: Random,
): readonly number[] {
  const rejected = received.filter(number => room.isRejected(number))
  const pairs = good.flatMap(number =>
    rejected.filter(other => room.keyOf(other) === room.keyOf(number)).map(other => [number, other] as const),
  )
  if (pairs.length === 0) return good
  const [out, back] = random.pick(pairs)
  return good.map(number => (number === out ? back : number))
}
