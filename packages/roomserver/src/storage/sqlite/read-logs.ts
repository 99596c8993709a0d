/**
 * The input queue and the output log.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { QueueRowNid, RoomNid } from '../../types/index.ts'
import { type StoredText, toStored, toText } from '../packed/text.ts'
import type { OutputRow, QueueRow } from '../rows.ts'
import { prepare } from './sql.ts'

type QueueColumns = [row: QueueRowNid, item: StoredText, notBefore: number, attempts: number, waitsFor: StoredText]
type OutputColumns = [position: number, room: RoomNid, payload: StoredText]

export class LogReading {
  readonly #queue
  readonly #queueLength
  readonly #nextQueuedRoom
  readonly #output
  readonly #position

  constructor(database: DatabaseSync) {
    this.#queue = prepare(
      database,
      `SELECT queue_row, item, not_before, attempts, waits_for FROM input_log INDEXED BY input_log_by_room
        WHERE room_id = ? AND queue_row > ? ORDER BY queue_row LIMIT ?`,
    )
    this.#queueLength = prepare(
      database,
      'SELECT count(*) FROM (SELECT 1 FROM input_log INDEXED BY input_log_by_room WHERE room_id = ? LIMIT ?)',
    )
    // One step in the index a room, however many rows it has.
    this.#nextQueuedRoom = prepare(database, 'SELECT room_id FROM input_log WHERE room_id > ? ORDER BY room_id LIMIT 1')
    this.#output = prepare(
      database,
      'SELECT position, room, payload FROM output_log WHERE position > ? ORDER BY position LIMIT ?',
    )
    this.#position = prepare(database, 'SELECT position FROM partitions WHERE partition = 1')
  }

  queue(roomId: string, after: number, limit: number): QueueRow[] {
    const rows = this.#queue.all(toStored(roomId), after, limit) as unknown as QueueColumns[]
    return rows.map(([row, item, notBefore, attempts, waitsFor]) => ({
      row,
      roomId,
      item: toText(item),
      notBefore,
      attempts,
      waitsFor: toText(waitsFor),
    }))
  }

  queueLength(roomId: string, upTo: number): number {
    const [count] = this.#queueLength.get(toStored(roomId), upTo) as unknown as [number]
    return count
  }

  queuedRooms(after: string, limit: number): string[] {
    const rooms: string[] = []
    let last: StoredText = toStored(after)
    while (rooms.length < limit) {
      const [next] = (this.#nextQueuedRoom.get(last) ?? []) as [next?: StoredText]
      if (next === undefined) break
      rooms.push(toText(next))
      last = next
    }
    return rooms
  }

  output(after: number, limit: number): OutputRow[] {
    const rows = this.#output.all(after, limit) as unknown as OutputColumns[]
    return rows.map(([position, room, payload]) => ({ position, room, payload: toText(payload) }))
  }

  lastPosition(): number {
    const [position] = this.#position.get() as unknown as [number]
    return position
  }
}
