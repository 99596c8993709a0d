/**
 * Rows of commits that are decided and not yet committed, by what they are looked up by. A row leaves with the commit that
 * brought it, unless a later one has brought another in its place.
 */
import type { EventNid, RoomNid, StateBlockNid, StateKeyNid, StateSnapshotNid } from '../types/index.ts'
import type { RoomCommit } from './room-commit.ts'
import type { BlockRow, EventRow, IdentityRow, MembershipRow, RedactionRow, SnapshotRow } from './rows.ts'

/** What is looked up within a room. Most commits bring little of it, so its maps are made with their first row. */
interface PendingRoom {
  readonly commits: RoomCommit[]
  readonly eventIds: Map<string, EventNid>
  identities: Map<string, IdentityRow> | undefined
  memberships: Map<StateKeyNid, MembershipRow> | undefined
  redactions: Map<string, RedactionRow> | undefined
}

export class PendingCommits {
  readonly #rooms = new Map<RoomNid, PendingRoom>()
  /** Rooms that a pending commit opens. */
  readonly #opened = new Map<string, RoomNid>()
  // By NIDs, which say their room.
  readonly #events = new Map<EventNid, EventRow>()
  readonly #json = new Map<EventNid, string>()
  readonly #blocks = new Map<StateBlockNid, BlockRow>()
  readonly #snapshots = new Map<StateSnapshotNid, SnapshotRow>()

  add(commit: RoomCommit): void {
    const room = this.#rooms.get(commit.room) ?? emptyRoom()
    this.#rooms.set(commit.room, room)
    room.commits.push(commit)
    if (commit.opens !== undefined) this.#opened.set(commit.opens.roomId, commit.room)
    for (const { row, json } of commit.events) {
      this.#events.set(row.event, row)
      room.eventIds.set(row.eventId, row.event)
      if (json !== undefined) this.#json.set(row.event, json)
    }
    for (const row of commit.blocks) this.#blocks.set(row.block, row)
    for (const row of commit.snapshots) this.#snapshots.set(row.snapshot, row)
    room.identities = withRows(room.identities, commit.identities, row => identityKey(row.kind, row.inputs))
    room.memberships = withRows(room.memberships, commit.memberships, row => row.user)
    room.redactions = withRows(room.redactions, commit.redactions, row => row.redaction)
  }

  remove(commit: RoomCommit): void {
    const room = this.#rooms.get(commit.room)
    const at = room?.commits.indexOf(commit) ?? -1
    if (room === undefined || at < 0) return
    room.commits.splice(at, 1)
    this.#leave(commit)
    if (room.commits.length === 0) {
      this.#rooms.delete(commit.room)
      return
    }
    for (const { row } of commit.events) if (!this.#events.has(row.event)) room.eventIds.delete(row.eventId)
    for (const row of commit.identities) leave(room.identities, identityKey(row.kind, row.inputs), row)
    for (const row of commit.memberships) leave(room.memberships, row.user, row)
    for (const row of commit.redactions) leave(room.redactions, row.redaction, row)
  }

  dropRoom(room: RoomNid): void {
    for (const commit of this.#rooms.get(room)?.commits ?? []) this.#leave(commit)
    this.#rooms.delete(room)
  }

  /** Takes out what is not looked up within the room. */
  #leave(commit: RoomCommit): void {
    if (commit.opens !== undefined) this.#opened.delete(commit.opens.roomId)
    for (const { row, json } of commit.events) {
      // A later commit may judge the event anew: its JSON is stored by then, its row is still the pending one.
      if (json !== undefined) this.#json.delete(row.event)
      leave(this.#events, row.event, row)
    }
    for (const row of commit.blocks) leave(this.#blocks, row.block, row)
    for (const row of commit.snapshots) leave(this.#snapshots, row.snapshot, row)
  }

  /** The pending commits of a room, in order; a copy. */
  ofRoom(room: RoomNid): RoomCommit[] {
    return [...(this.#rooms.get(room)?.commits ?? [])]
  }
  rooms(): RoomNid[] {
    return [...this.#rooms.keys()]
  }
  roomOpened(roomId: string): RoomNid | undefined {
    return this.#opened.get(roomId)
  }

  /** The ID of a room that a pending commit opens. */
  roomIdOpened(room: RoomNid): string | undefined {
    return this.#rooms.get(room)?.commits[0]?.opens?.roomId
  }
  endsInvite(room: RoomNid, user: string): boolean {
    return this.#rooms.get(room)?.commits.some(({ invitesEnd }) => invitesEnd.includes(user)) ?? false
  }

  eventNid(room: RoomNid, eventId: string): EventNid | undefined {
    return this.#rooms.get(room)?.eventIds.get(eventId)
  }
  event(event: EventNid): EventRow | undefined {
    return this.#events.get(event)
  }
  /** A copy, as of now, as the others that return more than one row. */
  eventsOf(room: RoomNid): Map<EventNid, EventRow> {
    const found = new Map<EventNid, EventRow>()
    for (const { events } of this.#rooms.get(room)?.commits ?? [])
      for (const { row } of events) found.set(row.event, row)
    return found
  }
  json(event: EventNid): string | undefined {
    return this.#json.get(event)
  }
  snapshot(snapshot: StateSnapshotNid): SnapshotRow | undefined {
    return this.#snapshots.get(snapshot)
  }
  block(block: StateBlockNid): BlockRow | undefined {
    return this.#blocks.get(block)
  }
  identity(room: RoomNid, kind: IdentityRow['kind'], inputs: readonly number[]): number | undefined {
    return this.#rooms.get(room)?.identities?.get(identityKey(kind, inputs))?.result
  }
  membership(room: RoomNid, user: StateKeyNid): MembershipRow | undefined {
    return this.#rooms.get(room)?.memberships?.get(user)
  }
  membershipsOf(room: RoomNid): Map<StateKeyNid, MembershipRow> {
    return new Map(this.#rooms.get(room)?.memberships)
  }
  redactionsOf(room: RoomNid): RedactionRow[] {
    return [...(this.#rooms.get(room)?.redactions?.values() ?? [])]
  }
}

function emptyRoom(): PendingRoom {
  return { commits: [], eventIds: new Map(), identities: undefined, memberships: undefined, redactions: undefined }
}

/** A map with some rows more; none is made where there are none. */
function withRows<K, V>(map: Map<K, V> | undefined, rows: readonly V[], keyOf: (row: V) => K): Map<K, V> | undefined {
  if (rows.length === 0) return map
  const all = map ?? new Map<K, V>()
  for (const row of rows) all.set(keyOf(row), row)
  return all
}

/** Takes a row out, if it is still that one. */
function leave<K, V>(rows: Map<K, V> | undefined, key: K, row: V): void {
  if (rows?.get(key) === row) rows.delete(key)
}

/** What a row of identities is found by, within its room. */
export function identityKey(kind: IdentityRow['kind'], inputs: readonly number[]): string {
  return `${kind} ${inputs.join(' ')}`
}
