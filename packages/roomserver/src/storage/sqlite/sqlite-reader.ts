/**
 * Reads on the main thread's own connection, which cannot write. Each is a few microseconds a row and done at once; long lists
 * are for the caller to cut. Nothing is read any more once storage has failed: what the log shows may not be on disk.
 */
import type { DatabaseSync } from 'node:sqlite'
import type {
  EventNid,
  EventTypeNid,
  RoomNid,
  StateBlockNid,
  StateKeyNid,
  StateSnapshotNid,
} from '../../types/index.ts'
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
import type { KeptEventIds } from './kept-event-ids.ts'
import type { KeptRooms } from './kept-rooms.ts'
import type { Names, NamesTable } from './names.ts'
import { AuthGraphReading } from './read-auth-graph.ts'
import { DirectoryReading } from './read-directory.ts'
import { EventReading } from './read-events.ts'
import { LogReading } from './read-logs.ts'
import { MemberReading } from './read-members.ts'
import { RoomReading } from './read-rooms.ts'
import { StateReading } from './read-state.ts'
import { inList, prepare } from './sql.ts'
import { SqliteDirectoryReader } from './sqlite-directory-reader.ts'

/** Everything that is prepared on the reading connection. */
export class Readings {
  readonly events: EventReading
  readonly authGraph: AuthGraphReading
  readonly state: StateReading
  readonly rooms: RoomReading
  readonly members: MemberReading
  readonly logs: LogReading
  readonly directory: DirectoryReading
  readonly eventTypes: NamesTable
  readonly stateKeys: NamesTable

  constructor(database: DatabaseSync) {
    this.events = new EventReading(database)
    this.authGraph = new AuthGraphReading(database)
    this.state = new StateReading(database)
    this.rooms = new RoomReading(database)
    this.members = new MemberReading(database)
    this.logs = new LogReading(database)
    this.directory = new DirectoryReading(database)
    this.eventTypes = {
      nidOf: prepare(database, 'SELECT type FROM event_types WHERE name = ?'),
      namesOf: prepare(database, `SELECT type, name FROM event_types WHERE type ${inList}`),
    }
    this.stateKeys = {
      nidOf: prepare(database, 'SELECT state_key FROM event_state_keys WHERE name = ?'),
      namesOf: prepare(database, `SELECT state_key, name FROM event_state_keys WHERE state_key ${inList}`),
    }
  }
}

export class SqliteReader extends SqliteDirectoryReader implements Reader {
  readonly #open: () => Readings
  readonly #eventTypes: Names<EventTypeNid>
  readonly #stateKeys: Names<StateKeyNid>
  readonly #eventIds: KeptEventIds
  readonly #rooms: KeptRooms

  /** @param open gives what is prepared, or throws where nothing may be read any more */
  constructor(
    open: () => Readings,
    eventTypes: Names<EventTypeNid>,
    stateKeys: Names<StateKeyNid>,
    eventIds: KeptEventIds,
    rooms: KeptRooms,
  ) {
    super(() => open().directory)
    this.#open = open
    this.#eventTypes = eventTypes
    this.#stateKeys = stateKeys
    this.#eventIds = eventIds
    this.#rooms = rooms
  }

  async room(roomId: string): Promise<RoomRow | undefined> {
    const { rooms } = this.#open()
    return this.#rooms.byId(roomId, () => rooms.byId(roomId))
  }
  async roomByNid(room: RoomNid): Promise<RoomRow | undefined> {
    const { rooms } = this.#open()
    return this.#rooms.byNid(room, () => rooms.byNid(room))
  }
  async rooms(after: RoomNid | 0, limit: number): Promise<RoomRow[]> {
    return this.#open().rooms.all(after, limit)
  }
  async purgingRooms(after: RoomNid | 0, limit: number): Promise<RoomRow[]> {
    return this.#open().rooms.purging(after, limit)
  }

  async eventNids(room: RoomNid, eventIds: readonly string[]): Promise<Map<string, EventNid>> {
    return this.#open().events.nids(room, eventIds)
  }
  async events(events: readonly EventNid[]): Promise<EventRow[]> {
    return this.#open().events.rows(events)
  }
  async provisionalEvents(room: RoomNid, after: EventNid | 0, limit: number): Promise<EventRow[]> {
    return this.#open().events.provisional(room, after, limit)
  }
  async eventIds(events: readonly EventNid[]): Promise<Map<EventNid, string>> {
    return this.#eventIds.of(events, missing => this.#open().events.ids(missing))
  }
  async eventsOfRoom(room: RoomNid, after: EventNid | 0, limit: number): Promise<EventRow[]> {
    return this.#open().events.ofRoom(room, after, limit)
  }
  async eventsNear(room: RoomNid, timestamp: number, direction: Direction, limit: number): Promise<EventRow[]> {
    return this.#open().events.near(room, timestamp, direction, limit)
  }
  async eventTexts(events: readonly EventNid[]): Promise<EventText[]> {
    return this.#open().events.texts(events)
  }
  async eventJson(events: readonly EventNid[]): Promise<Map<EventNid, string>> {
    return this.#open().events.json(events)
  }
  async authGraph(room: RoomNid, after: EventNid | 0, limit: number): Promise<AuthGraphRow[]> {
    return this.#open().authGraph.rows(room, after, limit)
  }

  async snapshots(snapshots: readonly StateSnapshotNid[]): Promise<SnapshotRow[]> {
    return this.#open().state.snapshots(snapshots)
  }
  async blocks(blocks: readonly StateBlockNid[]): Promise<BlockRow[]> {
    return this.#open().state.blocks(blocks)
  }
  async identity(room: RoomNid, kind: IdentityRow['kind'], inputs: readonly number[]): Promise<number | undefined> {
    return this.#open().state.identity(room, kind, inputs)
  }

  async eventTypes(types: readonly EventTypeNid[]): Promise<Map<EventTypeNid, string>> {
    return this.#eventTypes.names(types)
  }
  async stateKeys(keys: readonly StateKeyNid[]): Promise<Map<StateKeyNid, string>> {
    return this.#stateKeys.names(keys)
  }
  async eventTypeNids(types: readonly string[]): Promise<Map<string, EventTypeNid>> {
    return found(types, type => this.#eventTypes.nid(type))
  }
  async stateKeyNids(keys: readonly string[]): Promise<Map<string, StateKeyNid>> {
    return found(keys, key => this.#stateKeys.nid(key))
  }

  async membership(room: RoomNid, user: StateKeyNid): Promise<MembershipRow | undefined> {
    return this.#open().members.of(room, user)
  }
  async memberships(
    room: RoomNid,
    membership: MembershipRow['membership'] | undefined,
    after: StateKeyNid | 0,
    limit: number,
  ): Promise<MembershipRow[]> {
    return this.#open().members.ofRoom(room, membership, after, limit)
  }
  async membershipsOfUser(
    user: StateKeyNid,
    membership: MembershipRow['membership'] | undefined,
    after: RoomNid | 0,
    limit: number,
  ): Promise<UserMembershipRow[]> {
    return this.#open().members.ofUser(user, membership, after, limit)
  }
  async joinedServers(room: RoomNid, after: string, limit: number): Promise<JoinedServerRow[]> {
    return this.#open().members.servers(room, after, limit)
  }
  async joinedMembersOfServer(room: RoomNid, server: string): Promise<number> {
    return this.#open().members.ofServer(room, server)
  }
  async roomsOfServer(server: string, after: RoomNid | 0, limit: number): Promise<RoomNid[]> {
    return this.#open().members.roomsOfServer(server, after, limit)
  }
  async identities(room: RoomNid): Promise<IdentityRow[]> {
    return this.#open().state.identities(room)
  }
  async waitingFor(room: RoomNid, on: string): Promise<EventNid[]> {
    return this.#open().rooms.waitingFor(room, on)
  }
  async hasWaits(room: RoomNid): Promise<boolean> {
    return this.#open().rooms.hasWaits(room)
  }
  async redactions(room: RoomNid, eventIds: readonly string[]): Promise<RedactionRow[]> {
    return this.#open().rooms.redactions(room, eventIds)
  }

  async queue(roomId: string, after: number, limit: number): Promise<QueueRow[]> {
    return this.#open().logs.queue(roomId, after, limit)
  }
  async queueLength(roomId: string, upTo: number): Promise<number> {
    return this.#open().logs.queueLength(roomId, upTo)
  }
  async queuedRooms(after: string, limit: number): Promise<string[]> {
    return this.#open().logs.queuedRooms(after, limit)
  }

  async output(after: number, limit: number): Promise<OutputRow[]> {
    return this.#open().logs.output(after, limit)
  }
  async lastPosition(): Promise<number> {
    return this.#open().logs.lastPosition()
  }
}

function found<K, V>(keys: readonly K[], find: (key: K) => V | undefined): Map<K, V> {
  const all = new Map<K, V>()
  for (const key of keys) {
    const value = find(key)
    if (value !== undefined) all.set(key, value)
  }
  return all
}
