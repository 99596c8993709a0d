/**
 * The iterative auth checks: events are applied to a state one by one, where that state allows them. Room version 2,
 * "Iterative auth checks".
 */
import { authorizeByState, type Verdict } from '../auth/index.ts'
import type { Crypto } from '../crypto/index.ts'
import type { EventNumber, KeyNumber, RoomGraph } from './input.ts'

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
    const allowed = isAllowed(event, state, graph, crypto, observe)
    // What is no state event can only be here as an auth event of one that was rejected for it.
    if (allowed && graph.event(event).stateKey !== undefined) state.set(graph.keyOf(event), event)
  }
}

/** A verdict follows from the events that auth event selection names: where these are those of before, so is the verdict. */
function isAllowed(
  event: EventNumber,
  state: PartialState,
  graph: RoomGraph,
  crypto: Crypto,
  observe: AuthCheckObserver | undefined,
): boolean {
  const keys = observe === undefined ? graph.selectedKeys?.(event) : undefined
  const before = keys && graph.verdicts?.get(event)
  if (keys !== undefined && before !== undefined && restsOnSame(before.decidedBy, event, keys, state, graph))
    return before.allowed
  const verdict = authorizeByState(graph.event(event), lookupFor(event, state, graph), crypto)
  observe?.(event, verdict)
  if (keys !== undefined)
    graph.verdicts?.set(event, {
      decidedBy: keys.map(key => deciding(event, key, state, graph)),
      allowed: verdict.allowed,
    })
  return verdict.allowed
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
