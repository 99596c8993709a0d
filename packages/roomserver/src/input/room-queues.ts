/**
 * Who works when: in each room one after the other, in the order it was asked for; rooms side by side, up to a number of
 * them at a time, and none twice before all others that are ready had a turn. Rooms without work take no memory. Design,
 * "One room, one order" and "Full queues".
 */

export interface RoomQueuesLimits {
  /** Rooms whose work runs at the same time. What waits for the network does not count: see {@link RoomTurn.away}. */
  readonly maxRunning: number
  /** Pieces of work that wait in one room. More is refused: it stays in the durable queue. */
  readonly maxWaitingInRoom: number
}

export const defaultRoomQueuesLimits: RoomQueuesLimits = { maxRunning: 64, maxWaitingInRoom: 1_000 }

/** A piece of work's turn. */
export interface RoomTurn {
  /**
   * Waits for something outside, such as another server: the room stays occupied, but another room may use the time.
   * Returns when there is a free place again, before any room that only begins.
   */
  away<T>(work: () => Promise<T>): Promise<T>
}

/** The room has as much waiting as may be held in memory. The work was not taken. */
export class RoomQueueFull extends Error {
  readonly roomId: string
  constructor(roomId: string, waiting: number) {
    super(`room ${roomId} has ${waiting} pieces of work waiting already`)
    this.name = 'RoomQueueFull'
    this.roomId = roomId
  }
}

/** The queues are closed: no work begins any more. */
export class RoomQueuesClosed extends Error {
  constructor() {
    super('the room queues are closed')
    this.name = 'RoomQueuesClosed'
  }
}

interface Piece {
  readonly start: (turn: RoomTurn) => Promise<void>
  readonly refuse: (reason: Error) => void
}

interface RoomWork {
  readonly roomId: string
  /** First to last, without the one that runs. */
  waiting: Piece[]
  running: boolean
  /** It had to refuse work, and whoever asked is to be told when there is room again. */
  refused: boolean
}

export class RoomQueues {
  readonly #limits: RoomQueuesLimits
  readonly #roomAgain: (roomId: string) => void
  readonly #rooms = new Map<string, RoomWork>()
  /** Rooms that wait for their turn, longest waiting first. A set keeps that order, and takes from the front cheaply. */
  readonly #ready = new Set<RoomWork>()
  /** Turns that were away and come back: they go before rooms that only begin. */
  readonly #returning: (() => void)[] = []
  #running = 0
  #closed = false
  #idle: (() => void)[] = []

  /** @param roomAgain called when a room that had to refuse work has room for half of its limit again */
  constructor(limits: Partial<RoomQueuesLimits> = {}, roomAgain: (roomId: string) => void = () => undefined) {
    this.#limits = { ...defaultRoomQueuesLimits, ...limits }
    this.#roomAgain = roomAgain
  }

  /** Rooms that have work. */
  get rooms(): number {
    return this.#rooms.size
  }

  /** Pieces of work that wait, over all rooms, without those that run. */
  get waiting(): number {
    let waiting = 0
    for (const room of this.#rooms.values()) waiting += room.waiting.length
    return waiting
  }

  /** Pieces of work that wait in a room, without the one that runs. */
  waitingIn(roomId: string): number {
    return this.#rooms.get(roomId)?.waiting.length ?? 0
  }

  /** Whether a room would refuse more work. */
  isFull(roomId: string): boolean {
    return this.waitingIn(roomId) >= this.#limits.maxWaitingInRoom
  }

  /**
   * Runs work in a room, after all that was asked for before.
   * @returns what the work returns; rejects with what it throws, which is no concern of the next one
   * @throws {RoomQueueFull} where too much waits; {@link RoomQueuesClosed}
   */
  run<T>(roomId: string, work: (turn: RoomTurn) => Promise<T>): Promise<T> {
    if (!this.isFull(roomId)) return this.#add(roomId, work, 'last')
    const room = this.#rooms.get(roomId)
    if (room !== undefined) room.refused = true
    return Promise.reject(new RoomQueueFull(roomId, this.waitingIn(roomId)))
  }

  /**
   * Runs work that had a turn in this room before and must go on: before all that waits, and never refused for lack of room.
   */
  runNext<T>(roomId: string, work: (turn: RoomTurn) => Promise<T>): Promise<T> {
    return this.#add(roomId, work, 'first')
  }

  /** Refuses all that has not begun, and resolves when what has begun has ended. */
  async close(): Promise<void> {
    this.#closed = true
    for (const room of this.#rooms.values()) {
      for (const piece of room.waiting) piece.refuse(new RoomQueuesClosed())
      room.waiting = []
      if (!room.running) this.#forget(room)
    }
    if (this.#rooms.size > 0) await new Promise<void>(resolve => this.#idle.push(resolve))
  }

  #add<T>(roomId: string, work: (turn: RoomTurn) => Promise<T>, place: 'first' | 'last'): Promise<T> {
    if (this.#closed) return Promise.reject(new RoomQueuesClosed())
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const start = async (turn: RoomTurn) => {
      try {
        resolve(await work(turn))
      } catch (error) {
        reject(error)
      }
    }
    const room = this.#roomFor(roomId)
    if (place === 'first') room.waiting.unshift({ start, refuse: reject })
    else room.waiting.push({ start, refuse: reject })
    if (!room.running) this.#ready.add(room)
    this.#fill()
    return promise
  }

  #roomFor(roomId: string): RoomWork {
    let room = this.#rooms.get(roomId)
    if (room === undefined) {
      room = { roomId, waiting: [], running: false, refused: false }
      this.#rooms.set(roomId, room)
    }
    return room
  }

  /** Gives free places away: to those that come back, then to the rooms that wait longest. */
  #fill(): void {
    while (this.#running < this.#limits.maxRunning) {
      const back = this.#returning.shift()
      if (back !== undefined) {
        this.#running++
        back()
        continue
      }
      const [room] = this.#ready
      if (room === undefined) return
      this.#ready.delete(room)
      this.#begin(room)
    }
  }

  #begin(room: RoomWork): void {
    const piece = room.waiting.shift()
    if (piece === undefined) return
    this.#running++
    room.running = true
    this.#tellOfRoom(room)
    void piece.start({ away: work => this.#away(work) }).then(() => this.#end(room))
  }

  #end(room: RoomWork): void {
    this.#running--
    room.running = false
    // To the back: every other room that is ready goes first.
    if (room.waiting.length > 0) this.#ready.add(room)
    else this.#forget(room)
    this.#fill()
  }

  #tellOfRoom(room: RoomWork): void {
    if (!room.refused || room.waiting.length > this.#limits.maxWaitingInRoom / 2) return
    room.refused = false
    this.#roomAgain(room.roomId)
  }

  #forget(room: RoomWork): void {
    this.#rooms.delete(room.roomId)
    this.#ready.delete(room)
    if (this.#rooms.size > 0) return
    for (const resolve of this.#idle) resolve()
    this.#idle = []
  }

  async #away<T>(work: () => Promise<T>): Promise<T> {
    this.#running--
    this.#fill()
    try {
      return await work()
    } finally {
      if (this.#running < this.#limits.maxRunning) this.#running++
      else await new Promise<void>(resolve => this.#returning.push(resolve))
    }
  }
}
