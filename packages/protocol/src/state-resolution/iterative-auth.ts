/**
 * The iterative auth checks: events are applied to a state one by one, where that state allows them. Room version 2,
 * "Iterative auth checks".
 */
import { authorizeByState, type Verdict } from '../auth/index.ts'
import type { Crypto } from '../crypto/index.ts'
import type { EventNumber, KeyNumber, RememberedEvent, RoomGraph } from './input.ts'

/** A state that is being resolved: look-ups fall back to what it started from. */
export interface PartialState {
  get(key: KeyNumber): EventNumber | undefined
  set(key: KeyNumber, event: EventNumber): void
}

/** Told of each event's fate, for explanations. */
export type AuthCheckObserver = (event: EventNumber, verdict: Verdict) => void

/** Applies the events to `state`, in order, skipping those that it does not allow. */
export function iterativeAuthChecks(
  events: readonly EventNumber[],
  state: PartialState,
  graph: RoomGraph,
  crypto: Crypto,
  observe?: AuthCheckObserver,
): void {
  for (const event of events) {
    const known = observe === undefined ? graph.remembered?.(event) : undefined
    if (known !== undefined) {
      if (isStillAllowed(event, known, state, graph, crypto) && known.key !== undefined) state.set(known.key, event)
      continue
    }
    const verdict = authorizeByState(graph.event(event), lookupFor(event, state, graph), crypto)
    observe?.(event, verdict)
    // What is no state event can only be here as an auth event of one that was rejected for it.
    if (verdict.allowed && graph.event(event).stateKey !== undefined) state.set(graph.keyOf(event), event)
  }
}

/** A verdict follows from the events that auth event selection names: where these are those of before, so is the verdict. */
function isStillAllowed(
  event: EventNumber,
  known: RememberedEvent,
  state: PartialState,
  graph: RoomGraph,
  crypto: Crypto,
): boolean {
  const { selectedKeys, verdict } = known
  if (selectedKeys !== undefined && verdict !== undefined)
    if (restsOnSame(verdict.decidedBy, event, selectedKeys, state, graph)) return verdict.allowed
  const { allowed } = authorizeByState(graph.event(event), lookupFor(event, state, graph), crypto)
  if (selectedKeys !== undefined)
    known.verdict = { decidedBy: selectedKeys.map(key => deciding(event, key, state, graph)), allowed }
  return allowed
}

function restsOnSame(
  decidedBy: readonly EventNumber[],
  event: EventNumber,
  keys: readonly KeyNumber[],
  state: PartialState,
  graph: RoomGraph,
): boolean {
  for (let i = 0; i < keys.length; i++)
    if (deciding(event, keys[i] as KeyNumber, state, graph) !== decidedBy[i]) return false
  return true
}

/** -1 for none. The create event that a room ID implies is always the same. */
function deciding(event: EventNumber, key: KeyNumber, state: PartialState, graph: RoomGraph): EventNumber {
  return state.get(key) ?? ownAuthEvent(event, key, graph) ?? -1
}

/** The state as one event sees it: what the state lacks comes from the event's own auth events, unless rejected. */
function lookupFor(event: EventNumber, state: PartialState, graph: RoomGraph) {
  return (type: string, stateKey: string) => {
    const key = graph.keyNumber(type, stateKey)
    const found = key === undefined ? undefined : (state.get(key) ?? ownAuthEvent(event, key, graph))
    if (found !== undefined) return graph.event(found)
    const { impliedCreate } = graph
    if (type !== 'm.room.create' || impliedCreate === undefined || graph.isRejected(impliedCreate)) return undefined
    return graph.event(impliedCreate)
  }
}

function ownAuthEvent(event: EventNumber, key: KeyNumber, graph: RoomGraph): EventNumber | undefined {
  const authEvents = graph.authEvents(event)
  for (let i = 0; i < authEvents.length; i++) {
    const authEvent = authEvents[i] as EventNumber
    if (graph.keyOf(authEvent) === key && !graph.isRejected(authEvent)) return authEvent
  }
  return undefined
}
