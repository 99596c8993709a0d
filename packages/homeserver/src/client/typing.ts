/**
 * Who is typing where. It lives in memory: after a restart nobody is. Client-server API, "Typing Notifications".
 */
import type { Runtime, Timer } from '@neurite/roomserver/runtime'
import type { Streams } from './streams.ts'

interface TypingRoom {
  readonly users: Map<string, Timer>
  position: number
}

/** Rooms in which somebody has typed since the start; the one that was quiet longest is forgotten. */
const maxRooms = 10_000

export class Typing {
  readonly #streams: Streams
  readonly #timers: Runtime['timers']
  /** In the order of their last change. */
  readonly #rooms = new Map<string, TypingRoom>()

  constructor(streams: Streams, { timers }: Runtime) {
    this.#streams = streams
    this.#timers = timers
  }

  /** @param timeout milliseconds after which the user types no longer, unless they say so again; undefined: they stop now */
  set(roomId: string, userId: string, timeout: number | undefined): void {
    const users = this.#rooms.get(roomId)?.users ?? new Map<string, Timer>()
    const before = users.get(userId)
    before?.cancel()
    users.delete(userId)
    if (timeout !== undefined)
      users.set(
        userId,
        this.#timers.setTimer(timeout, () => this.set(roomId, userId, undefined)),
      )
    // Who goes on typing changes nothing.
    if ((before !== undefined) === (timeout !== undefined)) return
    this.#rooms.delete(roomId)
    const room: TypingRoom = { users, position: 0 }
    this.#rooms.set(roomId, room)
    if (this.#rooms.size > maxRooms) this.#rooms.delete(this.#rooms.keys().next().value as string)
    // The position is the room's before anybody is told of it.
    room.position = this.#streams.positions.typing + 1
    this.#streams.advance('typing', [roomId])
  }

  /** Who types in a room; undefined where that is as it was at a position. */
  changedAfter(roomId: string, position: number): readonly string[] | undefined {
    const room = this.#rooms.get(roomId)
    return room === undefined || room.position <= position ? undefined : [...room.users.keys()]
  }

  /** Who types in a room. */
  in(roomId: string): readonly string[] {
    return [...(this.#rooms.get(roomId)?.users.keys() ?? [])]
  }

  /** Cancels all timers. */
  stop(): void {
    for (const { users } of this.#rooms.values()) for (const timer of users.values()) timer.cancel()
    this.#rooms.clear()
  }
}
