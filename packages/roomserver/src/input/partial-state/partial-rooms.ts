/**
 * The rooms whose state lacks members, in memory: what is on disk of them is read at the start. Who needs all members waits here; who
 * needs the servers in such a room also takes the word of the server that the room was joined by.
 */
import { isServerName, type ServerName } from '@neurite/protocol'
import type { PartialJoinRow } from '../../storage/index.ts'

interface PartialRoom {
  /** By the join's event ID: the servers that the room had then. */
  readonly joins: Map<string, readonly ServerName[]>
  readonly whole: PromiseWithResolvers<void>
}

export class PartialRooms {
  readonly #rooms = new Map<string, PartialRoom>()

  has(roomId: string): boolean {
    return this.#rooms.has(roomId)
  }

  /** The servers that the room is said to have, by name in the order of bytes; none where it is whole. */
  servers(roomId: string): ServerName[] {
    const joins = this.#rooms.get(roomId)?.joins.values() ?? []
    return [...new Set([...joins].flat())].sort()
  }

  /** Resolves once the room's state is whole: at once for most. */
  async whenWhole(roomId: string): Promise<void> {
    await this.#rooms.get(roomId)?.whole.promise
  }

  add({ roomId, eventId, servers }: PartialJoinRow): void {
    const room = this.#rooms.get(roomId) ?? { joins: new Map(), whole: Promise.withResolvers<void>() }
    room.joins.set(eventId, serversIn(servers))
    this.#rooms.set(roomId, room)
  }

  remove({ roomId, eventId }: Pick<PartialJoinRow, 'roomId' | 'eventId'>): void {
    const room = this.#rooms.get(roomId)
    room?.joins.delete(eventId)
    if (room === undefined || room.joins.size > 0) return
    this.#rooms.delete(roomId)
    room.whole.resolve()
  }
}

function serversIn(list: string): ServerName[] {
  const names: unknown = JSON.parse(list)
  return Array.isArray(names) ? names.filter(isServerName) : []
}
