/**
 * The client head's own order of what happens in rooms. It follows the room server's output and writes what /sync and /messages read:
 * the timeline, and the state at each position. What was taken in and how far that was are written together, so that a crash neither
 * loses nor repeats anything. Design, "Writing": the client head numbers its own streams.
 */
import type { OutputEventInfo, RoomServerApi } from '@neurite/roomserver/api'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { Database } from '../../storage/database.ts'
import type { IndexPosition } from '../../storage/room-index.ts'
import type { Tables } from '../../storage/tables.ts'
import { type RoomJoin, type RoomUpgrade, takeIn } from './take-in.ts'

/** What was taken in. */
export interface RoomsChange {
  readonly position: number
  readonly rooms: ReadonlySet<string>
  /** Local users who are invited to rooms, or no longer. */
  readonly users: ReadonlySet<string>
  readonly upgrades: readonly RoomUpgrade[]
  readonly joins: readonly RoomJoin[]
}

export interface RoomIndexParts {
  readonly roomServer: RoomServerApi
  readonly database: Database
  readonly tables: Tables
  readonly runtime: Runtime
  readonly onError: (error: unknown) => void
}

/** Outputs taken in by one transaction. */
const pageOutputs = 500
/** How long to wait for the next output before asking again. Milliseconds. */
const waitForOutput = 30_000
/** Rooms whose last move is remembered: of those that were quiet longest it is not known any more. */
const maxMoves = 100_000
/**
 * How long outputs gather after a page before the next is taken in: while much happens each page costs a transaction, and this makes them
 * fewer. Who must not wait calls {@link RoomIndex.catchUp}. Milliseconds.
 */
const gatherFor = 30
/** After a failure, before the next try. Milliseconds. */
const pauseAfterFailure = 1_000

export class RoomIndex {
  readonly #parts: RoomIndexParts
  readonly #listeners = new Set<(change: RoomsChange) => void>()
  readonly #stopping = new AbortController()
  #reached: IndexPosition
  /** The last position of each room, as far as anything has happened in it since the start; the quietest first. */
  readonly #moves = new Map<string, number>()
  /** Only for positions from here on `#moves` knows all. */
  #movesKnownFrom: number
  /** Pages are taken in one after another. */
  #turn: Promise<unknown> = Promise.resolve()
  #following: Promise<void> | undefined

  constructor(parts: RoomIndexParts) {
    this.#parts = parts
    this.#reached = parts.tables.indexPositions.read()
    this.#movesKnownFrom = this.#reached.position
  }

  /** How far it is: everything up to there can be read. */
  get position(): number {
    return this.#reached.position
  }

  /** Whether anything may have happened in a room after a position. */
  hasMoved(roomId: string, after: number): boolean {
    return after < this.#movesKnownFrom || (this.#moves.get(roomId) ?? 0) > after
  }

  /** Begins to follow. */
  start(): void {
    this.#following ??= this.#follow()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#following
    await this.#turn
  }

  /** @returns stops the listening */
  listen(listener: (change: RoomsChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves once everything is taken in that was in the output when it was called: whoever has been answered reads what they wrote. */
  async catchUp(): Promise<void> {
    while (await this.#next(0)) if (this.#stopping.signal.aborted) return
  }

  async #follow(): Promise<void> {
    const { timers } = this.#parts.runtime
    const { signal } = this.#stopping
    while (!signal.aborted)
      try {
        if (await this.#next(waitForOutput)) await timers.sleep(gatherFor, signal)
      } catch (error) {
        if (signal.aborted) return
        this.#parts.onError(error)
        await Promise.race([timers.sleep(pauseAfterFailure), aborted(signal)])
      }
  }

  /** Takes in a page. @returns whether there was anything */
  async #next(wait: number): Promise<boolean> {
    const { roomServer } = this.#parts
    const { signal } = this.#stopping
    const after = this.#reached.output
    const page = await roomServer.readOutput({ after, limit: pageOutputs, wait }, { signal })
    if (page.events.length === 0 || signal.aborted) return false
    const turn = this.#turn.then(() => this.#take(after, page.events, page.position))
    this.#turn = turn.catch(error => this.#parts.onError(error))
    await turn
    return true
  }

  async #take(after: string, events: readonly OutputEventInfo[], output: string): Promise<void> {
    // Somebody else has read the same page and was faster.
    if (this.#reached.output !== after) return
    const { database, tables, roomServer } = this.#parts
    const { statements, ...change } = await takeIn(events, this.#reached.position, { roomServer, tables })
    const { position, rooms } = change
    const reached = { output, position }
    await database.write(...statements, tables.indexPositions.write(reached))
    this.#reached = reached
    this.#noteMoves(rooms, position)
    for (const listener of this.#listeners) listener(change)
  }

  #noteMoves(rooms: ReadonlySet<string>, position: number): void {
    for (const roomId of rooms) {
      this.#moves.delete(roomId)
      this.#moves.set(roomId, position)
    }
    for (const [roomId, moved] of this.#moves) {
      if (this.#moves.size <= maxMoves) return
      this.#moves.delete(roomId)
      this.#movesKnownFrom = Math.max(this.#movesKnownFrom, moved)
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}
