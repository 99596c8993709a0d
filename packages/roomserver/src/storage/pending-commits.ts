/**
 * Rows of commits that are decided and not yet committed, by what they are looked up by. A row leaves with the commit that
 * brought it, unless a later one has brought another in its place.
 */
import {
  type EventNid,
  type RoomNid,
  roomOf,
  type StateBlockNid,
  type StateKeyNid,
  type StateSnapshotNid,
} from '../types/index.ts'
import type { RoomCommit } from './room-commit.ts'
import type { BlockRow, EventRow, IdentityRow, MembershipRow, RedactionRow, SnapshotRow } from './rows.ts'

interface PendingRoom {
  readonly commits: RoomCommit[]
  readonly events: Map<EventNid, EventRow>
  readonly eventIds: Map<string, EventNid>
  readonly json: Map<EventNid, string>
  readonly blocks: Map<StateBlockNid, BlockRow>
  readonly snapshots: Map<StateSnapshotNid, SnapshotRow>
  readonly identities: Map<string, IdentityRow>
  readonly memberships: Map<StateKeyNid, MembershipRow>
  readonly redactions: Map<string, RedactionRow>
}

export class PendingCommits {
  readonly #rooms = new Map<RoomNid, PendingRoom>()
  /** Rooms that a pending commit opens. */
  readonly #opened = new Map<string, RoomNid>()

  add(commit: RoomCommit): void {
    const room = this.#rooms.get(commit.room) ?? emptyRoom()
    this.#rooms.set(commit.room, room)
    room.commits.push(commit)
    if (commit.opens !== undefined) this.#opened.set(commit.opens.roomId, commit.room)
    for (const { row, json } of commit.events) {
      room.events.set(row.event, row)
      room.eventIds.set(row.eventId, row.event)
      if (json !== undefined) room.json.set(row.event, json)
    }
    for (const row of commit.blocks) room.blocks.set(row.block, row)
    for (const row of commit.snapshots) room.snapshots.set(row.snapshot, row)
    for (const row of commit.identities) room.identities.set(identityKey(row.kind, row.inputs), row)
    for (const row of commit.memberships) room.memberships.set(row.user, row)
    for (const row of commit.redactions) room.redactions.set(row.redaction, row)
  }

  remove(commit: RoomCommit): void {
    const room = this.#rooms.get(commit.room)
    const at = room?.commits.indexOf(commit) ?? -1
    if (room === undefined || at < 0) return
    room.commits.splice(at, 1)
    if (commit.opens !== undefined) this.#opened.delete(commit.opens.roomId)
    if (room.commits.length === 0) {
      this.#rooms.delete(commit.room)
      return
    }
    for (const { row, json } of commit.events) {
      // A later commit may judge the event anew: its JSON is stored by then, its row is still the pending one.
      if (json !== undefined) room.json.delete(row.event)
      if (leave(room.events, row.event, row)) room.eventIds.delete(row.eventId)
    }
    for (const row of commit.blocks) leave(room.blocks, row.block, row)
    for (const row of commit.snapshots) leave(room.snapshots, row.snapshot, row)
    for (const row of commit.identities) leave(room.identities, identityKey(row.kind, row.inputs), row)
    for (const row of commit.memberships) leave(room.memberships, row.user, row)
    for (const row of commit.redactions) leave(room.redactions, row.redaction, row)
  }

  dropRoom(room: RoomNid): void {
    for (const { opens } of this.#rooms.get(room)?.commits ?? [])
      if (opens !== undefined) this.#opened.delete(opens.roomId)
    this.#rooms.delete(room)
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
    return this.#rooms.get(roomOf(event))?.events.get(event)
  }
  /** A copy, as of now, as the others that return more than one row. */
  eventsOf(room: RoomNid): Map<EventNid, EventRow> {
    return new Map(this.#rooms.get(room)?.events)
  }
  json(event: EventNid): string | undefined {
    return this.#rooms.get(roomOf(event))?.json.get(event)
  }
  snapshot(snapshot: StateSnapshotNid): SnapshotRow | undefined {
    return this.#rooms.get(roomOf(snapshot))?.snapshots.get(snapshot)
  }
  block(block: StateBlockNid): BlockRow | undefined {
    return this.#rooms.get(roomOf(block))?.blocks.get(block)
  }
  identity(room: RoomNid, kind: IdentityRow['kind'], inputs: readonly number[]): number | undefined {
    return this.#rooms.get(room)?.identities.get(identityKey(kind, inputs))?.result
  }
  membership(room: RoomNid, user: StateKeyNid): MembershipRow | undefined {
    return this.#rooms.get(room)?.memberships.get(user)
  }
  membershipsOf(room: RoomNid): Map<StateKeyNid, MembershipRow> {
    return new Map(this.#rooms.get(room)?.memberships)
  }
  redactionsOf(room: RoomNid): RedactionRow[] {
    return [...(this.#rooms.get(room)?.redactions.values() ?? [])]
  }
}

function emptyRoom(): PendingRoom {
  return {
    commits: [],
    events: new Map(),
    eventIds: new Map(),
    json: new Map(),
    blocks: new Map(),
    snapshots: new Map(),
    identities: new Map(),
    memberships: new Map(),
    redactions: new Map(),
  }
}

/** Takes a row out, if it is still that one. */
function leave<K, V>(rows: Map<K, V>, key: K, row: V): boolean {
  return rows.get(key) === row && rows.delete(key)
}

export function identityKey(kind: IdentityRow['kind'], inputs: readonly number[]): string {
  return `${kind} ${inputs.join(' ')}`
}
