/**
 * The first events of a room, made in memory: each stands on the one before it, takes its auth events out of the state so far, and must
 * be allowed by the rules. Only then is any of them taken. Client-server API, "POST /createRoom"; server-server API, "Authorisation rules".
 */
import {
  authEventKeys,
  authorizeByAuthEvents,
  type BuiltEvent,
  buildEvent,
  type Crypto,
  type Denied,
  depthAfter,
  JsonError,
  PduError,
  type RoomEvent,
  type RoomVersionRules,
  referenceTo,
  type Signer,
  type UserId,
} from '@neurite/protocol'
import { RoomServerError } from '../api/index.ts'
import type { PlannedEvent } from './planned-event.ts'

export interface FirstEventsParts {
  /** Not looked at in room versions whose room ID is the hash of the create event. */
  readonly roomId: string
  /** Who sends them all. */
  readonly sender: UserId
  readonly rules: RoomVersionRules
  readonly signer: Signer
  readonly crypto: Crypto
  /** Milliseconds since 1970. */
  readonly timestamp: number
  /** For event IDs of room versions that have them in a field: never the same twice. */
  readonly newIdLocalpart: () => string
}

export class FirstEvents {
  readonly #parts: FirstEventsParts
  readonly #events: BuiltEvent[] = []
  /** By type, then by state key. */
  readonly #state = new Map<string, Map<string, RoomEvent>>()

  constructor(parts: FirstEventsParts) {
    this.#parts = parts
  }

  /** In order. */
  get events(): readonly BuiltEvent[] {
    return this.#events
  }

  /** Of the create event; what was given before there is one. */
  get roomId(): string {
    return this.#events[0]?.event.roomId ?? this.#parts.roomId
  }

  /**
   * Adds an event, unless it is one that may be left out and is refused.
   * @throws {RoomServerError} as the event says where the rules refuse it; `M_TOO_LARGE`, `M_BAD_JSON` where it is no event
   */
  add(planned: PlannedEvent): void {
    const refusal = this.#tryAdd(planned)
    if (refusal !== undefined && planned.ifRefused !== 'left-out') throw refusal
  }

  /** Refuses as {@link add} does, and adds nothing. */
  check(planned: PlannedEvent): void {
    const { refusal } = this.#build(planned)
    if (refusal !== undefined) throw refusal
  }

  #tryAdd(planned: PlannedEvent): RoomServerError | undefined {
    const { built, refusal } = this.#build(planned)
    if (built === undefined) return refusal
    this.#events.push(built)
    const ofType = this.#state.get(planned.type) ?? new Map<string, RoomEvent>()
    this.#state.set(planned.type, ofType.set(planned.stateKey, built.event))
    return undefined
  }

  #build(planned: PlannedEvent): { readonly built?: BuiltEvent; readonly refusal?: RoomServerError } {
    const { crypto, rules, signer, sender, timestamp, newIdLocalpart } = this.#parts
    const { type, stateKey, content } = planned
    const last = this.#events.at(-1)?.event
    const authEvents = this.#authEvents(planned)
    const parts = {
      ...{ type, stateKey, content, sender, timestamp, roomId: this.roomId, idLocalpart: newIdLocalpart() },
      prevEvents: last === undefined ? [] : [referenceTo(last, crypto)],
      authEvents: authEvents.map(event => referenceTo(event, crypto)),
      depth: depthAfter(last === undefined ? [] : [last.depth], rules),
    }
    try {
      const built = buildEvent(parts, signer, rules, crypto)
      const verdict = this.#judge(built.event, authEvents)
      return verdict.allowed ? { built } : { refusal: this.#refused(planned, verdict) }
    } catch (error) {
      if (!(error instanceof PduError || error instanceof JsonError)) throw error
      const errcode = error instanceof PduError && error.kind === 'too-large' ? 'M_TOO_LARGE' : 'M_BAD_JSON'
      return { refusal: new RoomServerError(errcode, this.#says(planned, error.message), {}, { cause: error }) }
    }
  }

  /** The state so far is the state before the event, and its auth events are all of that which decides. */
  #judge(event: RoomEvent, authEvents: readonly RoomEvent[]) {
    const accepted = (authEvent: RoomEvent) => ({ event: authEvent, rejected: false })
    const create = this.#events[0]?.event
    return authorizeByAuthEvents(event, authEvents.map(accepted), create && accepted(create), this.#parts.crypto)
  }

  #authEvents({ type, stateKey, content }: PlannedEvent): RoomEvent[] {
    const { rules, sender } = this.#parts
    const keys = authEventKeys({ type, stateKey, sender, content, rules })
    return keys.map(([ofType, key]) => this.#state.get(ofType)?.get(key)).filter(event => event !== undefined)
  }

  #refused(planned: PlannedEvent, { reason, rule, decidedBy }: Denied): RoomServerError {
    const errcode = planned.ifRefused === 'left-out' ? 'M_INVALID_ROOM_STATE' : planned.ifRefused
    const details = { rule, ...(decidedBy === undefined ? {} : { decidedBy }) }
    return new RoomServerError(errcode, this.#says(planned, reason), details)
  }

  #says({ type, stateKey }: PlannedEvent, reason: string): string {
    const what = stateKey === '' ? type : `${type} ${JSON.stringify(stateKey)}`
    return `the new room of ${this.#parts.sender} cannot have ${what}: ${reason}`
  }
}
