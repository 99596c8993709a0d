// State resolution for room version 1. Follows: rooms/v1, "State resolution".

import { createHash } from 'node:crypto'
import { authorizeByState } from './authorize.ts'
import type { Readings } from './readings.ts'
import type { PlainContext, PlainEvent } from './types.ts'

export function resolveV1(
  version: string,
  sets: readonly ReadonlyMap<string, string>[],
  context: PlainContext,
  readings: Readings,
): Map<string, string> {
  // "A conflict occurs between states where those states have different event_ids for the same key": a key that
  // some states lack is none.
  const candidates = new Map<string, Set<string>>()
  for (const set of sets) for (const [key, id] of set) candidates.set(key, (candidates.get(key) ?? new Set()).add(id))

  // R: "the union of the states to be resolved, excluding any conflicting events".
  const resolved = new Map<string, PlainEvent>()
  const conflicts = new Map<string, PlainEvent[]>()
  for (const [key, ids] of candidates) {
    const events = [...ids].map(id => known(id, context))
    if (events.length === 1) resolved.set(key, events[0] as PlainEvent)
    else conflicts.set(key, events)
  }

  // Power levels, join rules, members: each key by itself, against R as it was before the type's turn, so that the
  // order of the keys, of which the specification does not speak, makes no difference.
  for (const type of ['m.room.power_levels', 'm.room.join_rules', 'm.room.member']) {
    const winners = new Map<string, PlainEvent>()
    for (const [key, events] of conflicts)
      if (key.startsWith(`${type}\t`)) winners.set(key, lastAllowed(version, key, events, resolved, context))
    for (const [key, winner] of winners) {
      resolved.set(key, winner)
      conflicts.delete(key)
    }
  }

  // All other keys: "the event with the highest depth and lowest sha1(event_id) that passes authentication in R".
  const winners = new Map<string, PlainEvent>()
  for (const [key, events] of conflicts) {
    const tried = events.toSorted(highestDepthThenLowestHash)
    const allowed = tried.find(event => authorizeByState(version, event, resolved, context).allowed)
    const winner = allowed ?? (readings.noneAllowed === 'last' ? tried.at(-1) : undefined)
    if (winner) winners.set(key, winner)
  }
  for (const [key, winner] of winners) resolved.set(key, winner)

  return new Map([...resolved].map(([key, event]) => [key, event.eventId]))
}

/**
 * "Ascending depth then descending sha1(event_id). Add the first event in the list to R. For each subsequent event:
 * if it would be allowed, update R with the event; if not, stop."
 */
function lastAllowed(
  version: string,
  key: string,
  events: readonly PlainEvent[],
  resolved: ReadonlyMap<string, PlainEvent>,
  context: PlainContext,
): PlainEvent {
  const [first, ...others] = events.toSorted(highestDepthThenLowestHash).reverse()
  let last = first as PlainEvent
  for (const event of others) {
    const state = new Map(resolved).set(key, last)
    if (!authorizeByState(version, event, state, context).allowed) break
    last = event
  }
  return last
}

/** The exact reverse of "ascending depth then descending sha1(event_id)". */
function highestDepthThenLowestHash(a: PlainEvent, b: PlainEvent): number {
  if (a.depth !== b.depth) {
    if (a.depth > b.depth) return -1
    if (a.depth < b.depth) return 1
  }
  const [hashA, hashB] = [sha1(a.eventId), sha1(b.eventId)]
  return hashA < hashB ? -1 : hashA > hashB ? 1 : 0
}

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex')

function known(id: string, context: PlainContext): PlainEvent {
  const event = context.event(id)
  if (event === undefined) throw new Error(`the state names ${id}, which is not known`)
  return event
}
