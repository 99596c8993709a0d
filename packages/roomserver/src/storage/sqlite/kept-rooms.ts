/**
 * Rows of rooms in memory, before the table: nearly whatever is asked starts with one. They hold for as long as the database is
 * as it was when they were read.
 */
import type { RoomNid } from '../../types/index.ts'
import { BoundedMap } from '../bounded-map.ts'
import type { RoomRow } from '../rows.ts'

/** Rooms that are in use together; some 500 bytes each. */
const maxKeptRooms = 4_000

export class KeptRooms {
  #byId = new BoundedMap<string, RoomRow>(maxKeptRooms)
  #byNid = new BoundedMap<RoomNid, RoomRow>(maxKeptRooms)

  /** The database has changed. */
  forget(): void {
    if (this.#byId.size > 0) this.#byId = new BoundedMap(maxKeptRooms)
    if (this.#byNid.size > 0) this.#byNid = new BoundedMap(maxKeptRooms)
  }

  byId(roomId: string, read: () => RoomRow | undefined): RoomRow | undefined {
    return kept(this.#byId, roomId, read)
  }

  byNid(room: RoomNid, read: () => RoomRow | undefined): RoomRow | undefined {
    return kept(this.#byNid, room, read)
  }
}

/** Rooms that are not there are not kept: whoever asks for any would push out those that are. */
function kept<K>(rows: BoundedMap<K, RoomRow>, key: K, read: () => RoomRow | undefined): RoomRow | undefined {
  const known = rows.get(key)
  if (known !== undefined) return known
  const row = read()
  if (row !== undefined) rows.set(key, row)
  return row
}
