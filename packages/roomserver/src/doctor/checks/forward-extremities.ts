/**
 * Forward extremities, found again from the graph: accepted events that nothing accepted builds on, also not through a chain of
 * soft-failed or rejected ones. Server-server API, "PDUs", "Soft failure".
 */
import type { EventRow } from '../../storage/index.ts'
import { type EventNid, inRoom, localOf } from '../../types/index.ts'
import { type CheckContext, type CheckedRoom, numberOf, type RoomCheck } from '../check.ts'
import { readableEvents } from '../pages.ts'

/** What is known of an event, a byte each. */
const accepted = 1
/** It came as history, or before this server was away for a while: it need not be an extremity, and what it builds on may stay one. */
const old = 2
const builtOn = 4
const builtOnByHistory = 8

export const forwardExtremities: RoomCheck = {
  id: 'forward-extremities',
  of: 'room',
  why: 'our next event builds on them: one that is missing is a branch that we never merge',
  async *run(room, context) {
    const { row } = room
    const graph = await graphOf(room, context)
    const stored = new Set(row.forwardExtremities.map(localOf))
    for (let local = 1; local < graph.length; local++) {
      const bits = graph[local] as number
      const mustBe = (bits & (accepted | old | builtOn | builtOnByHistory)) === accepted
      const mayBe = (bits & (accepted | builtOn)) === accepted
      if (mustBe && !stored.has(local))
        yield {
          event: await idOf(local, room, context),
          message: 'nothing accepted builds on it, and it is no extremity',
        }
      if (!mayBe && stored.has(local))
        yield {
          event: await idOf(local, room, context),
          message:
            (bits & accepted) === 0
              ? 'it is an extremity, and not accepted'
              : 'it is an extremity, and an accepted event builds on it',
        }
    }
    if (stored.size !== row.forwardExtremities.length) yield { message: 'an extremity stands twice in the list' }
  },
}

/** By local number. */
async function graphOf({ row }: CheckedRoom, context: CheckContext): Promise<Uint8Array> {
  const { reader, outputs, pause } = context
  const graph = new Uint8Array(row.next.event)
  const mark = (event: EventNid, bit: number) => {
    const local = localOf(event)
    if (local < graph.length) graph[local] = (graph[local] as number) | bit
  }
  for await (const rows of readableEvents(reader, row.room))
    for (const { event, status, outlier } of rows) {
      if (status !== 'accepted' || outlier) continue
      mark(event, accepted)
      if (outputs.isOld(event) || outputs.isOfEarlierStay(event)) mark(event, old)
    }
  for await (const rows of readableEvents(reader, row.room)) {
    for (const { event, status, outlier, prevEvents } of rows) {
      if (status !== 'accepted' || outlier) continue
      const bit = outputs.isOld(event) ? builtOnByHistory : builtOn
      await markAll(prevEvents, bit)
    }
    await pause(rows.length)
  }
  return graph

  /** An event, and where it is not accepted, what it builds on: each once. */
  async function markAll(prevEvents: readonly EventNid[], bit: number): Promise<void> {
    let open = prevEvents
    while (open.length > 0) {
      const further: EventNid[] = []
      for (const prev of open) {
        const bits = graph[localOf(prev)] ?? 0
        if ((bits & bit) === 0 && (bits & accepted) === 0) further.push(prev)
        mark(prev, bit)
      }
      const rows: EventRow[] = further.length === 0 ? [] : await reader.events(further)
      open = rows.flatMap(row => row.prevEvents)
    }
  }
}

async function idOf(local: number, { row }: CheckedRoom, { reader }: CheckContext): Promise<string> {
  const nid = inRoom<EventNid>(row.room, local)
  return (await reader.events([nid]))[0]?.eventId ?? numberOf(nid)
}
