/**
 * States that are to be resolved, split into what they agree on and the rest, without a copy of what they agree on. Room
 * version 2, "Unconflicted state map and conflicted state set"; room version 1, "State resolution".
 */
import type { ConflictedStates, EventNumber, KeyNumber, StateMap } from '@neurite/protocol'
import { differingKeys } from './difference.ts'
import type { StateView } from './state-view.ts'

/** What resolution works on; events are local numbers, keys are those of key-number.ts. */
export interface SnapshotConflict extends ConflictedStates {
  /** The keys on which the states differ, conflicted or not. */
  readonly keys: readonly KeyNumber[]
  /** What differing keys have in the resolved state without being conflicted: in version 1 those that some states lack. */
  readonly agreed: StateMap
  isConflicted(key: KeyNumber): boolean
}

/**
 * @param absenceConflicts whether a key that some of the states lack is conflicted. From version 2 on it is; in version 1
 *   only different events for a key are a conflict.
 */
export function conflictOf(views: readonly StateView[], absenceConflicts: boolean): SnapshotConflict {
  const differing = differingKeys(views)
  const agreed = new Map<KeyNumber, EventNumber>()
  const conflicted = new Set<KeyNumber>()
  const states = views.map(() => new Map<KeyNumber, EventNumber>())
  for (const { key, events } of differing) {
    const only = absenceConflicts ? undefined : onlyEvent(events)
    if (only !== undefined) {
      agreed.set(key, only)
      continue
    }
    conflicted.add(key)
    for (let i = 0; i < events.length; i++) {
      const event = events[i] as number
      if (event !== 0) states[i]?.set(key, event)
    }
  }

  const first = views[0]
  // Resolution asks for the same few keys, power levels and the like, over and over.
  const asked = new Map<KeyNumber, EventNumber>(agreed)
  for (const key of conflicted) asked.set(key, 0)
  const get = (key: KeyNumber): EventNumber | undefined => {
    let event = asked.get(key)
    if (event === undefined) {
      event = first?.eventAt(key) ?? 0
      asked.set(key, event)
    }
    return event === 0 ? undefined : event
  }
  return {
    keys: differing.map(({ key }) => key),
    agreed,
    isConflicted: key => conflicted.has(key),
    states,
    unconflicted: { get, events: () => unconflictedEvents(first, conflicted, agreed) },
  }
}

/** The one event that there is among some and nothing; undefined where there are several. */
function onlyEvent(events: readonly number[]): EventNumber | undefined {
  let only: EventNumber | undefined
  for (const event of events) {
    if (event === 0 || event === only) continue
    if (only !== undefined) return undefined
    only = event
  }
  return only
}

function* unconflictedEvents(
  view: StateView | undefined,
  conflicted: ReadonlySet<KeyNumber>,
  agreed: StateMap,
): Generator<EventNumber> {
  yield* agreed.values()
  if (view === undefined) return
  const { keys, events } = view.merged()
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number
    if (!conflicted.has(key) && !agreed.has(key)) yield events[i] as number
  }
}
