/**
 * The rules as a room asks them, so that another implementation can be put in place of the library's.
 */
import {
  authorizeByAuthEvents,
  authorizeByState,
  type Crypto,
  type EventNumber,
  type RoomVersionRules,
  resolveStates,
  type StateMap,
  type Verdict,
} from '@neurite/protocol'
import type { EventTable } from './event-table.ts'

export interface RoomJudge {
  /** Check 4. @returns why the event's own auth events do not allow it; undefined where they do */
  byAuthEvents(event: EventNumber, events: EventTable): string | undefined
  /** Checks 5 and 6. @returns why a state does not allow the event; undefined where it does */
  byState(event: EventNumber, state: StateMap, events: EventTable): string | undefined
  /** @returns the state that several states resolve to */
  resolve(states: readonly StateMap[], events: EventTable, rules: RoomVersionRules): StateMap
}

/** The rules of `@neurite/protocol`. */
export function protocolJudge(crypto: Crypto): RoomJudge {
  const judged = (number: EventNumber, events: EventTable) => ({
    event: events.event(number),
    rejected: events.isRejected(number),
  })
  return {
    byAuthEvents(number, events) {
      const authEvents = events.authEvents(number).map(authEvent => judged(authEvent, events))
      const create = events.impliedCreate === undefined ? undefined : judged(events.impliedCreate, events)
      return denial(authorizeByAuthEvents(events.event(number), authEvents, create, crypto))
    },
    byState(number, state, events) {
      const lookup = (type: string, stateKey: string) => {
        const key = events.keyNumber(type, stateKey)
        const found = key === undefined ? undefined : state.get(key)
        return found === undefined ? undefined : events.event(found)
      }
      return denial(authorizeByState(events.event(number), lookup, crypto))
    },
    resolve: (states, events, rules) => resolveStates(states, { graph: events, rules, crypto }),
  }
}

function denial(verdict: Verdict): string | undefined {
  return verdict.allowed ? undefined : `${verdict.rule}: ${verdict.reason}`
}
