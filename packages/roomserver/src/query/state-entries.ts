/**
 * Entries of a state by name: NIDs never leave the room server.
 */
import type { RoomEvent } from '@neurite/protocol'
import type { StateTupleNames } from '../api/index.ts'
import type { StateView } from '../state/index.ts'
import type { EventNid, StateEntry } from '../types/index.ts'
import type { QueryContext } from './context.ts'

type Names = Pick<QueryContext, 'reader'>

/** Whether there is one. */
export function isThere(event: EventNid | 0): event is EventNid {
  return event !== 0
}

/** The events of some entries, in the order asked for; 0 for those that the state does not have. */
export async function eventsAt(
  tuples: readonly Readonly<StateTupleNames>[],
  view: StateView,
  { reader }: Names,
): Promise<(EventNid | 0)[]> {
  const types = await reader.eventTypeNids([...new Set(tuples.map(([type]) => type))])
  const keys = await reader.stateKeyNids([...new Set(tuples.map(([, stateKey]) => stateKey))])
  return tuples.map(([type, stateKey]) => {
    const [typeNid, keyNid] = [types.get(type), keys.get(stateKey)]
    return typeNid === undefined || keyNid === undefined ? 0 : view.get(typeNid, keyNid)
  })
}

/** The same, with the events themselves. */
export async function entriesAt(
  tuples: readonly Readonly<StateTupleNames>[],
  view: StateView,
  context: Pick<QueryContext, 'reader' | 'events'>,
): Promise<(RoomEvent | undefined)[]> {
  const nids = await eventsAt(tuples, view, context)
  const loaded = await context.events.load(nids.filter(isThere))
  return nids.map(nid => (nid === 0 ? undefined : loaded.get(nid)))
}

/** The events of a state, or of those of its entries that are wanted. */
export async function wantedEvents(
  wanted: readonly Readonly<StateTupleNames>[] | undefined,
  view: StateView,
  context: Names,
): Promise<EventNid[]> {
  if (wanted === undefined) return [...view.entries()].map(({ event }) => event)
  return (await eventsAt(wanted, view, context)).filter(isThere)
}

/** The events of all entries of some types. */
export async function eventsOfTypes(types: readonly string[], view: StateView, { reader }: Names): Promise<EventNid[]> {
  const nids = await reader.eventTypeNids(types)
  return [...nids.values()].flatMap(type => [...view.entriesOfType(type)].map(({ event }) => event))
}

/** An entry as type, state key and event ID. */
type NamedEntry = [type: string, stateKey: string, eventId: string]

/** Entries that are named before others may work: some 2 ms. */
const pageEntries = 1_000

/** A whole state by name. Where it is large, others work in between. */
async function allNamed(view: StateView, context: Pick<QueryContext, 'reader' | 'yieldNow'>): Promise<NamedEntry[]> {
  const named: NamedEntry[] = []
  let page: StateEntry[] = []
  for (const entry of view.entries()) {
    page.push(entry)
    if (page.length < pageEntries) continue
    named.push(...(await namedEntries(page, context)))
    page = []
    await context.yieldNow()
  }
  named.push(...(await namedEntries(page, context)))
  return named
}

async function namedEntries(entries: readonly StateEntry[], { reader }: Names): Promise<NamedEntry[]> {
  const types = await reader.eventTypes([...new Set(entries.map(({ type }) => type))])
  const keys = await reader.stateKeys(entries.map(({ stateKey }) => stateKey))
  const ids = await eventIdsOf(
    entries.map(({ event }) => event),
    { reader },
  )
  return entries.map(({ type, stateKey }, at) => [
    types.get(type) as string,
    keys.get(stateKey) as string,
    ids[at] as string,
  ])
}

/** The entries of a state, or those that are wanted. */
export async function entriesOf(
  view: StateView,
  wanted: readonly Readonly<StateTupleNames>[] | undefined,
  context: Pick<QueryContext, 'reader' | 'yieldNow'>,
): Promise<NamedEntry[]> {
  if (wanted === undefined) return allNamed(view, context)
  const found = (await eventsAt(wanted, view, context)).map((event, at) => ({
    event,
    tuple: wanted[at] as StateTupleNames,
  }))
  const there = found.filter(({ event }) => event !== 0) as { event: EventNid; tuple: StateTupleNames }[]
  const ids = await eventIdsOf(
    there.map(({ event }) => event),
    context,
  )
  return there.map(({ tuple: [type, stateKey] }, at) => [type, stateKey, ids[at] as string])
}

/** The IDs of events, in order. */
export async function eventIdsOf(events: readonly EventNid[], { reader }: Names): Promise<string[]> {
  const ids = await reader.eventIds(events)
  return events.map(event => ids.get(event) as string)
}
