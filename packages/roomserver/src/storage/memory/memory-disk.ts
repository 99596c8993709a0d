/**
 * What survives a crash in the in-memory model: plain maps of rows. A simulator copies it, kills the storage and opens another
 * on the same disk or on the copy.
 */
import {
  type EventNid,
  type EventTypeNid,
  firstFreeNameNid,
  type QueueRowNid,
  type RoomNid,
  type StateBlockNid,
  type StateKeyNid,
  type StateSnapshotNid,
  wellKnownStateKeys,
  wellKnownTypes,
} from '../../types/index.ts'
import type {
  BlockRow,
  EventRow,
  IdentityRow,
  MembershipRow,
  OutputRow,
  QueueRow,
  RedactionRow,
  RoomRow,
  SnapshotRow,
  WaitRow,
} from '../rows.ts'
import { DirectoryTables } from './memory-directory.ts'

/** Everything of one room. */
export interface RoomTables {
  row: RoomRow
  readonly events: Map<EventNid, EventRow>
  readonly eventIds: Map<string, EventNid>
  readonly json: Map<EventNid, string>
  readonly snapshots: Map<StateSnapshotNid, SnapshotRow>
  readonly blocks: Map<StateBlockNid, BlockRow>
  /** By kind and inputs. */
  readonly identities: Map<string, IdentityRow>
  readonly memberships: Map<StateKeyNid, MembershipRow>
  /** How many joined members each server has. */
  readonly servers: Map<string, number>
  readonly redactions: Map<string, RedactionRow>
  waits: readonly WaitRow[]
  /** Of a room that is being purged: whether what is found by its ID is still going, or the rest. */
  purge: 'by-id' | 'rest' | undefined
}

export class MemoryDisk {
  epoch = 0
  position = 0
  /** The next numbers that nobody was given. */
  readonly next = { room: 1, eventType: firstFreeNameNid, stateKey: firstFreeNameNid, queueRow: 1 }
  readonly rooms = new Map<RoomNid, RoomTables>()
  readonly roomIds = new Map<string, RoomNid>()
  readonly eventTypes = new Map<string, EventTypeNid>(wellKnownTypes.map(([nid, name]) => [name, nid]))
  readonly stateKeys = new Map<string, StateKeyNid>(wellKnownStateKeys.map(([nid, name]) => [name, nid]))
  /** The same, from the other side. */
  readonly eventTypeNames = new Map<EventTypeNid, string>(wellKnownTypes)
  readonly stateKeyNames = new Map<StateKeyNid, string>(wellKnownStateKeys)
  readonly queue = new Map<QueueRowNid, QueueRow>()
  readonly output: OutputRow[] = []
  directory = new DirectoryTables()

  /** As it is now; later writes change only one of the two. Rows are never changed in place. */
  copy(): MemoryDisk {
    const copy = new MemoryDisk()
    copy.epoch = this.epoch
    copy.position = this.position
    Object.assign(copy.next, this.next)
    for (const [room, tables] of this.rooms) copy.rooms.set(room, copyTables(tables))
    for (const name of ['roomIds', 'eventTypes', 'stateKeys', 'eventTypeNames', 'stateKeyNames', 'queue'] as const) {
      const target: Map<unknown, unknown> = copy[name]
      target.clear()
      for (const [key, value] of this[name]) target.set(key, value)
    }
    for (const row of this.output) copy.output.push(row)
    copy.directory = this.directory.copy()
    return copy
  }
}

export function emptyTables(row: RoomRow): RoomTables {
  return {
    row,
    events: new Map(),
    eventIds: new Map(),
    json: new Map(),
    snapshots: new Map(),
    blocks: new Map(),
    identities: new Map(),
    memberships: new Map(),
    servers: new Map(),
    redactions: new Map(),
    waits: [],
    purge: undefined,
  }
}

function copyTables({ row, waits, purge, ...maps }: RoomTables): RoomTables {
  return {
    row,
    events: new Map(maps.events),
    eventIds: new Map(maps.eventIds),
    json: new Map(maps.json),
    snapshots: new Map(maps.snapshots),
    blocks: new Map(maps.blocks),
    identities: new Map(maps.identities),
    memberships: new Map(maps.memberships),
    servers: new Map(maps.servers),
    redactions: new Map(maps.redactions),
    waits,
    purge,
  }
}
