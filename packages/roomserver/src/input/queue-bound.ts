/**
 * The bound of a room's durable queue. Past it an event of another server is not kept, but a note of what is missing and whom to ask:
 * one for each room and origin. Whoever floods a room fills no disk, and nothing is lost. Design, "Full queues".
 */
import { type Crypto, PduError, readPdu, rulesOf } from '@neurite/protocol'
import type { Storage } from '../storage/index.ts'
import type { QueueRowNid } from '../types/index.ts'
import type { InputItem, MissingNote } from './item.ts'
import { enqueue } from './queue-rows.ts'

export interface QueueBoundLimits {
  /** Rows of one room. An event takes up to 64 KiB, so a room takes 128 MiB at most. */
  readonly maxRowsOfRoom: number
}

export const defaultQueueBoundLimits: QueueBoundLimits = { maxRowsOfRoom: 2_000 }

/** Events that a note names, the latest that came: those before them are found from their prev events, as any gap is. */
const maxNamed = 20
/** Notes that are remembered, so that the next event of the same origin is added to them; one that is not stays beside the next. */
const maxRemembered = 1_000

/** A note in the queue. */
export interface StoredNote {
  readonly note: MissingNote
  readonly row: QueueRowNid
}

export class QueueBound {
  readonly #storage: Storage
  readonly #crypto: Crypto
  readonly #limits: QueueBoundLimits
  /** By room and origin. */
  readonly #notes = new Map<string, StoredNote>()

  constructor(storage: Storage, crypto: Crypto, limits: Partial<QueueBoundLimits> = {}) {
    this.#storage = storage
    this.#crypto = crypto
    this.#limits = { ...defaultQueueBoundLimits, ...limits }
  }

  /** Whether a room's queue holds so little that what notes name can be asked for. */
  async hasRoom(roomId: string): Promise<boolean> {
    const half = Math.ceil(this.#limits.maxRowsOfRoom / 2)
    return (await this.#storage.reader.queueLength(roomId, half)) < half
  }

  /** Which of some items go into the queue as they are, and which are past the bound of their room. */
  async split<T>(all: readonly T[], itemOf: (one: T) => InputItem): Promise<{ within: T[]; beyond: T[] }> {
    const { maxRowsOfRoom } = this.#limits
    const free = new Map<string, number>()
    const within: T[] = []
    const beyond: T[] = []
    for (const one of all) {
      const item = itemOf(one)
      const { roomId } = item
      const left = free.get(roomId) ?? maxRowsOfRoom - (await this.#storage.reader.queueLength(roomId, maxRowsOfRoom))
      free.set(roomId, left - 1)
      const bucket = left > 0 || !canBeAskedFor(item) ? within : beyond
      bucket.push(one)
    }
    return { within, beyond }
  }

  /** Notes items durably in place of keeping them; what is no event is not worth a note. */
  async note(items: readonly InputItem[]): Promise<StoredNote[]> {
    const notes = new Map<string, MissingNote>()
    for (const item of items) {
      const eventId = this.#eventIdOf(item)
      if (eventId === undefined) continue
      const key = keyOf(item)
      const named = (notes.get(key) ?? this.#notes.get(key)?.note)?.eventIds ?? []
      const { roomId, roomVersion, origin } = item
      const eventIds = [...named.filter(id => id !== eventId), eventId].slice(-maxNamed)
      notes.set(key, { kind: 'missing', roomId, roomVersion, origin, eventIds })
    }
    const made = [...notes.values()]
    const rows = await enqueue(this.#storage, made)
    // First the new, then away with the old: a crash between leaves both, and what is here already is asked of nobody.
    const old = [...notes.keys()].flatMap(key => this.#notes.get(key)?.row ?? [])
    if (old.length > 0) await this.#storage.dequeue(old)
    const stored = made.map((note, at) => ({ note, row: rows[at] as QueueRowNid }))
    for (const { note } of stored) this.forget(note)
    for (const one of stored) this.remember(one)
    return stored
  }

  /** A note that stays in the queue: unless there is a younger one, what comes next of its origin is added to it. */
  remember(one: StoredNote): void {
    const key = keyOf(one.note)
    if (!this.#notes.has(key) && this.#notes.size < maxRemembered) this.#notes.set(key, one)
  }

  /** A note is being followed: what comes from now on is another. */
  forget(note: MissingNote): void {
    this.#notes.delete(keyOf(note))
  }

  #eventIdOf({ pdu, roomVersion }: InputItem): string | undefined {
    try {
      return readPdu(pdu, rulesOf(roomVersion), this.#crypto, { referenceLimits: false, longKeys: true }).event.eventId
    } catch (error) {
      if (error instanceof PduError) return undefined
      throw error
    }
  }
}

/** What another server sent of itself can be had from it again; what came with a state, or is to be sent on, cannot. */
function canBeAskedFor({ kind, sendAsServer, stateEventIds }: InputItem): boolean {
  return kind === 'new' && sendAsServer === undefined && stateEventIds === undefined
}

function keyOf({ roomId, origin }: Pick<InputItem, 'roomId' | 'origin'>): string {
  return JSON.stringify([roomId, origin])
}
