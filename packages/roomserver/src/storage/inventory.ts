/**
 * What only a check of a whole database asks, and nothing on the way of an event: which numbers are in use, rows that nothing
 * leads to. Reads only. A back end may do without: then checks look as far as the {@link Reader} does.
 */
import type { RoomNid } from '../types/index.ts'

/** The tables whose rows belong to rooms by their number. */
export type NumberedTable = 'events' | 'event_json' | 'state_snapshots' | 'state_blocks'

export interface Inventory {
  /** What the database's own check of its file says: a sentence for each fault, as many as the limit at most. */
  faultsOfFile(limit: number): Promise<string[]>
  /** The rooms that a table has rows of, known or not: the next after a room. */
  nextRoom(table: NumberedTable, after: RoomNid | 0): Promise<RoomNid | undefined>
  /** The highest local number of a room in a table; 0 where it has none. */
  lastNumber(table: NumberedTable, room: RoomNid): Promise<number>
  /** Which of the local numbers from `from` up to `to` a table has. */
  numbers(table: NumberedTable, room: RoomNid, from: number, to: number): Promise<number[]>
}
