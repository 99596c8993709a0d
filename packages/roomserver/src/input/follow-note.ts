/**
 * Follows a note of missing events: they are asked for where they came from, and taken like any that come by themselves.
 */
import type { Reader } from '../storage/index.ts'
import type { RoomNid } from '../types/index.ts'
import type { TriedItem } from './durable-queue.ts'
import type { Fetcher } from './fetcher.ts'
import { type InputItem, type InputResult, type MissingNote, plainReason } from './item.ts'

export interface NoteFollower {
  readonly reader: Reader
  readonly fetcher: Pick<Fetcher, 'noted'>
  readonly take: (item: InputItem) => Promise<InputResult>
  /** Puts what was taken and has to wait into the queue. */
  readonly keep: (tried: readonly TriedItem[]) => Promise<void>
}

const noneHere: ReadonlySet<string> = new Set()

/** Which of some events are in the room's graph: an outlier is stored, and still has to be taken. */
async function inGraph(room: RoomNid, eventIds: readonly string[], reader: Reader): Promise<ReadonlySet<string>> {
  const nids = await reader.eventNids(room, eventIds)
  const rows = await reader.events([...nids.values()])
  return new Set(rows.filter(({ outlier }) => !outlier).map(({ eventId }) => eventId))
}

/** @returns `known` once all that it names is here or in the queue; `waiting` for what nobody gave */
export async function followNote(
  note: MissingNote,
  { reader, fetcher, take, keep }: NoteFollower,
): Promise<InputResult> {
  const { roomId, roomVersion, eventIds } = note
  const room = await reader.room(roomId)
  const here = room === undefined ? noneHere : await inGraph(room.room, eventIds, reader)
  const open = eventIds.filter(eventId => !here.has(eventId))
  const given = await fetcher.noted(note, open)
  for (const [, { pdu }] of given) {
    const item: InputItem = { kind: 'new', roomId, roomVersion, pdu, origin: note.origin }
    const result = await take(item)
    if (result.kind === 'waiting') await keep([{ item, waitsFor: result.waitsFor, why: result.reason.reason }])
  }
  const missing = open.filter(eventId => !given.has(eventId))
  const [first] = missing
  if (first === undefined) return { kind: 'known', eventId: eventIds.at(-1) ?? '', reason: undefined }
  const why = `${missing.length} events that came past the bound of the queue, ${first} among them, cannot be had yet`
  return { kind: 'waiting', eventId: first, reason: plainReason('queue', why), waitsFor: [] }
}
