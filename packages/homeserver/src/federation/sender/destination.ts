/**
 * One server that is sent to: what waits for it, one transaction at a time, and when it is tried again after it failed. Server-server API,
 * "Transactions".
 *
 * While the server takes what it is sent, events wait in memory. Once it fails they become room pointers on disk: of each room it is then
 * sent the newest events, and asks for those between.
 */
import { isJsonObject, type JsonObject, parseJson, type ServerName } from '@neurite/protocol'
import { RemoteServerError } from '@neurite/roomserver'
import type { RoomServerApi } from '@neurite/roomserver/api'
import type { Runtime, Timer } from '@neurite/roomserver/runtime'
import type { FederationSenderTables, KeptEdu, PendingRoom } from '../../storage/federation-sender.ts'
import { maxEdus, maxPdus, type OutgoingTransaction } from '../requests/index.ts'
import { RequestRefused } from '../transport/index.ts'
import { waitAfter } from './back-off.ts'
import type { Pending } from './progress.ts'
import type { Turnstile } from './turnstile.ts'

/** Events that wait in memory; more become room pointers. */
const maxLive = 1_000
/** Passing EDUs that wait; the oldest go first. */
const maxPassing = 500
/** Rooms that one transaction catches up with: each may have some forward extremities. */
const roomsAtOnce = 10
/** A server that shows life is tried again, but not more often than this. Milliseconds. */
const leastWait = 1_000

/** An event that is for the server. */
export interface LiveEvent extends PendingRoom {
  readonly pdu: string
  readonly output: Pending
}

/** An EDU that may be lost. */
export interface PassingEdu {
  readonly type: string
  readonly content: JsonObject
}

export interface DestinationParts {
  readonly serverName: ServerName
  readonly api: Pick<RoomServerApi, 'queryLatestEventsAndState' | 'queryEventsById' | 'queryServerJoinedToRoom'>
  readonly send: (server: ServerName, transaction: OutgoingTransaction, signal: AbortSignal) => Promise<unknown>
  readonly tables: FederationSenderTables
  readonly runtime: Runtime
  readonly turnstile: Turnstile
  /** Never the same twice, over restarts too. */
  readonly newTransactionId: () => string
  /** Aborted when the sender stops. */
  readonly stopping: AbortSignal
  readonly onError: (error: unknown) => void
}

/** What goes into one transaction, and what of it is done with once it is taken. */
interface Load {
  readonly pdus: readonly string[]
  readonly edus: readonly JsonObject[]
  readonly live: readonly LiveEvent[]
  readonly rooms: readonly PendingRoom[]
  readonly kept: readonly KeptEdu[]
}

export class Destination {
  readonly server: ServerName
  readonly #parts: DestinationParts
  #live: LiveEvent[] = []
  /** Last events by room. Not empty: events become pointers too, so that none overtakes those before it. */
  readonly #rooms: Map<string, string>
  /** By key, oldest first: the newest of each counts. */
  readonly #passing = new Map<string, PassingEdu>()
  #mayHaveKept: boolean
  #failures: number
  /** By the clock of the day. */
  #retryAt: number
  #triedAt = 0
  #timer: Timer | undefined
  #running: Promise<void> | undefined

  /** @param isStored whether anything about it may be on disk */
  constructor(server: ServerName, parts: DestinationParts, isStored: boolean) {
    this.server = server
    this.#parts = parts
    const behind = isStored ? parts.tables.behind(server) : undefined
    this.#failures = behind?.failures ?? 0
    this.#retryAt = behind?.retryAt ?? 0
    const rooms = isStored ? parts.tables.rooms(server) : []
    this.#rooms = new Map(rooms.map(({ roomId, eventId }) => [roomId, eventId]))
    this.#mayHaveKept = isStored
  }

  /** Events and rooms that wait. */
  get waiting(): number {
    return this.#live.length + this.#rooms.size
  }

  /** Whether events have to become room pointers: it failed, or has not caught up. */
  get isBehind(): boolean {
    return this.#failures > 0 || this.#rooms.size > 0 || this.#live.length >= maxLive
  }

  get isIdle(): boolean {
    return this.#running === undefined && !this.#hasWork() && this.#failures === 0
  }

  /** An event for a server that is not behind. */
  addLive(event: LiveEvent): void {
    this.#live.push(event)
    this.#go()
  }

  /** A room of which it lacks something; on disk already. */
  addRoom({ roomId, eventId }: PendingRoom): void {
    this.#rooms.set(roomId, eventId)
    this.#go()
  }

  /** @returns false where it lacked nothing of that room: then that must be on disk first */
  lacksMoreOf({ roomId, eventId }: PendingRoom): boolean {
    if (!this.#rooms.has(roomId)) return false
    this.#rooms.set(roomId, eventId)
    return true
  }

  /** @param key EDUs with the same key replace each other */
  addPassing(key: string, edu: PassingEdu): void {
    if (this.#failures > 0) return
    this.#passing.delete(key)
    this.#passing.set(key, edu)
    const oldest = this.#passing.keys().next()
    if (this.#passing.size > maxPassing && oldest.done !== true) this.#passing.delete(oldest.value)
    this.#go()
  }

  /** An EDU was put on disk for it. */
  addKept(): void {
    this.#mayHaveKept = true
    this.#go()
  }

  /** The server has sent us something: it is up. */
  showsLife(): void {
    const now = this.#parts.runtime.clock.now()
    if (this.#failures === 0 || now - this.#triedAt < leastWait) return
    this.#retryAt = now
    this.#cancelTimer()
    this.#go()
  }

  /** Begins what there is to do, at its time. */
  #go(): void {
    if (this.#running !== undefined || this.#timer !== undefined) return
    if (this.#parts.stopping.aborted || !this.#hasWork()) return
    const wait = this.#retryAt - this.#parts.runtime.clock.now()
    if (wait > 0) {
      this.#timer = this.#parts.runtime.timers.setTimer(wait, () => {
        this.#timer = undefined
        this.#go()
      })
      return
    }
    this.#running = this.#parts.turnstile
      .through(() => this.#sendOne())
      .catch(error => this.#parts.onError(error))
      .finally(() => {
        this.#running = undefined
        this.#go()
      })
  }

  /** Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#cancelTimer()
    await this.#running
  }

  #cancelTimer(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #hasWork(): boolean {
    return this.#live.length > 0 || this.#rooms.size > 0 || this.#passing.size > 0 || this.#mayHaveKept
  }

  async #sendOne(): Promise<void> {
    const { runtime, stopping, send, serverName, newTransactionId } = this.#parts
    this.#triedAt = runtime.clock.now()
    const load = await this.#load()
    if (load.pdus.length === 0 && load.edus.length === 0) return this.#taken(load)
    const transaction: OutgoingTransaction = {
      ...{ transactionId: newTransactionId(), origin: serverName, originServerTs: runtime.clock.now() },
      ...{ pdus: load.pdus, edus: load.edus },
    }
    try {
      await send(this.server, transaction, stopping)
    } catch (error) {
      if (stopping.aborted) return
      if (!(error instanceof RemoteServerError || error instanceof RequestRefused)) this.#parts.onError(error)
      return this.#failed(error instanceof RemoteServerError ? error.retryAfter : undefined)
    }
    await this.#taken(load)
  }

  async #load(): Promise<Load> {
    const kept = this.#mayHaveKept ? this.#parts.tables.edus(this.server, maxEdus) : []
    const passing = [...this.#passing].slice(0, maxEdus - kept.length)
    for (const [key] of passing) this.#passing.delete(key)
    const edus = [
      ...kept.map(({ edu }) => parseJson(edu, { mode: 'lenient' })).filter(isJsonObject),
      ...passing.map(([, { type, content }]): JsonObject => ({ edu_type: type, content })),
    ]
    if (this.#rooms.size === 0) {
      const live = this.#live.slice(0, maxPdus)
      return { pdus: live.map(({ pdu }) => pdu), edus, live, rooms: [], kept }
    }
    const rooms: PendingRoom[] = []
    const pdus: string[] = []
    for (const [roomId, eventId] of [...this.#rooms].slice(0, roomsAtOnce)) {
      const newest = await this.#newestOf({ roomId, eventId })
      if (pdus.length + newest.length > maxPdus && rooms.length > 0) break
      rooms.push({ roomId, eventId })
      pdus.push(...newest.slice(0, maxPdus))
    }
    return { pdus, edus, live: [], rooms, kept }
  }

  /** What shows a server that is in the room all of it: its forward extremities; one that is not any more gets the last event for it. */
  async #newestOf({ roomId, eventId }: PendingRoom): Promise<string[]> {
    const { api } = this.#parts
    const { roomExists, joined } = await api.queryServerJoinedToRoom({ server: this.server, roomId })
    if (!roomExists) return []
    const eventIds = joined
      ? (await api.queryLatestEventsAndState({ roomId, state: [] })).forwardExtremities
      : [eventId]
    const { events } = await api.queryEventsById({ roomId, eventIds })
    return events.map(({ pdu }) => pdu)
  }

  async #taken({ live, rooms, kept }: Load): Promise<void> {
    const wasBehind = this.#failures > 0 || rooms.length > 0 || kept.length > 0
    this.#failures = 0
    this.#live = this.#live.slice(live.length)
    for (const { output } of live) output.done()
    // Of some rooms more may be lacking by now.
    const caughtUp = rooms.filter(({ roomId, eventId }) => this.#rooms.get(roomId) === eventId)
    for (const { roomId } of caughtUp) this.#rooms.delete(roomId)
    if (wasBehind) await this.#parts.tables.saveTaken(this.server, caughtUp, kept)
    if (this.#mayHaveKept) this.#mayHaveKept = this.#parts.tables.edus(this.server, 1).length > 0
  }

  async #failed(retryAfter: number | undefined): Promise<void> {
    const { runtime, tables } = this.#parts
    this.#failures++
    this.#retryAt = runtime.clock.now() + waitAfter(this.#failures, retryAfter, runtime.randomness)
    const live = this.#live
    this.#live = []
    const rooms = new Map(live.map(({ roomId, eventId }) => [roomId, eventId]))
    for (const [roomId, eventId] of rooms) this.#rooms.set(roomId, eventId)
    this.#passing.clear()
    const pending = [...rooms].map(([roomId, eventId]) => ({ roomId, eventId }))
    await tables.saveBehind(this.server, { failures: this.#failures, retryAt: this.#retryAt }, pending)
    for (const { output } of live) output.done()
  }
}
