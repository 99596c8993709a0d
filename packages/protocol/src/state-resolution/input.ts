/**
 * What state resolution works on: numbers in place of events and of state keys, so that no JSON is parsed and no strings
 * are compared but to break ties. Room version 2, "State resolution", "Definitions".
 */
import type { RoomEvent } from '../event/index.ts'

/**
 * An event of the room, as a small integer that the caller chose. **Auth events have smaller numbers than the events that
 * name them**: walks rely on it to stop early. Numbers start anywhere at 0 or above and should be dense, since memory is
 * taken in proportion to the highest.
 */
export type EventNumber = number

/** A pair of type and state key, as an integer that the caller chose. Any safe integer. */
export type KeyNumber = number

/** A state: at most one event for each key. */
export type StateMap = ReadonlyMap<KeyNumber, EventNumber>

/** The events of a room as resolution sees them. Look-ups are synchronous: what they need must be at hand. */
export interface RoomGraph {
  /** One more than the highest event number. */
  readonly size: number
  /** The events that an event's `auth_events` name, as far as they are known. In room version 12 without the create event. */
  authEvents(event: EventNumber): ArrayLike<EventNumber>
  /**
   * The events that have this one among their auth events, each at least once, best the youngest first. A graph that can tell
   * spares the walk over all unconflicted state.
   */
  namedBy?(event: EventNumber): Iterable<EventNumber>
  /** The key of a state event. */
  keyOf(event: EventNumber): KeyNumber
  /** The number of a pair of type and state key; undefined where no event of the room has that pair. */
  keyNumber(type: string, stateKey: string): KeyNumber | undefined
  /** Whether the event was rejected when it was received. */
  isRejected(event: EventNumber): boolean
  /**
   * The event itself. Asked for events of the full conflicted set, for the power levels and create events among their
   * auth events, and for whatever auth event selection names for them.
   */
  event(event: EventNumber): RoomEvent
  /** The create event, where the room ID implies it (room version 12). */
  readonly impliedCreate: EventNumber | undefined
  /**
   * What is remembered of an event, so that it need not be asked for, nor judged anew where its verdict rests on the same events as
   * before. The same object each time: resolution notes in it what it finds out.
   */
  remembered?(event: EventNumber): RememberedEvent | undefined
}

/** What follows from an event of the full conflicted set alone, and what it came to last. Kept by whoever keeps the graph. */
export interface RememberedEvent {
  readonly eventId: string
  readonly timestamp: number | bigint
  /** Undefined for what is no state event. */
  readonly key: KeyNumber | undefined
  readonly isPowerEvent: boolean
  /** What auth event selection names for it, as keys. Undefined where not all of its names have numbers: then it is always judged anew. */
  readonly selectedKeys: readonly KeyNumber[] | undefined
  /** In the iterative auth checks. */
  verdict: RememberedVerdict | undefined
  /** On the mainline of some power levels. */
  mainlinePosition: { readonly powerLevels: EventNumber | undefined; readonly position: number } | undefined
}

/** What an event came to in the iterative auth checks when it was last looked at. */
export interface RememberedVerdict {
  /** For each of its selected keys the event that the state had, -1 for none. */
  readonly decidedBy: readonly EventNumber[]
  readonly allowed: boolean
}

/** What all states agree on. Given as look-ups, so that a room of 100,000 members need not be copied for each resolution. */
export interface UnconflictedState {
  get(key: KeyNumber): EventNumber | undefined
  /** Every event of it, each once. */
  events(): Iterable<EventNumber>
}

/** States that differ, split into what they agree on and the rest. */
export interface ConflictedStates {
  readonly unconflicted: UnconflictedState
  /** How many states there are. */
  readonly count: number
  /** What they have of the keys on which they differ: each event once. A state may lack some of these keys. */
  readonly entries: readonly ConflictedEntry[]
}

/** An event of some states, on a key on which the states differ. */
export interface ConflictedEntry {
  readonly key: KeyNumber
  readonly event: EventNumber
  /** Numbers of states, each once. */
  readonly states: readonly number[]
  /** `these` states have the event, or all but these: of 1,000 states that differ in one entry each, what most have is said in few words. */
  readonly has: 'these' | 'all-others'
}

/** Choices on which the letter of the specification and the practice of servers part. */
export interface ResolutionOptions {
  /**
   * Whether a state's full auth chain counts the state's own events in. By the letter it is the union of the chains *of*
   * its events, and no event is in its own chain; Synapse and gomatrixserverlib count them in. The two part for
   * unconflicted events that lie in the chains of some states but not of all: by the letter these are replayed.
   * Default `with-state-events`: to agree with the servers that one shares rooms with.
   */
  readonly chains?: 'with-state-events' | 'letter'
}
