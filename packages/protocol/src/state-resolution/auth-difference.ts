/**
 * The auth difference: events that are in the full auth chain of some states but not of all. Room version 2,
 * "Auth difference".
 *
 * Unconflicted state counts for reachability: an old power levels event may lie in every state's chain only through
 * members on whom all agree. So it is looked at too, but only where it could matter: after the walks from the states' own
 * entries have left candidates.
 */
import { type ChainMark, ChainMarks } from './chain-marks.ts'
import type { ConflictedStates, EventNumber, ResolutionOptions, RoomGraph, UnconflictedState } from './input.ts'

export function authDifference(
  conflict: ConflictedStates,
  graph: RoomGraph,
  { chains = 'with-state-events' }: ResolutionOptions = {},
): Set<EventNumber> {
  const startsAs: ChainMark = chains === 'with-state-events' ? 'in-chain' : 'start'
  const candidates = inSomeChains(conflict, graph, startsAs)
  if (candidates.size === 0) return candidates

  // What unconflicted state reaches is in every state's chain.
  const reached = graph.namedBy === undefined ? reachedDownwards : reachedUpwards
  for (const event of reached(candidates, conflict.unconflicted, graph, startsAs)) candidates.delete(event)
  return candidates
}

/**
 * The events that are in the chains of some of the states but not of all, by way of the entries on which they differ. From
 * the highest number down, so each event is met after all that name it; down to where only events of all chains are left.
 */
function inSomeChains({ count, entries }: ConflictedStates, graph: RoomGraph, startsAs: ChainMark): Set<EventNumber> {
  const marks = new ChainMarks(count)
  for (const entry of entries) marks.mark(entry, startsAs)
  const found = new Set<EventNumber>()
  for (let event = marks.next(); event !== undefined; event = marks.next()) {
    if (marks.isInSome(event)) found.add(event)
    const authEvents = graph.authEvents(event)
    for (let i = 0; i < authEvents.length; i++) marks.passOn(event, authEvents[i] as EventNumber)
  }
  marks.release()
  return found
}

/** Those of the candidates that unconflicted state reaches: found from all of it down to the lowest candidate. */
function* reachedDownwards(
  candidates: ReadonlySet<EventNumber>,
  unconflicted: UnconflictedState,
  graph: RoomGraph,
  startsAs: ChainMark,
): Iterable<EventNumber> {
  let lowest = graph.size
  for (const event of candidates) if (event < lowest) lowest = event

  const seen = new Uint8Array(graph.size - lowest)
  const walked = new Uint8Array(graph.size - lowest)
  const open: EventNumber[] = []
  const find = (event: EventNumber) => {
    if (event < lowest || seen[event - lowest] === 1) return
    seen[event - lowest] = 1
    open.push(event)
  }
  const walk = (event: EventNumber) => {
    if (walked[event - lowest] === 1) return
    walked[event - lowest] = 1
    const authEvents = graph.authEvents(event)
    for (let i = 0; i < authEvents.length; i++) find(authEvents[i] as EventNumber)
  }
  for (const event of unconflicted.events()) {
    if (event < lowest) continue
    if (startsAs === 'in-chain') find(event)
    walk(event)
  }
  for (let event = open.pop(); event !== undefined; event = open.pop()) walk(event)
  for (const event of candidates) if (seen[event - lowest] === 1) yield event
}

/**
 * The same from the candidates up, by the events that name them, to the first that is in the unconflicted state: most often
 * a few steps, where the state may have 100,000 entries. Each event is looked at once.
 */
function* reachedUpwards(
  candidates: ReadonlySet<EventNumber>,
  unconflicted: UnconflictedState,
  graph: RoomGraph,
  startsAs: ChainMark,
): Iterable<EventNumber> {
  const isUnconflicted = (event: EventNumber) => unconflicted.get(graph.keyOf(event)) === event
  /** Whether an event is in the chain of an unconflicted one. */
  const known = new Map<EventNumber, boolean>()
  for (const event of candidates)
    if ((startsAs === 'in-chain' && isUnconflicted(event)) || leadsUp(event, isUnconflicted, graph, known)) yield event
}

/** Depth first; all that lie on the way to a find are known to lead there, all that were left behind not to. */
function leadsUp(
  start: EventNumber,
  isUnconflicted: (event: EventNumber) => boolean,
  graph: RoomGraph,
  known: Map<EventNumber, boolean>,
): boolean {
  const answer = known.get(start)
  if (answer !== undefined) return answer
  const namersOf = (event: EventNumber) => (graph.namedBy?.(event) ?? [])[Symbol.iterator]()
  const path = [{ event: start, namers: namersOf(start) }]
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const next = last.namers.next()
    if (next.done === true) {
      known.set(last.event, false)
      path.pop()
      continue
    }
    const namer = next.value
    const leads = isUnconflicted(namer) || known.get(namer)
    if (leads === true) {
      for (const { event } of path) known.set(event, true)
      return true
    }
    if (leads === undefined) path.push({ event: namer, namers: namersOf(namer) })
  }
  return false
}
