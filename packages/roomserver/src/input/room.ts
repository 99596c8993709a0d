/**
 * A room as its worker has it in memory while it works: its row, moved on with every commit that is decided, and the rows of
 * events that it met lately. Thrown away when a commit fails; then the next work reads it from storage again.
 */
import { type RoomVersionRules, rulesOf } from '@neurite/protocol'
import {
  BoundedMap,
  type EventRow,
  type LocalNumbers,
  type MemberCounts,
  type Reader,
  type RoomCommit,
  type RoomCounter,
  type RoomRow,
} from '../storage/index.ts'
import type { EventNid, RoomNid, StateSnapshotNid } from '../types/index.ts'

/**
 * Rows of events kept for each room that is being worked on: enough for the prev and auth events of a busy room. A row takes almost a
 * kilobyte, and many rooms are worked on at once.
 */
const maxKeptRows = 1_000

export class Room {
  readonly nid: RoomNid
  readonly roomId: string
  readonly rules: RoomVersionRules
  /** Not in storage yet: its first commit opens it. */
  #isNew: boolean
  #counter: RoomCounter
  #next: LocalNumbers
  #currentSnapshot: StateSnapshotNid | 0
  #forwardExtremities: readonly EventNid[]
  #members: MemberCounts
  readonly #rows = new BoundedMap<EventNid, EventRow>(maxKeptRows)
  readonly #rowsById = new BoundedMap<string, EventRow>(maxKeptRows)
  /** Those of the forward extremities that it has met: each new event asks for all of them, however many there are. */
  #extremityRows: ReadonlyMap<EventNid, EventRow> = new Map()
  /** What the last state that was worked out as the current one resolved from. */
  #lastResolution: { readonly inputs: readonly number[]; readonly snapshot: StateSnapshotNid | 0 } | undefined
  #hasWaits: boolean | undefined
  #mayHavePendingRedactions: boolean

  constructor(row: RoomRow, isNew: boolean) {
    this.nid = row.room
    this.roomId = row.roomId
    this.rules = rulesOf(row.roomVersion)
    this.#isNew = isNew
    this.#mayHavePendingRedactions = !isNew
    this.#counter = row.counter
    this.#next = row.next
    this.#currentSnapshot = row.currentSnapshot
    this.#forwardExtremities = row.forwardExtremities
    this.#members = { joined: row.joinedMembers, invited: row.invitedMembers }
  }

  /** A room that nothing is stored of yet. */
  static opening(nid: RoomNid, roomId: string, roomVersion: string): Room {
    const next = { event: 1, snapshot: 1, block: 1 }
    const row = {
      room: nid,
      roomId,
      roomVersion,
      counter: 0,
      next,
      currentSnapshot: 0,
      forwardExtremities: [],
      joinedMembers: 0,
      invitedMembers: 0,
      purging: false,
    } as const
    return new Room(row, true)
  }

  get isNew(): boolean {
    return this.#isNew
  }
  get counter(): RoomCounter {
    return this.#counter
  }
  get next(): LocalNumbers {
    return this.#next
  }
  get currentSnapshot(): StateSnapshotNid | 0 {
    return this.#currentSnapshot
  }
  get forwardExtremities(): readonly EventNid[] {
    return this.#forwardExtremities
  }
  /** How many members of the current state are joined and invited. */
  get members(): MemberCounts {
    return this.#members
  }

  /** Notes what the current state resolves from. @param inputs rising */
  noteResolution(inputs: readonly number[], snapshot: StateSnapshotNid | 0): void {
    this.#lastResolution = { inputs, snapshot }
  }

  /** The current state, where that is what these resolve to; undefined where it is not known. @param inputs rising */
  currentSnapshotOf(inputs: readonly number[]): StateSnapshotNid | 0 | undefined {
    const last = this.#lastResolution
    if (last === undefined || last.snapshot !== this.#currentSnapshot || last.inputs.length !== inputs.length)
      return undefined
    return last.inputs.every((input, at) => input === inputs[at]) ? last.snapshot : undefined
  }

  /** False: no redaction waits for its target. Known of rooms whose every event was seen. */
  get mayHavePendingRedactions(): boolean {
    return this.#mayHavePendingRedactions
  }

  /** Whether any event waits for one that is not here, or is an outlier: then each arrival may be what it waits for. */
  async hasWaits(reader: Reader): Promise<boolean> {
    this.#hasWaits ??= !this.#isNew && (await reader.hasWaits(this.nid))
    return this.#hasWaits
  }

  /** Moves on to what the room will be once the commit is done. */
  apply(commit: RoomCommit): void {
    this.#isNew = false
    this.#counter = commit.expects + 1
    this.#next = commit.next
    this.#currentSnapshot = commit.currentSnapshot ?? this.#currentSnapshot
    this.#forwardExtremities = commit.forwardExtremities ?? this.#forwardExtremities
    this.#members = commit.members ?? this.#members
    for (const { row } of commit.events) this.#keep(row)
    if (commit.forwardExtremities !== undefined || commit.events.some(({ row }) => this.#extremityRows.has(row.event)))
      this.#extremityRows = this.#metExtremities()
    if (commit.waits.length > 0) this.#hasWaits = true
    if (commit.redactions.some(({ applied }) => !applied)) this.#mayHavePendingRedactions = true
  }

  /** The row of an event; undefined where it is not stored. */
  async eventRow(eventId: string, reader: Reader): Promise<EventRow | undefined> {
    const known = this.#rowsById.get(eventId)
    if (known !== undefined || this.#isNew) return known
    const nid = (await reader.eventNids(this.nid, [eventId])).get(eventId)
    return nid === undefined ? undefined : (await this.#read([nid], reader))[0]
  }

  /** The rows of those of the events that are stored, by ID. */
  async eventRows(eventIds: readonly string[], reader: Reader): Promise<Map<string, EventRow>> {
    const found = new Map<string, EventRow>()
    const unknown: string[] = []
    for (const eventId of eventIds) {
      const row = this.#rowsById.get(eventId)
      if (row === undefined) unknown.push(eventId)
      else found.set(eventId, row)
    }
    if (unknown.length === 0 || this.#isNew) return found
    const nids = await reader.eventNids(this.nid, unknown)
    if (nids.size > 0) for (const row of await this.#read([...nids.values()], reader)) found.set(row.eventId, row)
    return found
  }

  /** The rows of stored events. */
  async rowsByNid(events: readonly EventNid[], reader: Reader): Promise<EventRow[]> {
    const found: EventRow[] = []
    const unknown: EventNid[] = []
    for (const event of events) {
      const row = this.#rows.get(event) ?? this.#extremityRows.get(event)
      if (row === undefined) unknown.push(event)
      else found.push(row)
    }
    return unknown.length === 0 ? found : [...found, ...(await this.#read(unknown, reader))]
  }

  #metExtremities(): Map<EventNid, EventRow> {
    const rows = new Map<EventNid, EventRow>()
    for (const event of this.#forwardExtremities) {
      const row = this.#rows.get(event) ?? this.#extremityRows.get(event)
      if (row !== undefined) rows.set(event, row)
    }
    return rows
  }

  async #read(events: readonly EventNid[], reader: Reader): Promise<EventRow[]> {
    const rows = await reader.events(events)
    for (const row of rows) this.#keep(row)
    return rows
  }

  #keep(row: EventRow): void {
    this.#rows.set(row.event, row)
    this.#rowsById.set(row.eventId, row)
  }
}
