/**
 * An event's prev and auth events in one small byte string, as local numbers. Prev events lie just before the event, so they
 * are stored as distances from it; auth events are often the room's first (create, power levels), so they are stored as they
 * are. There is no table of edges: nothing asks for the events that follow one by query. Descendants are found by walking the
 * room from an event on, since those that follow have higher numbers.
 */
import { type EventNid, inRoom, localOf, type RoomNid } from '../../types/index.ts'
import { ByteReader, ByteWriter } from './bytes.ts'

export interface EventLinks {
  readonly prevEvents: readonly EventNid[]
  readonly authEvents: readonly EventNid[]
}

const writer = new ByteWriter()

export function packLinks(
  event: EventNid,
  prevEvents: readonly EventNid[],
  authEvents: readonly EventNid[],
): Uint8Array {
  const own = localOf(event)
  writer.unsigned(prevEvents.length)
  for (const prev of prevEvents) writer.signed(own - localOf(prev))
  for (const auth of authEvents) writer.unsigned(localOf(auth))
  return writer.take()
}

export function unpackLinks(room: RoomNid, local: number, bytes: Uint8Array): EventLinks {
  return readLinks(room, local, bytes, 0, bytes.length)
}

/** What {@link unpackLinks} does, of a part of more bytes. */
export function readLinks(room: RoomNid, local: number, bytes: Uint8Array, start: number, end: number): EventLinks {
  const reader = new ByteReader(bytes, start, end)
  const prevEvents: EventNid[] = []
  for (let left = reader.count(); left > 0; left--) prevEvents.push(inRoom(room, local - reader.signed()))
  const authEvents: EventNid[] = []
  while (!reader.atEnd) authEvents.push(inRoom(room, reader.unsigned()))
  return { prevEvents, authEvents }
}

/** A list of NIDs of one room, in order: forward extremities, the inputs of an identity. */
export function packLocals(nids: readonly EventNid[]): Uint8Array {
  for (const nid of nids) writer.unsigned(localOf(nid))
  return writer.take()
}

export function unpackLocals(room: RoomNid, bytes: Uint8Array): EventNid[] {
  const reader = new ByteReader(bytes)
  const nids: EventNid[] = []
  while (!reader.atEnd) nids.push(inRoom(room, reader.unsigned()))
  return nids
}
