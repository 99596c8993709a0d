/**
 * A reader that also shows commits that are decided and not yet committed: the next step of a room builds on the last one
 * without waiting for the disk. What is pending is looked up in maps; the rest is read from storage. Pending rows are always
 * taken before storage is asked, so a commit that ends in between is seen in one of the two.
 *
 * The queue and the output log show only what is committed: they are what others are told.
 */
import type { EventNid, EventTypeNid, RoomNid, StateBlockNid, StateKeyNid, StateSnapshotNid } from '../types/index.ts'
import { nearest } from './events-near.ts'
import { mergePages } from './merge-pages.ts'
import { OverlayDirectoryReader } from './overlay-directory.ts'
import { PendingCommits } from './pending-commits.ts'
import { PendingServers } from './pending-servers.ts'
import type { AuthGraphRow, Reader } from './reader.ts'
import type { RoomCommit } from './room-commit.ts'
import {
  type BlockRow,
  type Direction,
  type EventRow,
  type EventText,
  eventText,
  type IdentityRow,
  type JoinedServerRow,
  type MembershipRow,
  type OutputRow,
  type QueueRow,
  type RedactionRow,
  type RoomRow,
  type SnapshotRow,
  type UserMembershipRow,
} from './rows.ts'

export class OverlayReader extends OverlayDirectoryReader implements Reader {
  readonly #base: Reader
  readonly #pending: PendingCommits
  readonly #servers: PendingServers

  constructor(base: Reader) {
    const pending = new PendingCommits()
    super(base, pending)
    this.#base = base
    this.#pending = pending
    this.#servers = new PendingServers(base, pending)
  }

  /** Shows a commit from now on. Those of a room are added in order. */
  add(commit: RoomCommit): void {
    this.#pending.add(commit)
  }

  /** The commit is done: storage shows it. */
  remove(commit: RoomCommit): void {
    this.#pending.remove(commit)
  }

  /** A commit of the room has failed: nothing that builds on it counts. */
  dropRoom(room: RoomNid): void {
    this.#pending.dropRoom(room)
  }

  async room(roomId: string): Promise<RoomRow | undefined> {
    const opened = this.#pending.roomOpened(roomId)
    if (opened !== undefined) return this.roomByNid(opened)
    const row = await this.#base.room(roomId)
    return row === undefined ? undefined : movedOn(row, this.#pending.ofRoom(row.room))
  }

  async roomByNid(room: RoomNid): Promise<RoomRow | undefined> {
    const commits = this.#pending.ofRoom(room)
    return movedOn(await this.#base.roomByNid(room), commits)
  }

  rooms(after: RoomNid | 0, limit: number): Promise<RoomRow[]> {
    const pending = new Map(this.#pending.rooms().map(room => [room, this.#pending.ofRoom(room)]))
    const read = async (from: RoomNid | 0, count: number) => {
      const rows = await this.#base.rooms(from, count)
      return rows.map(row => movedOn(row, pending.get(row.room) ?? [])!)
    }
    const opened = [...pending].flatMap(([room, commits]) =>
      commits[0]?.opens === undefined ? [] : [[room, movedOn(undefined, commits)] as const],
    )
    return mergePages(read, row => row.room, new Map(opened), after, limit)
  }

  purgingRooms(after: RoomNid | 0, limit: number): Promise<RoomRow[]> {
    return this.#base.purgingRooms(after, limit)
  }

  async eventNids(room: RoomNid, eventIds: readonly string[]): Promise<Map<string, EventNid>> {
    return lookUp(
      eventIds,
      id => this.#pending.eventNid(room, id),
      rest => this.#base.eventNids(room, rest),
    )
  }

  async events(events: readonly EventNid[]): Promise<EventRow[]> {
    return pick(
      events,
      nid => this.#pending.event(nid),
      rest => this.#base.events(rest),
      row => row.event,
    )
  }

  async eventIds(events: readonly EventNid[]): Promise<Map<EventNid, string>> {
    return lookUp(
      events,
      nid => this.#pending.event(nid)?.eventId,
      rest => this.#base.eventIds(rest),
    )
  }

  async eventsOfRoom(room: RoomNid, after: EventNid | 0, limit: number): Promise<EventRow[]> {
    const read = (from: EventNid | 0, count: number) => this.#base.eventsOfRoom(room, from, count)
    return mergePages(read, row => row.event, this.#pending.eventsOf(room), after, limit)
  }

  async provisionalEvents(room: RoomNid, after: EventNid | 0, limit: number): Promise<EventRow[]> {
    const read = (from: EventNid | 0, count: number) => this.#base.provisionalEvents(room, from, count)
    const pending = new Map<EventNid, EventRow | undefined>()
    for (const [nid, row] of this.#pending.eventsOf(room)) pending.set(nid, row.provisional ? row : undefined)
    return mergePages(read, row => row.event, pending, after, limit)
  }

  async eventsNear(room: RoomNid, timestamp: number, direction: Direction, limit: number): Promise<EventRow[]> {
    const pending = this.#pending.eventsOf(room)
    // Each pending row may take the place of one of storage's.
    const committed = await this.#base.eventsNear(room, timestamp, direction, limit + pending.size)
    const rows = [...committed.filter(row => !pending.has(row.event)), ...pending.values()]
    return nearest(rows, timestamp, direction, limit)
  }

  async eventTexts(events: readonly EventNid[]): Promise<EventText[]> {
    // Of an event whose verdict is being corrected only the row is pending.
    const decided = events.filter(nid => this.#pending.event(nid) !== undefined)
    const texts = decided.length === 0 ? undefined : await this.eventJson(decided)
    const pending = (nid: EventNid) => {
      const [row, json] = [this.#pending.event(nid), texts?.get(nid)]
      return row === undefined || json === undefined ? undefined : eventText(row, json)
    }
    return pick(
      events,
      pending,
      rest => this.#base.eventTexts(rest),
      text => text.event,
    )
  }

  async eventJson(events: readonly EventNid[]): Promise<Map<EventNid, string>> {
    return lookUp(
      events,
      nid => this.#pending.json(nid),
      rest => this.#base.eventJson(rest),
    )
  }

  async authGraph(room: RoomNid, after: EventNid | 0, limit: number): Promise<AuthGraphRow[]> {
    const read = (from: EventNid | 0, count: number) => this.#base.authGraph(room, from, count)
    const pending = new Map<EventNid, AuthGraphRow | undefined>()
    for (const [nid, { event, type, stateKey, status, authEvents }] of this.#pending.eventsOf(room))
      pending.set(
        nid,
        stateKey === 0 ? undefined : { event, type, stateKey, rejected: status === 'rejected', authEvents },
      )
    return mergePages(read, row => row.event, pending, after, limit)
  }

  async snapshots(snapshots: readonly StateSnapshotNid[]): Promise<SnapshotRow[]> {
    return pick(
      snapshots,
      nid => this.#pending.snapshot(nid),
      rest => this.#base.snapshots(rest),
      row => row.snapshot,
    )
  }

  async blocks(blocks: readonly StateBlockNid[]): Promise<BlockRow[]> {
    return pick(
      blocks,
      nid => this.#pending.block(nid),
      rest => this.#base.blocks(rest),
      row => row.block,
    )
  }

  async identity(room: RoomNid, kind: IdentityRow['kind'], inputs: readonly number[]): Promise<number | undefined> {
    return this.#pending.identity(room, kind, inputs) ?? this.#base.identity(room, kind, inputs)
  }

  eventTypes(types: readonly EventTypeNid[]): Promise<Map<EventTypeNid, string>> {
    return this.#base.eventTypes(types)
  }
  stateKeys(keys: readonly StateKeyNid[]): Promise<Map<StateKeyNid, string>> {
    return this.#base.stateKeys(keys)
  }
  eventTypeNids(types: readonly string[]): Promise<Map<string, EventTypeNid>> {
    return this.#base.eventTypeNids(types)
  }
  stateKeyNids(keys: readonly string[]): Promise<Map<string, StateKeyNid>> {
    return this.#base.stateKeyNids(keys)
  }

  async membership(room: RoomNid, user: StateKeyNid): Promise<MembershipRow | undefined> {
    const pending = this.#pending.membership(room, user)
    if (pending !== undefined) return pending.event === 0 ? undefined : pending
    return this.#base.membership(room, user)
  }

  memberships(
    room: RoomNid,
    membership: MembershipRow['membership'] | undefined,
    after: StateKeyNid | 0,
    limit: number,
  ): Promise<MembershipRow[]> {
    const read = (from: StateKeyNid | 0, count: number) => this.#base.memberships(room, membership, from, count)
    const pending = new Map<StateKeyNid, MembershipRow | undefined>()
    for (const [user, row] of this.#pending.membershipsOf(room)) {
      const fits = row.event !== 0 && (membership === undefined || row.membership === membership)
      pending.set(user, fits ? row : undefined)
    }
    return mergePages(read, row => row.user, pending, after, limit)
  }

  membershipsOfUser(
    user: StateKeyNid,
    membership: MembershipRow['membership'] | undefined,
    after: RoomNid | 0,
    limit: number,
  ): Promise<UserMembershipRow[]> {
    const read = (from: RoomNid | 0, count: number) => this.#base.membershipsOfUser(user, membership, from, count)
    const pending = new Map<RoomNid, UserMembershipRow | undefined>()
    for (const room of this.#pending.rooms()) {
      const row = this.#pending.membership(room, user)
      if (row === undefined) continue
      const fits = row.event !== 0 && (membership === undefined || row.membership === membership)
      pending.set(room, fits ? { room, event: row.event, membership: row.membership } : undefined)
    }
    return mergePages(read, row => row.room, pending, after, limit)
  }

  joinedServers(room: RoomNid, after: string, limit: number): Promise<JoinedServerRow[]> {
    return this.#servers.ofRoom(room, after, limit)
  }
  joinedMembersOfServer(room: RoomNid, server: string): Promise<number> {
    return this.#servers.members(room, server)
  }
  roomsOfServer(server: string, after: RoomNid | 0, limit: number): Promise<RoomNid[]> {
    return this.#servers.roomsOf(server, after, limit)
  }

  async identities(room: RoomNid): Promise<IdentityRow[]> {
    const pending = this.#pending.ofRoom(room).flatMap(commit => commit.identities)
    return [...(await this.#base.identities(room)), ...pending]
  }

  async waitingFor(room: RoomNid, on: string): Promise<EventNid[]> {
    const commits = this.#pending.ofRoom(room)
    const waiting = new Set(await this.#base.waitingFor(room, on))
    for (const { waits, waitsEnd } of commits) {
      for (const wait of waits) if (wait.on === on) waiting.add(wait.event)
      for (const event of waitsEnd) waiting.delete(event)
    }
    return [...waiting]
  }

  async hasWaits(room: RoomNid): Promise<boolean> {
    const commits = this.#pending.ofRoom(room)
    return (await this.#base.hasWaits(room)) || commits.some(({ waits }) => waits.length > 0)
  }

  async redactions(room: RoomNid, eventIds: readonly string[]): Promise<RedactionRow[]> {
    const pending = new Map(this.#pending.redactionsOf(room).map(row => [row.redaction, row]))
    const asked = new Set(eventIds)
    const committed = await this.#base.redactions(room, eventIds)
    return [
      ...committed.filter(row => !pending.has(row.redaction)),
      ...[...pending.values()].filter(row => asked.has(row.redaction) || asked.has(row.target)),
    ]
  }

  queue(roomId: string, after: number, limit: number): Promise<QueueRow[]> {
    return this.#base.queue(roomId, after, limit)
  }
  queueLength(roomId: string, upTo: number): Promise<number> {
    return this.#base.queueLength(roomId, upTo)
  }
  queuedRooms(after: string, limit: number): Promise<string[]> {
    return this.#base.queuedRooms(after, limit)
  }

  output(after: number, limit: number): Promise<OutputRow[]> {
    return this.#base.output(after, limit)
  }
  lastPosition(): Promise<number> {
    return this.#base.lastPosition()
  }
}

const emptyRoom = {
  ...{ currentSnapshot: 0, forwardExtremities: [] },
  ...{ joinedMembers: 0, invitedMembers: 0, purging: false },
} as const

/** A room's row with what is pending: those of the commits that it does not show yet. */
function movedOn(row: RoomRow | undefined, commits: readonly RoomCommit[]): RoomRow | undefined {
  let room = row
  for (const commit of commits) {
    const { expects, opens, next, currentSnapshot, forwardExtremities, members } = commit
    if (expects < (room?.counter ?? 0)) continue
    const before = room ?? (opens && { room: commit.room, ...opens, ...emptyRoom })
    if (before === undefined) continue
    room = {
      ...before,
      counter: expects + 1,
      next,
      currentSnapshot: currentSnapshot ?? before.currentSnapshot,
      forwardExtremities: forwardExtremities ?? before.forwardExtremities,
      joinedMembers: members?.joined ?? before.joinedMembers,
      invitedMembers: members?.invited ?? before.invitedMembers,
    } as RoomRow
  }
  return room
}

/** Values by key: pending ones first, the rest from storage in one read. */
async function lookUp<K, V>(
  keys: readonly K[],
  pending: (key: K) => V | undefined,
  read: (rest: readonly K[]) => Promise<Map<K, V>>,
): Promise<Map<K, V>> {
  const found = new Map<K, V>()
  const rest: K[] = []
  for (const key of keys) {
    const value = pending(key)
    if (value === undefined) rest.push(key)
    else found.set(key, value)
  }
  if (rest.length > 0) for (const [key, value] of await read(rest)) found.set(key, value)
  return found
}

/** The same for rows that hold their key; in the order of the keys. */
async function pick<K, V>(
  keys: readonly K[],
  pending: (key: K) => V | undefined,
  read: (rest: readonly K[]) => Promise<V[]>,
  keyOf: (row: V) => K,
): Promise<V[]> {
  const found = await lookUp(keys, pending, async rest => new Map((await read(rest)).map(row => [keyOf(row), row])))
  return keys.flatMap(key => found.get(key) ?? [])
}
