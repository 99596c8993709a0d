/**
 * One event on its way through the pipeline, with what the steps have found out so far.
 */
import type { RoomEvent } from '@neurite/protocol'
import type { EventRow, VerdictReason } from '../storage/index.ts'
import type { QueueRowNid, SnapshotOrigin, StateSnapshotNid } from '../types/index.ts'
import type { InputItem } from './item.ts'

/** An event that is stored, with its row. */
export interface StoredEvent {
  readonly row: EventRow
  readonly event: RoomEvent
}

/** A state by its snapshot, and where that comes from. */
export interface KnownState {
  readonly snapshot: StateSnapshotNid | 0
  readonly origin: SnapshotOrigin
}

/** Owned by the one run that it is made for; later steps rely on what earlier ones noted. */
export class Work {
  readonly item: InputItem
  /** In its redacted form where the content hash did not fit. */
  readonly event: RoomEvent
  /** The row of the durable queue that ends with this work. */
  readonly queueRow: QueueRowNid | undefined
  /** The event's row, where it was stored before: as an outlier, or with a verdict. */
  stored: EventRow | undefined
  #authEvents: readonly StoredEvent[] | undefined
  #create: StoredEvent | undefined
  #prevEvents: readonly EventRow[] | undefined
  #stateBefore: KnownState | undefined
  softFailure: VerdictReason | undefined
  /** This server comes into the room with it: by the state that was given, whatever it knew of the room before. */
  comesIn = false

  constructor(item: InputItem, event: RoomEvent, queueRow: QueueRowNid | undefined) {
    this.item = item
    this.event = event
    this.queueRow = queueRow
  }

  /** The events that `event.authEvents` names, in that order. */
  get authEvents(): readonly StoredEvent[] {
    return found(this.#authEvents, 'auth events')
  }
  set authEvents(events: readonly StoredEvent[]) {
    this.#authEvents = events
  }

  /** The create event, where the room ID implies it. */
  get impliedCreate(): StoredEvent | undefined {
    return this.#create
  }
  set impliedCreate(create: StoredEvent | undefined) {
    this.#create = create
  }

  /** The rows of its prev events; of those that are stored where the state is given. */
  get prevEvents(): readonly EventRow[] {
    return found(this.#prevEvents, 'prev events')
  }
  set prevEvents(rows: readonly EventRow[]) {
    this.#prevEvents = rows
  }

  get stateBefore(): KnownState {
    return found(this.#stateBefore, 'state before')
  }
  set stateBefore(state: KnownState) {
    this.#stateBefore = state
  }
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`a step asks for the ${what} before the step that finds them`)
  return value
}
