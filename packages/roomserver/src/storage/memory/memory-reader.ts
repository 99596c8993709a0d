/**
 * Reads of the model: look-ups in maps, and pages by sorting.
 */
import {
  type EventNid,
  type EventTypeNid,
  type RoomNid,
  roomOf,
  type StateBlockNid,
  type StateKeyNid,
  type StateSnapshotNid,
} from '../../types/index.ts'
import { nearest } from '../events-near.ts'
import { compareStored } from '../packed/text.ts'
import { identityKey } from '../pending-commits.ts'
import type { AuthGraphRow, Reader } from '../reader.ts'
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
} from '../rows.ts'
import { MemoryDirectoryReader } from './memory-directory.ts'
import type { MemoryDisk, RoomTables } from './memory-disk.ts'

export interface MemoryReaderParts {
  readonly newTypes: ReadonlyMap<string, EventTypeNid>
  readonly newKeys: ReadonlyMap<string, StateKeyNid>
  /** Throws where nothing may be read any more. */
  readonly check: () => void
}

export class MemoryReader extends MemoryDirectoryReader implements Reader {
  readonly #disk: MemoryDisk
  readonly #parts: MemoryReaderParts

  constructor(disk: MemoryDisk, parts: MemoryReaderParts) {
    super(() => {
      parts.check()
      return disk.directory
    })
    this.#disk = disk
    this.#parts = parts
  }

  async room(roomId: string): Promise<RoomRow | undefined> {
    const room = this.#open().roomIds.get(roomId)
    return room === undefined ? undefined : this.#disk.rooms.get(room)?.row
  }
  async roomByNid(room: RoomNid): Promise<RoomRow | undefined> {
    return this.#open().rooms.get(room)?.row
  }
  async rooms(after: RoomNid | 0, limit: number): Promise<RoomRow[]> {
    const rows = this.#roomsThatStay().map(tables => tables.row)
    return page(rows, row => row.room, after, limit)
  }
  async purgingRooms(after: RoomNid | 0, limit: number): Promise<RoomRow[]> {
    const rows = [...this.#open().rooms.values()].map(tables => tables.row).filter(row => row.purging)
    return page(rows, row => row.room, after, limit)
  }

  async eventNids(room: RoomNid, eventIds: readonly string[]): Promise<Map<string, EventNid>> {
    return lookUp(eventIds, id => this.#open().rooms.get(room)?.eventIds.get(id))
  }
  async events(events: readonly EventNid[]): Promise<EventRow[]> {
    return events.flatMap(nid => this.#open().rooms.get(roomOf(nid))?.events.get(nid) ?? [])
  }
  async eventIds(events: readonly EventNid[]): Promise<Map<EventNid, string>> {
    return lookUp(events, nid => this.#open().rooms.get(roomOf(nid))?.events.get(nid)?.eventId)
  }
  async eventsOfRoom(room: RoomNid, after: EventNid | 0, limit: number): Promise<EventRow[]> {
    return page(this.#open().rooms.get(room)?.events.values(), row => row.event, after, limit)
  }
  async provisionalEvents(room: RoomNid, after: EventNid | 0, limit: number): Promise<EventRow[]> {
    const rows = [...(this.#open().rooms.get(room)?.events.values() ?? [])].filter(row => row.provisional)
    return page(rows, row => row.event, after, limit)
  }
  async eventsNear(room: RoomNid, timestamp: number, direction: Direction, limit: number): Promise<EventRow[]> {
    return nearest(this.#open().rooms.get(room)?.events.values() ?? [], timestamp, direction, limit)
  }
  async eventTexts(events: readonly EventNid[]): Promise<EventText[]> {
    return events.flatMap(nid => {
      const room = this.#open().rooms.get(roomOf(nid))
      const [row, json] = [room?.events.get(nid), room?.json.get(nid)]
      return row === undefined || json === undefined ? [] : [eventText(row, json)]
    })
  }
  async eventJson(events: readonly EventNid[]): Promise<Map<EventNid, string>> {
    return lookUp(events, nid => this.#open().rooms.get(roomOf(nid))?.json.get(nid))
  }
  async authGraph(room: RoomNid, after: EventNid | 0, limit: number): Promise<AuthGraphRow[]> {
    const state = [...(this.#open().rooms.get(room)?.events.values() ?? [])].filter(row => row.stateKey !== 0)
    return page(state, row => row.event, after, limit).map(({ event, type, stateKey, status, authEvents }) => {
      return { event, type, stateKey: stateKey as StateKeyNid, rejected: status === 'rejected', authEvents }
    })
  }

  async snapshots(snapshots: readonly StateSnapshotNid[]): Promise<SnapshotRow[]> {
    return snapshots.flatMap(nid => this.#open().rooms.get(roomOf(nid))?.snapshots.get(nid) ?? [])
  }
  async blocks(blocks: readonly StateBlockNid[]): Promise<BlockRow[]> {
    return blocks.flatMap(nid => this.#open().rooms.get(roomOf(nid))?.blocks.get(nid) ?? [])
  }
  async identity(room: RoomNid, kind: IdentityRow['kind'], inputs: readonly number[]): Promise<number | undefined> {
    return this.#open().rooms.get(room)?.identities.get(identityKey(kind, inputs))?.result
  }

  async eventTypes(types: readonly EventTypeNid[]): Promise<Map<EventTypeNid, string>> {
    const { newTypes } = this.#parts
    return lookUp(types, type => this.#open().eventTypeNames.get(type) ?? nameOf(newTypes, type))
  }
  async stateKeys(keys: readonly StateKeyNid[]): Promise<Map<StateKeyNid, string>> {
    const { newKeys } = this.#parts
    return lookUp(keys, key => this.#open().stateKeyNames.get(key) ?? nameOf(newKeys, key))
  }
  async eventTypeNids(types: readonly string[]): Promise<Map<string, EventTypeNid>> {
    return lookUp(types, type => this.#open().eventTypes.get(type) ?? this.#parts.newTypes.get(type))
  }
  async stateKeyNids(keys: readonly string[]): Promise<Map<string, StateKeyNid>> {
    return lookUp(keys, key => this.#open().stateKeys.get(key) ?? this.#parts.newKeys.get(key))
  }

  async membership(room: RoomNid, user: StateKeyNid): Promise<MembershipRow | undefined> {
    return this.#open().rooms.get(room)?.memberships.get(user)
  }
  async memberships(
    room: RoomNid,
    membership: MembershipRow['membership'] | undefined,
    after: StateKeyNid | 0,
    limit: number,
  ): Promise<MembershipRow[]> {
    const rows = [...(this.#open().rooms.get(room)?.memberships.values() ?? [])]
    const those = rows.filter(row => membership === undefined || row.membership === membership)
    return page(those, row => row.user, after, limit)
  }
  async membershipsOfUser(
    user: StateKeyNid,
    membership: MembershipRow['membership'] | undefined,
    after: RoomNid | 0,
    limit: number,
  ): Promise<UserMembershipRow[]> {
    const rows = this.#roomsThatStay().flatMap(({ row: { room }, memberships }) => {
      const row = memberships.get(user)
      if (row === undefined || (membership !== undefined && row.membership !== membership)) return []
      return [{ room, event: row.event, membership: row.membership }]
    })
    return page(rows, row => row.room, after, limit)
  }
  async joinedServers(room: RoomNid, after: string, limit: number): Promise<JoinedServerRow[]> {
    const rows = Array.from(this.#open().rooms.get(room)?.servers ?? [], ([server, members]) => ({ server, members }))
    const those = rows.filter(({ server }) => compareStored(server, after) > 0)
    return those.sort((a, b) => compareStored(a.server, b.server)).slice(0, limit)
  }
  async joinedMembersOfServer(room: RoomNid, server: string): Promise<number> {
    return this.#open().rooms.get(room)?.servers.get(server) ?? 0
  }
  async roomsOfServer(server: string, after: RoomNid | 0, limit: number): Promise<RoomNid[]> {
    const rooms = this.#roomsThatStay().filter(({ servers }) => servers.has(server))
    return page(
      rooms.map(({ row }) => row.room),
      room => room,
      after,
      limit,
    )
  }
  async identities(room: RoomNid): Promise<IdentityRow[]> {
    return [...(this.#open().rooms.get(room)?.identities.values() ?? [])]
  }
  async waitingFor(room: RoomNid, on: string): Promise<EventNid[]> {
    const waits = this.#open().rooms.get(room)?.waits ?? []
    return [...new Set(waits.filter(wait => wait.on === on).map(wait => wait.event))].sort((a, b) => a - b)
  }
  async hasWaits(room: RoomNid): Promise<boolean> {
    return (this.#open().rooms.get(room)?.waits.length ?? 0) > 0
  }
  async redactions(room: RoomNid, eventIds: readonly string[]): Promise<RedactionRow[]> {
    const asked = new Set(eventIds)
    const rows = [...(this.#open().rooms.get(room)?.redactions.values() ?? [])]
    return rows.filter(row => asked.has(row.redaction) || asked.has(row.target))
  }

  async queue(roomId: string, after: number, limit: number): Promise<QueueRow[]> {
    const rows = [...this.#open().queue.values()].filter(row => row.roomId === roomId)
    return page(rows, row => row.row, after, limit)
  }
  async queueLength(roomId: string, upTo: number): Promise<number> {
    return (await this.queue(roomId, 0, upTo)).length
  }
  async queuedRooms(after: string, limit: number): Promise<string[]> {
    const rooms = new Set([...this.#open().queue.values()].map(row => row.roomId))
    const inOrder = [...rooms].sort(compareStored)
    return inOrder.filter(room => compareStored(room, after) > 0).slice(0, limit)
  }

  async output(after: number, limit: number): Promise<OutputRow[]> {
    return page(this.#open().output, row => row.position, after, limit)
  }
  async lastPosition(): Promise<number> {
    return this.#open().position
  }

  /** But those that are being purged. */
  #roomsThatStay(): RoomTables[] {
    return [...this.#open().rooms.values()].filter(({ row }) => !row.purging)
  }

  #open(): MemoryDisk {
    this.#parts.check()
    return this.#disk
  }
}

function page<V>(rows: Iterable<V> | undefined, keyOf: (row: V) => number, after: number, limit: number): V[] {
  const those = [...(rows ?? [])].filter(row => keyOf(row) > after)
  return those.sort((a, b) => keyOf(a) - keyOf(b)).slice(0, limit)
}

function lookUp<K, V>(keys: readonly K[], find: (key: K) => V | undefined): Map<K, V> {
  const found = new Map<K, V>()
  for (const key of keys) {
    const value = find(key)
    if (value !== undefined) found.set(key, value)
  }
  return found
}

/** Of those that are not durable yet: few. */
function nameOf<N>(names: ReadonlyMap<string, N>, nid: N): string | undefined {
  for (const [name, named] of names) if (named === nid) return name
  return undefined
}
