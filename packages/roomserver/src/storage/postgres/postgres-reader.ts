/**
 * Reads: one round trip each, lists as arrays.
 */
import {
  type EventNid,
  type EventTypeNid,
  inRoom,
  type RoomNid,
  type StateBlockNid,
  type StateKeyNid,
  type StateSnapshotNid,
} from '../../types/index.ts'
import { decodeRow } from '../packed/damage.ts'
import { packInputs, unpackInputs, unpackSnapshot } from '../packed/snapshot-form.ts'
import type { AuthGraphRow, Reader } from '../reader.ts'
import type {
  BlockRow,
  Direction,
  EventRow,
  EventText,
  IdentityRow,
  JoinedServerRow,
  MembershipRow,
  OutputRow,
  QueueRow,
  RedactionRow,
  RoomRow,
  SnapshotRow,
  UserMembershipRow,
} from '../rows.ts'
import { PostgresDirectoryReader } from './read-directory.ts'
import {
  authGraph,
  eventIds,
  eventJson,
  eventNids,
  eventRows,
  eventsNear,
  eventsOfRoom,
  eventTexts,
} from './read-events.ts'
import { memberOf, membershipsOfUser, membersOf, membersOfServer, roomsOfServer, serversOf } from './read-members.ts'
import { allRooms, hasWaits, purgingRooms, redactionsOf, roomById, roomByNid, waitingFor } from './read-rooms.ts'
import { fromBytes, list, type Sql, toBytes } from './sql.ts'

export class PostgresReader extends PostgresDirectoryReader implements Reader {
  readonly #open: () => Sql
  readonly #partition: number

  /** @param open gives the connections, or throws where nothing may be read any more */
  constructor(open: () => Sql, partition: number) {
    super(open)
    this.#open = open
    this.#partition = partition
  }

  async room(roomId: string): Promise<RoomRow | undefined> {
    return roomById(this.#open(), roomId)
  }
  async roomByNid(room: RoomNid): Promise<RoomRow | undefined> {
    return roomByNid(this.#open(), room)
  }
  async rooms(after: RoomNid | 0, limit: number): Promise<RoomRow[]> {
    return allRooms(this.#open(), after, limit)
  }
  async purgingRooms(after: RoomNid | 0, limit: number): Promise<RoomRow[]> {
    return purgingRooms(this.#open(), after, limit)
  }

  async eventNids(room: RoomNid, eventIds: readonly string[]): Promise<Map<string, EventNid>> {
    return eventNids(this.#open(), room, eventIds)
  }
  async events(events: readonly EventNid[]): Promise<EventRow[]> {
    return eventRows(this.#open(), events)
  }
  async eventIds(events: readonly EventNid[]): Promise<Map<EventNid, string>> {
    return eventIds(this.#open(), events)
  }
  async eventsOfRoom(room: RoomNid, after: EventNid | 0, limit: number): Promise<EventRow[]> {
    return eventsOfRoom(this.#open(), room, after, limit, 'all')
  }
  async provisionalEvents(room: RoomNid, after: EventNid | 0, limit: number): Promise<EventRow[]> {
    return eventsOfRoom(this.#open(), room, after, limit, 'provisional')
  }
  async eventsNear(room: RoomNid, timestamp: number, direction: Direction, limit: number): Promise<EventRow[]> {
    return eventsNear(this.#open(), room, timestamp, direction, limit)
  }
  async eventTexts(events: readonly EventNid[]): Promise<EventText[]> {
    return eventTexts(this.#open(), events)
  }
  async eventJson(events: readonly EventNid[]): Promise<Map<EventNid, string>> {
    return eventJson(this.#open(), events)
  }
  async authGraph(room: RoomNid, after: EventNid | 0, limit: number): Promise<AuthGraphRow[]> {
    return authGraph(this.#open(), room, after, limit)
  }

  async snapshots(snapshots: readonly StateSnapshotNid[]): Promise<SnapshotRow[]> {
    const sql = this.#open()
    const rows = await sql<{ snapshot: StateSnapshotNid; form: Buffer }[]>`
      SELECT snapshot, form FROM state_snapshots WHERE snapshot = ANY(${[...snapshots]}::bigint[])`
    const forms = new Map(rows.map(({ snapshot, form }) => [snapshot, form]))
    return snapshots.flatMap(snapshot => {
      const form = forms.get(snapshot)
      return form === undefined ? [] : decodeRow('state_snapshots', snapshot, () => unpackSnapshot(snapshot, form))
    })
  }
  async blocks(blocks: readonly StateBlockNid[]): Promise<BlockRow[]> {
    const sql = this.#open()
    const rows = await sql<{ block: StateBlockNid; data: Buffer }[]>`
      SELECT block, data FROM state_blocks WHERE block = ANY(${[...blocks]}::bigint[])`
    const found = new Map(rows.map(row => [row.block, row]))
    return blocks.flatMap(block => found.get(block) ?? [])
  }
  async identity(room: RoomNid, kind: IdentityRow['kind'], inputs: readonly number[]): Promise<number | undefined> {
    const sql = this.#open()
    const [row] = await sql<{ result: number }[]>`
      SELECT result FROM state_identities WHERE room = ${room} AND inputs = ${Buffer.from(packInputs(kind, inputs))}`
    return row === undefined ? undefined : inRoom<StateBlockNid | StateSnapshotNid>(room, row.result)
  }

  async identities(room: RoomNid): Promise<IdentityRow[]> {
    const sql = this.#open()
    const rows = await sql<{ inputs: Buffer; result: number }[]>`
      SELECT inputs, result FROM state_identities WHERE room = ${room} ORDER BY inputs`
    return rows.map(({ inputs, result }) =>
      decodeRow('state_identities', room, () => ({ ...unpackInputs(room, inputs), result: inRoom(room, result) })),
    )
  }

  async eventTypes(types: readonly EventTypeNid[]): Promise<Map<EventTypeNid, string>> {
    const sql = this.#open()
    const rows = await sql<{ type: EventTypeNid; name: Buffer }[]>`
      SELECT type, name FROM event_types WHERE type = ANY(${[...types]}::bigint[])`
    return new Map(rows.map(({ type, name }) => [type, fromBytes(name)]))
  }
  async stateKeys(keys: readonly StateKeyNid[]): Promise<Map<StateKeyNid, string>> {
    const sql = this.#open()
    const rows = await sql<{ key: StateKeyNid; name: Buffer }[]>`
      SELECT state_key AS key, name FROM event_state_keys WHERE state_key = ANY(${[...keys]}::bigint[])`
    return new Map(rows.map(({ key, name }) => [key, fromBytes(name)]))
  }
  async eventTypeNids(types: readonly string[]): Promise<Map<string, EventTypeNid>> {
    return this.#nids('SELECT type AS nid, name FROM event_types WHERE name = ANY($1::bytea[])', types)
  }
  async stateKeyNids(keys: readonly string[]): Promise<Map<string, StateKeyNid>> {
    return this.#nids('SELECT state_key AS nid, name FROM event_state_keys WHERE name = ANY($1::bytea[])', keys)
  }

  async membership(room: RoomNid, user: StateKeyNid): Promise<MembershipRow | undefined> {
    return memberOf(this.#open(), room, user)
  }
  async memberships(
    room: RoomNid,
    membership: MembershipRow['membership'] | undefined,
    after: StateKeyNid | 0,
    limit: number,
  ): Promise<MembershipRow[]> {
    return membersOf(this.#open(), room, membership, after, limit)
  }
  async membershipsOfUser(
    user: StateKeyNid,
    membership: MembershipRow['membership'] | undefined,
    after: RoomNid | 0,
    limit: number,
  ): Promise<UserMembershipRow[]> {
    return membershipsOfUser(this.#open(), user, membership, after, limit)
  }
  async joinedServers(room: RoomNid, after: string, limit: number): Promise<JoinedServerRow[]> {
    return serversOf(this.#open(), room, after, limit)
  }
  async joinedMembersOfServer(room: RoomNid, server: string): Promise<number> {
    return membersOfServer(this.#open(), room, server)
  }
  async roomsOfServer(server: string, after: RoomNid | 0, limit: number): Promise<RoomNid[]> {
    return roomsOfServer(this.#open(), server, after, limit)
  }
  async waitingFor(room: RoomNid, on: string): Promise<EventNid[]> {
    return waitingFor(this.#open(), room, on)
  }
  async hasWaits(room: RoomNid): Promise<boolean> {
    return hasWaits(this.#open(), room)
  }
  async redactions(room: RoomNid, eventIds: readonly string[]): Promise<RedactionRow[]> {
    return redactionsOf(this.#open(), room, eventIds)
  }

  async queue(roomId: string, after: number, limit: number): Promise<QueueRow[]> {
    const sql = this.#open()
    const rows = await sql`SELECT queue_row, item, not_before, attempts, waits_for FROM input_log
      WHERE room_id = ${toBytes(roomId)} AND queue_row > ${after} ORDER BY queue_row LIMIT ${limit}`
    return rows.map(({ queue_row, item, not_before, attempts, waits_for }) => {
      const waits = { notBefore: not_before, attempts, waitsFor: fromBytes(waits_for) }
      return { row: queue_row, roomId, item: fromBytes(item), ...waits }
    })
  }
  async queueLength(roomId: string, upTo: number): Promise<number> {
    const sql = this.#open()
    const [row] = await sql<{ count: number }[]>`SELECT count(*)::int AS count FROM
      (SELECT 1 FROM input_log WHERE room_id = ${toBytes(roomId)} LIMIT ${upTo}) AS rows`
    return row?.count ?? 0
  }
  async queuedRooms(after: string, limit: number): Promise<string[]> {
    const sql = this.#open()
    // One step in the index a room, however many rows it has.
    const rows = await sql<{ room_id: Buffer }[]>`
      WITH RECURSIVE rooms AS (
        (SELECT room_id FROM input_log WHERE room_id > ${toBytes(after)} ORDER BY room_id LIMIT 1)
        UNION ALL
        SELECT (SELECT room_id FROM input_log WHERE room_id > rooms.room_id ORDER BY room_id LIMIT 1) FROM rooms
          WHERE rooms.room_id IS NOT NULL
      ) SELECT room_id FROM rooms WHERE room_id IS NOT NULL LIMIT ${limit}`
    return rows.map(row => fromBytes(row.room_id))
  }

  async output(after: number, limit: number): Promise<OutputRow[]> {
    const sql = this.#open()
    const rows = await sql<{ position: number; room: RoomNid; payload: Buffer }[]>`
      SELECT position, room, payload FROM output_log
        WHERE partition = ${this.#partition} AND position > ${after} ORDER BY position LIMIT ${limit}`
    return rows.map(({ position, room, payload }) => ({ position, room, payload: fromBytes(payload) }))
  }
  async lastPosition(): Promise<number> {
    const sql = this.#open()
    const [row] = await sql<{ position: number }[]>`
      SELECT position FROM partitions WHERE partition = ${this.#partition}`
    return row?.position ?? 0
  }

  async #nids<N>(text: string, names: readonly string[]): Promise<Map<string, N>> {
    const sql = this.#open()
    const rows = await sql.unsafe(text, [list(sql, names.map(toBytes))], { prepare: true })
    return new Map(rows.map(({ nid, name }) => [fromBytes(name), nid]))
  }
}
