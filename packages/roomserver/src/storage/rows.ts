/**
 * The rows of storage in the domain's terms. Both back ends and the in-memory model take and give these; how they are packed
 * is theirs.
 */
import type {
  EventNid,
  EventTypeNid,
  QueueRowNid,
  RoomNid,
  SnapshotForm,
  SnapshotOrigin,
  StateBlockNid,
  StateKeyNid,
  StateSnapshotNid,
} from '../types/index.ts'

/** A number that every commit of a room raises by one: what changes about a room is cached by it. */
export type RoomCounter = number

/** A room. */
export interface RoomRow {
  readonly room: RoomNid
  readonly roomId: string
  readonly roomVersion: string
  readonly counter: RoomCounter
  /** The next local numbers: see NIDs. */
  readonly next: LocalNumbers
  /** The current state: what the states after the forward extremities resolve to. 0 before there is any. */
  readonly currentSnapshot: StateSnapshotNid | 0
  readonly forwardExtremities: readonly EventNid[]
  /** How many members of the current state are joined, and how many invited: kept, not counted. */
  readonly joinedMembers: number
  readonly invitedMembers: number
  /** Its rows are being taken away: nothing more can be committed, and its ID does not lead to it any more. */
  readonly purging: boolean
}

export interface LocalNumbers {
  readonly event: number
  readonly snapshot: number
  readonly block: number
}

/** What became of an event. `accepted` and `soft-failed` count in state; `rejected` do not. */
export type EventStatus = 'accepted' | 'soft-failed' | 'rejected'

/** Why an event is not simply accepted: the check that failed, the rule, a sentence, the event that decided. */
export interface VerdictReason {
  readonly check: string
  readonly rule: string
  readonly reason: string
  /** Event ID; undefined where no single event decided. */
  readonly decidedBy: string | undefined
}

/** What leaves the server of an event. */
export interface EventText extends Pick<EventRow, 'event' | 'eventId' | 'status' | 'outlier'> {
  /** In federation form as stored: without later redactions. */
  readonly json: string
}

export function eventText({ event, eventId, status, outlier }: Omit<EventText, 'json'>, json: string): EventText {
  return { event, eventId, status, outlier, json }
}

/** An event as the graph and the state know it, without its JSON. */
export interface EventRow {
  readonly event: EventNid
  readonly eventId: string
  readonly type: EventTypeNid
  /** 0 for events that are no state. */
  readonly stateKey: StateKeyNid | 0
  readonly status: EventStatus
  /** Judged by its auth events only, its place in the graph not looked at: it has no prev events and no state here. */
  readonly outlier: boolean
  /** The verdict rests on a state that is not computed, or descends from such: new information may change it. */
  readonly provisional: boolean
  readonly reason: VerdictReason | undefined
  readonly depth: number | bigint
  /** `origin_server_ts`: milliseconds since 1970 by the sender's clock, never trusted, brought into the safe integers. */
  readonly timestamp: number
  /** Those of its prev events that are stored; all of them for anything but an outlier. */
  readonly prevEvents: readonly EventNid[]
  /** All of them: an event is stored only after its auth events. Smaller numbers than the event's own. */
  readonly authEvents: readonly EventNid[]
  /** The state before the event; 0 is the empty state, and what outliers have. */
  readonly snapshotBefore: StateSnapshotNid | 0
  /** The state after it: another than before only for accepted and soft-failed state events. */
  readonly snapshotAfter: StateSnapshotNid | 0
  /** Which server it came from first. */
  readonly origin: string
}

/** Along time, or against it. */
export type Direction = 'forwards' | 'backwards'

/** A new event with its JSON, or one that was an outlier or provisional and is judged anew. */
export interface EventWrite {
  readonly row: EventRow
  /** The event in federation form, redacted where its content hash did not fit. Undefined: the JSON is stored already. */
  readonly json: string | undefined
}

/** A block's packed bytes: see state/block-codec.ts. Storage does not look inside. */
export interface BlockRow {
  readonly block: StateBlockNid
  readonly data: Uint8Array
}

export interface SnapshotRow {
  readonly snapshot: StateSnapshotNid
  readonly form: SnapshotForm
  readonly origin: SnapshotOrigin
}

/**
 * Something that is found again by what it was made of, so that equal work is stored once in a room: a merged block by its
 * ordered inputs, a whole list by the snapshot that it is of, a resolution by its sorted input snapshots.
 */
export interface IdentityRow {
  readonly kind: 'merge' | 'whole' | 'resolution'
  /** NIDs of the room, in the order that matters for the kind. */
  readonly inputs: readonly number[]
  readonly result: StateBlockNid | StateSnapshotNid
}

/** A user's membership in the current state of a room. */
export interface MembershipRow {
  /** The user ID's state key NID. */
  readonly user: StateKeyNid
  /** The member event; 0 removes the row: the current state has none any more. */
  readonly event: EventNid | 0
  readonly membership: 'join' | 'invite' | 'knock' | 'leave' | 'ban'
}

/** A user's membership in the current state of one of the rooms that they are or were in. */
export interface UserMembershipRow extends Omit<MembershipRow, 'user'> {
  readonly room: RoomNid
}

/** A server with joined members in the current state of a room. */
export interface JoinedServerRow {
  readonly server: string
  /** How many: at least one. */
  readonly members: number
}

/** A redaction event with a place in the graph, whatever its verdict, and the event that it names. */
export interface RedactionRow {
  /** The redaction event's ID. */
  readonly redaction: string
  /** The event ID that it names. */
  readonly target: string
  /** Both events are here and valid and the redaction is allowed: the target is given out redacted. */
  readonly applied: boolean
}

/**
 * A provisional event, and an event that it waits for before it can be judged for good: one that is not here, or is an outlier.
 * Events that only wait for other provisional ones have no row: they are found when those become final.
 */
export interface WaitRow {
  /** The ID of the event that is waited for. */
  readonly on: string
  readonly event: EventNid
}

/** A row of the durable input queue. */
export interface QueueRow {
  readonly row: QueueRowNid
  readonly roomId: string
  /** The queued item, as the input pipeline wrote it. */
  readonly item: string
  /** Milliseconds since 1970 before which it need not be tried again; 0: at once. */
  readonly notBefore: number
  /** How often it was tried. */
  readonly attempts: number
  /** Why it waits; empty where it does not. */
  readonly waitsFor: string
}

/** A row of the output log. */
export interface OutputRow {
  /** Opaque to subscribers but for its order: without gaps in its partition, in the order of commits. */
  readonly position: number
  /** 0: of a room that is not stored; the payload names it where there is one. */
  readonly room: RoomNid | 0
  /** The output, as the output module wrote it: JSON. */
  readonly payload: string
}
