/**
 * States that are to be resolved, split into what they agree on and the rest, without a copy of what they agree on. Room
 * version 2, "Unconflicted state map and conflicted state set"; room version 1, "State resolution".
 */
import type { ConflictedEntry, ConflictedStates, EventNumber, KeyNumber, StateMap } from '@neurite/protocol'
import { type DifferingKey, differingKeys } from './difference.ts'
import { type Compare, differingKeysSince, type LastResolution } from './last-resolution.ts'
import type { StateView } from './state-view.ts'

/** What resolution works on; events are local numbers, keys are those of key-number.ts. */
export interface SnapshotConflict extends ConflictedStates {
  /** The keys on which the states differ, conflicted or not. */
  readonly differing: readonly DifferingKey[]
  /** What differing keys have in the resolved state without being conflicted: in version 1 those that some states lack. */
  readonly agreed: StateMap
}

/**
 * @param absenceConflicts whether a key that some of the states lack is conflicted. From version 2 on it is; in version 1
 *   only different events for a key are a conflict.
 * @param last of states that most of these may be among
 */
export function conflictOf(
  views: readonly StateView[],
  absenceConflicts: boolean,
  last?: { readonly last: LastResolution; readonly compare: Compare },
): SnapshotConflict {
  const since = last === undefined ? undefined : differingKeysSince(last, views)
  const differing = since ?? differingKeys(views)
  const agreed = new Map<KeyNumber, EventNumber>()
  const conflicted = new Set<KeyNumber>()
  const entries: ConflictedEntry[] = []
  for (const different of differing) {
    const only = absenceConflicts ? undefined : onlyEvent(different)
    if (only !== undefined) {
      agreed.set(different.key, only)
      continue
    }
    conflicted.add(different.key)
    different.entries ??= entriesOf(different)
    for (const entry of different.entries) entries.push(entry)
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
    differing,
    agreed,
    count: views.length,
    entries,
    unconflicted: { get, events: () => unconflictedEvents(first, conflicted, agreed) },
  }
}

/** What the states have for a conflicted key, as resolution takes it. */
function entriesOf({ key, usual, others, events }: DifferingKey): ConflictedEntry[] {
  const entries: ConflictedEntry[] = []
  if (usual !== 0) entries.push({ key, event: usual, states: others, has: 'all-others' })
  if (events.length === 1) {
    const event = events[0] as EventNumber
    if (event !== 0) entries.push({ key, event, states: others, has: 'these' })
    return entries
  }
  const holders = new Map<EventNumber, number[]>()
  for (const [at, event] of events.entries()) {
    if (event === 0) continue
    const known = holders.get(event)
    if (known === undefined) holders.set(event, [others[at] as number])
    else known.push(others[at] as number)
  }
  for (const [event, states] of holders) entries.push({ key, event, states, has: 'these' })
  return entries
}

/** The one event that there is among some and nothing; undefined where there are several. */
function onlyEvent({ usual, events }: DifferingKey): EventNumber | undefined {
  let only = usual === 0 ? undefined : usual
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
