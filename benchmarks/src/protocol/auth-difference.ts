/**
 * The walks over the graph alone, where auth chains are 100,000 events deep. Room version 2, "Auth difference"; room version
 * 12, "Conflicted state subgraph".
 */
import {
  authDifference,
  type ConflictedStates,
  conflictedEntries,
  conflictedSubgraph,
  type EventNumber,
  type RoomGraph,
} from '@neurite/protocol'
import { type Benchmark, timeFigure } from '../figure.ts'
import { measure, type Subject, type Times } from '../measure.ts'

const chainLength = 100_000

export const authDifferenceBenchmark: Benchmark = {
  name: 'protocol/auth-difference',
  measures: `two states over auth chains of ${chainLength.toLocaleString('en')} events`,
  run() {
    const graph = new Chain(chainLength)
    const newest = chainLength - 1
    const late = conflictOf(newest, newest - 10)
    const early = conflictOf(newest, 5)
    const subjects: Subject[] = [
      subject('auth difference, 10 events', 10, () => authDifference(late, graph)),
      subject('auth difference, nearly the whole chain', chainLength - 6, () => authDifference(early, graph)),
      subject('conflicted subgraph, the whole chain', chainLength, () =>
        conflictedSubgraph(new Set([newest, 0]), graph),
      ),
    ]
    const times = measure(subjects)
    return subjects.map(({ name }, index) => timeFigure(name, 'ms', times[index] as Times))
  },
}

/** Two states that differ in one key; nothing else is in them. */
function conflictOf(one: EventNumber, other: EventNumber): ConflictedStates {
  return {
    unconflicted: { get: () => undefined, events: () => [] },
    count: 2,
    entries: conflictedEntries([new Map([[0, one]]), new Map([[0, other]])]),
  }
}

const passes = 5

function subject(name: string, size: number, work: () => ReadonlySet<EventNumber>): Subject {
  return {
    name,
    operations: passes,
    run() {
      for (let pass = 0; pass < passes; pass++) if (work().size !== size) throw new Error(`${name}: not ${size} events`)
      return size
    },
  }
}

/** Events that each name the one before them, and the first one: as power levels name power levels and a create event. */
class Chain implements RoomGraph {
  readonly size: number
  readonly impliedCreate = undefined
  readonly #authEvents: readonly (readonly EventNumber[])[]

  constructor(length: number) {
    this.size = length
    this.#authEvents = Array.from({ length }, (_, event) => (event < 2 ? [0].slice(0, event) : [0, event - 1]))
  }

  authEvents(event: EventNumber): readonly EventNumber[] {
    return this.#authEvents[event] as readonly EventNumber[]
  }

  keyOf(): number {
    return 0
  }

  keyNumber(): undefined {
    return undefined
  }

  isRejected(): boolean {
    return false
  }

  event(): never {
    throw new Error('the walks ask for no event')
  }
}
