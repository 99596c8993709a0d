/**
 * Power events, and how much power their senders had. Room version 2, "Power events", "Reverse topological power
 * ordering".
 */
import { AuthState, type Level } from '../auth/index.ts'
import type { RoomEvent } from '../event/index.ts'
import type { EventNumber, RoomGraph } from './input.ts'

/**
 * Whether an event might take away someone's ability to do something: power levels, join rules, kicks and bans. Only events
 * that are what their type says: power levels and join rules under the empty state key. (The create event is none.)
 */
export function isPowerEvent(event: RoomEvent): boolean {
  if (event.stateKey === undefined) return false
  if (event.type === 'm.room.power_levels' || event.type === 'm.room.join_rules') return event.stateKey === ''
  if (event.type !== 'm.room.member' || event.sender === event.stateKey) return false
  const { membership } = event.content
  return membership === 'leave' || membership === 'ban'
}

/** The power of an event's sender by the event's own auth events, not by any resolved state. */
export function senderPower(event: EventNumber, graph: RoomGraph): Level {
  const own = graph.event(event)
  const authEvents = graph.authEvents(event)
  const state = new AuthState((type, stateKey) => {
    const key = graph.keyNumber(type, stateKey)
    if (key === undefined) return undefined
    for (let i = 0; i < authEvents.length; i++) {
      const authEvent = authEvents[i] as EventNumber
      if (graph.keyOf(authEvent) === key) return graph.event(authEvent)
    }
    if (type === 'm.room.create' && graph.impliedCreate !== undefined) return graph.event(graph.impliedCreate)
    return undefined
  }, own.rules.auth)
  return state.powerLevelOf(own.sender)
}
