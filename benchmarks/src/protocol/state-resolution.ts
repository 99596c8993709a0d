/**
 * Resolving ten conflicts in rooms whose auth chains are 1,000 power levels events deep. Room versions 2 and 12, "State
 * resolution".
 *
 * Rooms differ from one another and their event objects are made anew before each round, so nothing is remembered of them.
 */
import {
  fullConflictedSet,
  nodeCrypto,
  type RoomVersionRules,
  resolveStates,
  rulesOf,
  splitConflicted,
} from '@neurite/protocol'
import { type Benchmark, type Figure, timeFigure } from '../figure.ts'
import { measure, type Subject, type Times } from '../measure.ts'
import { type HistoryShape, type MadeConflict, makeConflict } from './made-conflict.ts'

const chainLength = 1000
const roomCount = 20
const mustTakeMilliseconds = 3

interface Scene {
  readonly version: string
  readonly shape: HistoryShape
  readonly about: string
  readonly limits: Pick<Figure, 'must' | 'aim'>
}

const scenes: readonly Scene[] = [
  { version: '10', shape: 'shared', about: 'shared history', limits: { must: mustTakeMilliseconds } },
  { version: '12', shape: 'shared', about: 'shared history', limits: { must: mustTakeMilliseconds } },
  { version: '12', shape: 'over-old-member', about: 'history replayed', limits: {} },
  { version: '10', shape: 'forked', about: 'two histories replayed', limits: {} },
]

export const stateResolutionBenchmark: Benchmark = {
  name: 'protocol/state-resolution',
  measures: `ten conflicts over auth chains of ${chainLength} (${roomCount} rooms)`,
  run() {
    const measured = scenes.map(scene => {
      const rules = rulesOf(scene.version)
      const rooms = Array.from({ length: roomCount }, (_, index) =>
        makeConflict(rules, scene.shape, chainLength, `${scene.version} ${scene.shape} ${index}`),
      )
      return { scene, subject: subjectOf(scene, rules, rooms), replayed: replayedIn(rooms[0] as MadeConflict, rules) }
    })
    const times = measure(measured.map(({ subject }) => subject))
    return measured.map(({ scene, subject, replayed }, index) =>
      timeFigure(`${subject.name} (${replayed} events ordered)`, 'ms', times[index] as Times, scene.limits),
    )
  },
}

function subjectOf({ version, about }: Scene, rules: RoomVersionRules, rooms: readonly MadeConflict[]): Subject {
  return {
    name: `version ${version}, ${about}`,
    operations: rooms.length,
    prepare() {
      for (const { graph } of rooms) graph.forget()
    },
    run() {
      let last: unknown
      for (const { graph, states } of rooms) last = resolveStates(states, { graph, rules, crypto: nodeCrypto })
      return last
    },
  }
}

/** The size of the full conflicted set. */
function replayedIn({ graph, states }: MadeConflict, rules: RoomVersionRules): number {
  if (rules.stateResolution === 'v1') return 0
  return fullConflictedSet(splitConflicted(states, true), graph, rules.stateResolution).size
}
