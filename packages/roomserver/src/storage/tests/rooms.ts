/**
 * Commits by hand, for tests: a room that counts its own numbers and fills in whatever a test does not care about.
 */
import { createHash } from 'node:crypto'
import {
  type EventNid,
  type EventTypeNid,
  inRoom,
  type RoomNid,
  type StateBlockNid,
  type StateKeyNid,
  type StateSnapshotNid,
} from '../../types/index.ts'
import type { EventRow, EventWrite, RoomCommit, Storage } from '../index.ts'

export const messageType = 1 as EventTypeNid

/** An event ID as room versions 4 and later have them. */
export function hashId(seed: string): string {
  return `$${createHash('sha256').update(seed).digest('base64url')}`
}

export class TestRoom {
  readonly room: RoomNid
  readonly roomId: string
  counter = 0
  events = 0
  snapshots = 0
  blocks = 0

  constructor(room: RoomNid, roomId: string) {
    this.room = room
    this.roomId = roomId
  }

  static async in(storage: Storage, roomId = '!room:example.org'): Promise<TestRoom> {
    return new TestRoom(await storage.allotRoom(), roomId)
  }

  event(local = ++this.events): EventNid {
    return inRoom(this.room, local)
  }
  snapshot(local = ++this.snapshots): StateSnapshotNid {
    return inRoom(this.room, local)
  }
  block(local = ++this.blocks): StateBlockNid {
    return inRoom(this.room, local)
  }

  /** An event's row, with what the test says about it. */
  row(parts: Partial<EventRow> = {}): EventRow {
    const event = parts.event ?? this.event()
    return {
      eventId: hashId(`${event}`),
      type: messageType,
      stateKey: 0,
      status: 'accepted',
      provisional: false,
      outlier: false,
      reason: undefined,
      depth: 1,
      timestamp: 1_760_000_000_000,
      prevEvents: [],
      authEvents: [],
      snapshotBefore: 0,
      snapshotAfter: 0,
      origin: 'example.org',
      ...parts,
      event,
    }
  }

  write(parts: Partial<EventRow> = {}): EventWrite {
    const row = this.row(parts)
    return { row, json: `{"event":${row.event}}` }
  }

  /** The next commit of the room. */
  commit(parts: Partial<RoomCommit> = {}): RoomCommit {
    const expects = this.counter++
    return {
      room: this.room,
      expects,
      opens: expects === 0 ? { roomId: this.roomId, roomVersion: '11' } : undefined,
      next: { event: this.events + 1, snapshot: this.snapshots + 1, block: this.blocks + 1 },
      events: [],
      blocks: [],
      snapshots: [],
      identities: [],
      waits: [],
      waitsEnd: [],
      currentSnapshot: undefined,
      forwardExtremities: undefined,
      memberships: [],
      members: undefined,
      joinedServers: [],
      invitesEnd: [],
      redactions: [],
      outputs: [],
      finishes: [],
      ...parts,
    }
  }
}

export function user(number: number): StateKeyNid {
  return (65_536 + number) as StateKeyNid
}
