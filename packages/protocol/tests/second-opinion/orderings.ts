// The two orders of state resolution 2 and 2.1.
// Follows: rooms/fragments/v2-state-res, "Reverse topological power ordering" and "Mainline ordering".

import { impliedCreate } from './auth-events.ts'
import type { Level } from './power-levels.ts'
import { userLevel } from './power-levels.ts'
import type { PlainContext, PlainEvent } from './types.ts'
import { CREATE, compareStrings, keyOf, POWER_LEVELS, versionNumber } from './types.ts'

/** "The lexicographically smallest topological ordering based on the DAG formed by auth events": earliest first. */
export function reverseTopologicalPowerOrdering(
  version: string,
  events: readonly PlainEvent[],
  context: PlainContext,
): PlainEvent[] {
  const levels = new Map(events.map(event => [event.eventId, senderLevel(version, event, context)]))
  const isSmaller = (a: PlainEvent, b: PlainEvent): boolean => {
    const [levelA, levelB] = [levels.get(a.eventId) as Level, levels.get(b.eventId) as Level]
    if (levelA > levelB) return true
    if (levelA < levelB) return false
    return byTimeThenId(a, b) < 0
  }
  // Kahn's algorithm: of the events whose auth events (as far as they are here) are placed, the smallest is next.
  const waiting = new Set(events.map(event => event.eventId))
  const ordered: PlainEvent[] = []
  const left = new Set(events)
  while (left.size > 0) {
    let smallest: PlainEvent | undefined
    for (const event of left) {
      if (event.authEvents.some(id => waiting.has(id))) continue
      if (smallest === undefined || isSmaller(event, smallest)) smallest = event
    }
    if (smallest === undefined) throw new Error('the auth events form a circle')
    ordered.push(smallest)
    left.delete(smallest)
    waiting.delete(smallest.eventId)
  }
  return ordered
}

/** The sender's power level "when looking at their respective auth_events"; in version 12 with the implied create. */
function senderLevel(version: string, event: PlainEvent, context: PlainContext): Level {
  const state = new Map<string, PlainEvent>()
  for (const id of event.authEvents) {
    const authEvent = context.event(id)
    const key = authEvent && keyOf(authEvent)
    if (authEvent && (key === CREATE || key === POWER_LEVELS)) state.set(key, authEvent)
  }
  const create = versionNumber(version) >= 12 ? impliedCreate(event, context) : undefined
  if (create) state.set(CREATE, create)
  return userLevel(version, state, event.sender)
}

/** Sorts by mainline position (the greater, the earlier), then by time, then by event ID. */
export function mainlineOrdering(
  powerLevelsId: string | undefined,
  events: readonly PlainEvent[],
  context: PlainContext,
): PlainEvent[] {
  // P0 is the given event, P(i+1) the power levels event among the auth events of Pi.
  const mainline = new Map<string, number>()
  let next = powerLevelsId === undefined ? undefined : context.event(powerLevelsId)
  for (; next !== undefined; next = powerLevelsOf(next, context)) mainline.set(next.eventId, mainline.size)

  // e1 is the power levels event among the auth events of e, and so on; e itself does not count.
  const positionOf = (event: PlainEvent): number => {
    let step = powerLevelsOf(event, context)
    for (; step !== undefined; step = powerLevelsOf(step, context)) {
      const position = mainline.get(step.eventId)
      if (position !== undefined) return position
    }
    return Number.POSITIVE_INFINITY
  }
  const positions = new Map(events.map(event => [event.eventId, positionOf(event)]))
  return events.toSorted((a, b) => {
    const [positionA, positionB] = [positions.get(a.eventId) as number, positions.get(b.eventId) as number]
    if (positionA > positionB) return -1
    if (positionA < positionB) return 1
    return byTimeThenId(a, b)
  })
}

/** The power levels event among the auth events of an event. */
function powerLevelsOf(event: PlainEvent, context: PlainContext): PlainEvent | undefined {
  for (const id of event.authEvents) {
    const authEvent = context.event(id)
    if (authEvent && keyOf(authEvent) === POWER_LEVELS) return authEvent
  }
  return undefined
}

function byTimeThenId(a: PlainEvent, b: PlainEvent): number {
  if (a.originServerTs < b.originServerTs) return -1
  if (a.originServerTs > b.originServerTs) return 1
  return compareStrings(a.eventId, b.eventId)
}
