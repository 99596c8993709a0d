/**
 * All that one step of a room changes, while it is being worked out. Becomes a {@link RoomCommit}: a write is a value.
 */

import { type StoredOutput, writeOutput } from '../output/index.ts'
import { StateBuilder } from '../state/index.ts'
import type {
  EventRow,
  EventWrite,
  JoinedServerChange,
  MemberCounts,
  MembershipRow,
  RedactionRow,
  RemovedState,
  RoomCommit,
  WaitRow,
} from '../storage/index.ts'
import { type EventNid, inRoom, type QueueRowNid, type StateSnapshotNid } from '../types/index.ts'
import type { Room } from './room.ts'

export class RoomChange {
  readonly #room: Room
  readonly state: StateBuilder
  readonly #events: EventWrite[] = []
  readonly #memberships: MembershipRow[] = []
  readonly #joinedServers: JoinedServerChange[] = []
  readonly #invitesEnd: string[] = []
  readonly #redactions: RedactionRow[] = []
  readonly #waits: WaitRow[] = []
  readonly #waitsEnd: EventNid[] = []
  readonly #outputs: string[] = []
  readonly #finishes: QueueRowNid[] = []
  #members: MemberCounts | undefined
  #removes: RemovedState | undefined
  #nextEvent: number
  #currentSnapshot: StateSnapshotNid | 0 | undefined
  #forwardExtremities: readonly EventNid[] | undefined

  constructor(room: Room) {
    this.#room = room
    this.state = new StateBuilder(room.nid, room.next)
    this.#nextEvent = room.next.event
  }

  /** A NID for a new event. Its auth events must have theirs already. */
  allotEvent(): EventNid {
    return inRoom<EventNid>(this.#room.nid, this.#nextEvent++)
  }

  /** @param json undefined where it is stored already */
  writeEvent(row: EventRow, json: string | undefined): void {
    this.#events.push({ row, json })
  }

  moveTo(forwardExtremities: readonly EventNid[], currentSnapshot: StateSnapshotNid | 0): void {
    this.#forwardExtremities = forwardExtremities
    this.#currentSnapshot = currentSnapshot
  }

  setMembership(row: MembershipRow): void {
    this.#memberships.push(row)
  }

  /** How many members are joined and invited from now on. */
  setMembers(members: MemberCounts): void {
    this.#members = members
  }

  changeJoinedServer(serverChange: JoinedServerChange): void {
    this.#joinedServers.push(serverChange)
  }

  /** What came from outside about a user in this room is over. */
  endInvite(user: string): void {
    this.#invitesEnd.push(user)
  }

  noteRedaction(row: RedactionRow): void {
    this.#redactions.push(row)
  }

  waitFor(waits: readonly WaitRow[]): void {
    this.#waits.push(...waits)
  }

  /** The event is judged for good. */
  waitNoMore(event: EventNid): void {
    this.#waitsEnd.push(event)
  }

  output(output: StoredOutput): void {
    this.#outputs.push(writeOutput(output))
  }

  /** Rows of state that nothing refers to, once this change is made. */
  remove(removes: RemovedState): void {
    this.#removes = removes
  }

  finishQueueRow(row: QueueRowNid): void {
    this.#finishes.push(row)
  }

  toCommit(): RoomCommit {
    const room = this.#room
    return {
      room: room.nid,
      expects: room.counter,
      opens: room.isNew ? { roomId: room.roomId, roomVersion: room.rules.version } : undefined,
      next: { ...this.state.next, event: this.#nextEvent },
      events: this.#events,
      blocks: this.state.blocks,
      snapshots: this.state.snapshots,
      identities: this.state.identities,
      currentSnapshot: this.#currentSnapshot,
      forwardExtremities: this.#forwardExtremities,
      memberships: this.#memberships,
      members: this.#members,
      joinedServers: this.#joinedServers,
      invitesEnd: this.#invitesEnd,
      redactions: this.#redactions,
      ...(this.#removes === undefined ? {} : { removes: this.#removes }),
      waits: this.#waits,
      waitsEnd: this.#waitsEnd,
      outputs: this.#outputs,
      finishes: this.#finishes,
    }
  }
}
