/**
 * Reading, by type without a way to write. Reads are asynchronous; many take lists, so that a step costs one round trip and
 * not one a row. Rows that are not there are left out of lists and maps.
 */
import type { EventNid, EventTypeNid, RoomNid, StateBlockNid, StateKeyNid, StateSnapshotNid } from '../types/index.ts'
import type { DirectoryReader } from './reader-of-directory.ts'
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
} from './rows.ts'

export interface Reader extends DirectoryReader {
  /** A room by its ID; not one that is being purged. */
  room(roomId: string): Promise<RoomRow | undefined>
  /** A room by its NID, also while it is being purged. */
  roomByNid(room: RoomNid): Promise<RoomRow | undefined>
  /** Rooms by rising NID, from `after` on, without those that are being purged. */
  rooms(after: RoomNid | 0, limit: number): Promise<RoomRow[]>
  /** Rooms that are being purged, by rising NID, from `after` on: a purge that a crash ended is to be taken up again. */
  purgingRooms(after: RoomNid | 0, limit: number): Promise<RoomRow[]>

  /** The NIDs of events of a room by ID. An event ID is looked up in its own room only. */
  eventNids(room: RoomNid, eventIds: readonly string[]): Promise<Map<string, EventNid>>
  events(events: readonly EventNid[]): Promise<EventRow[]>
  /** Event IDs by NID: far cheaper than the rows, and kept in memory where that pays. */
  eventIds(events: readonly EventNid[]): Promise<Map<EventNid, string>>
  /** Events of a room by rising NID, from `after` on. */
  eventsOfRoom(room: RoomNid, after: EventNid | 0, limit: number): Promise<EventRow[]>
  /** Events of a room whose verdict is provisional, by rising NID, from `after` on. */
  provisionalEvents(room: RoomNid, after: EventNid | 0, limit: number): Promise<EventRow[]>
  /**
   * Events of a room near a time: accepted and no outliers, by their timestamps, from `timestamp` on (inclusive) in one
   * direction; those of the same time by NID in the same direction.
   */
  eventsNear(room: RoomNid, timestamp: number, direction: Direction, limit: number): Promise<EventRow[]>
  /** What leaves the server of events, in order: cheaper than their rows and their JSON. */
  eventTexts(events: readonly EventNid[]): Promise<EventText[]>
  /** The JSON of events, in federation form as stored: without later redactions. */
  eventJson(events: readonly EventNid[]): Promise<Map<EventNid, string>>
  /** For each state event of the room its auth events, by rising NID: what state resolution walks. */
  authGraph(room: RoomNid, after: EventNid | 0, limit: number): Promise<AuthGraphRow[]>

  snapshots(snapshots: readonly StateSnapshotNid[]): Promise<SnapshotRow[]>
  blocks(blocks: readonly StateBlockNid[]): Promise<BlockRow[]>
  identity(room: RoomNid, kind: IdentityRow['kind'], inputs: readonly number[]): Promise<number | undefined>
  /** What is found again in a room: all of it, for collection. */
  identities(room: RoomNid): Promise<IdentityRow[]>

  eventTypes(types: readonly EventTypeNid[]): Promise<Map<EventTypeNid, string>>
  stateKeys(keys: readonly StateKeyNid[]): Promise<Map<StateKeyNid, string>>
  /** NIDs of names that are known; unknown ones are left out. */
  eventTypeNids(types: readonly string[]): Promise<Map<string, EventTypeNid>>
  stateKeyNids(keys: readonly string[]): Promise<Map<string, StateKeyNid>>

  membership(room: RoomNid, user: StateKeyNid): Promise<MembershipRow | undefined>
  memberships(
    room: RoomNid,
    membership: MembershipRow['membership'] | undefined,
    after: StateKeyNid | 0,
    limit: number,
  ): Promise<MembershipRow[]>
  /** A user's memberships in all rooms but those that are being purged, by rising room NID, from `after` on. */
  membershipsOfUser(
    user: StateKeyNid,
    membership: MembershipRow['membership'] | undefined,
    after: RoomNid | 0,
    limit: number,
  ): Promise<UserMembershipRow[]>
  /** The servers with joined members in a room, by name in the order of bytes, from `after` on; '' for the first. */
  joinedServers(room: RoomNid, after: string, limit: number): Promise<JoinedServerRow[]>
  /** How many joined members a server has in a room. */
  joinedMembersOfServer(room: RoomNid, server: string): Promise<number>
  /** The rooms in which a server has joined members, but those that are being purged, by rising NID, from `after` on. */
  roomsOfServer(server: string, after: RoomNid | 0, limit: number): Promise<RoomNid[]>
  /** The provisional events of a room that wait for an event, by its ID. */
  waitingFor(room: RoomNid, on: string): Promise<EventNid[]>
  /** Whether any event of a room waits for one that is not here, or is an outlier. */
  hasWaits(room: RoomNid): Promise<boolean>
  /** Redactions that name one of these events, or are one of them, by event ID. */
  redactions(room: RoomNid, eventIds: readonly string[]): Promise<RedactionRow[]>

  /** Queue rows of a room in order, from `after` on. */
  queue(roomId: string, after: number, limit: number): Promise<QueueRow[]>
  /** How many queue rows a room has; counted up to a number. */
  queueLength(roomId: string, upTo: number): Promise<number>
  /** Rooms that have queue rows, by room ID from `after` on. */
  queuedRooms(after: string, limit: number): Promise<string[]>

  /** Output rows after a position, in order. */
  output(after: number, limit: number): Promise<OutputRow[]>
  /** The last position given out; 0 where none was. */
  lastPosition(): Promise<number>
}

/** An event and its auth events, as state resolution needs them. */
export interface AuthGraphRow {
  readonly event: EventNid
  readonly type: EventTypeNid
  readonly stateKey: StateKeyNid
  readonly rejected: boolean
  readonly authEvents: readonly EventNid[]
}
