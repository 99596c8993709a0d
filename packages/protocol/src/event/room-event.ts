/**
 * An event as the rules see it: of the right form, with its ID known. Room version pages, "Event format".
 */
import { canonicalJson, type JsonObject, parseJson } from '../canonical-json/index.ts'
import type { EventId, RoomId, UserId } from '../identifiers/index.ts'
import type { RoomVersionRules } from '../room-version/index.ts'
import { type EventTexts, signedText } from './hashes.ts'
import { redactJson } from './redact.ts'

/** What {@link RoomEvent} is made of. */
export interface RoomEventFields {
  readonly eventId: EventId
  readonly roomId: RoomId
  readonly type: string
  /** Present on state events only. */
  readonly stateKey: string | undefined
  readonly sender: UserId
  readonly content: JsonObject
  /** Milliseconds since 1970 by the sender's clock. Never trusted. Beyond 2^53 only in lenient room versions. */
  readonly originServerTs: number | bigint
  /** By the sender's word, never trusted. Beyond 2^53 only in lenient room versions. */
  readonly depth: number | bigint
  readonly prevEvents: readonly EventId[]
  readonly authEvents: readonly EventId[]
  /** The event that a redaction names, wherever the room version has it; undefined where it names none. */
  readonly redacts: string | undefined
  /** The event between servers: as received, without an `event_id` from version 3 on. */
  readonly json: JsonObject
  readonly rules: RoomVersionRules
}

/** An event of the right form. Immutable. */
export class RoomEvent implements RoomEventFields {
  readonly eventId: EventId
  readonly roomId: RoomId
  readonly type: string
  readonly stateKey: string | undefined
  readonly sender: UserId
  readonly content: JsonObject
  readonly originServerTs: number | bigint
  readonly depth: number | bigint
  readonly prevEvents: readonly EventId[]
  readonly authEvents: readonly EventId[]
  readonly redacts: string | undefined
  readonly rules: RoomVersionRules
  /** Undefined where it is kept as text. */
  #json: JsonObject | undefined
  #signedText: string | undefined
  #canonicalText: string | undefined

  constructor(fields: RoomEventFields, known?: Partial<EventTexts>) {
    this.eventId = fields.eventId
    this.roomId = fields.roomId
    this.type = fields.type
    this.stateKey = fields.stateKey
    this.sender = fields.sender
    this.content = fields.content
    this.originServerTs = fields.originServerTs
    this.depth = fields.depth
    this.prevEvents = fields.prevEvents
    this.authEvents = fields.authEvents
    this.redacts = fields.redacts
    this.rules = fields.rules
    this.#json = fields.json
    this.#signedText = known?.signed
    this.#canonicalText = known?.canonical
  }

  /** The event between servers. Where it is kept as text it is parsed anew each time. */
  get json(): JsonObject {
    if (this.#json !== undefined) return this.#json
    return parseJson(this.canonicalText, { mode: this.rules.format.json }) as JsonObject
  }

  /** The text that signatures and the reference hash cover. The same for an event and its redacted form. */
  get signedText(): string {
    this.#signedText ??= signedText(this.json, this.rules)
    return this.#signedText
  }

  /** The event between servers as canonical JSON: what is stored. */
  get canonicalText(): string {
    return this.#canonicalText ?? canonicalJson(this.#json as JsonObject)
  }

  /**
   * For events that are kept for long: the rules ask for what stands in fields, and the rest takes a fraction of the memory as one text,
   * and of the time in which garbage is told from it.
   */
  keepAsText(): void {
    this.#canonicalText = this.canonicalText
    this.#json = undefined
    this.#signedText = undefined
  }

  /** The event in its redacted form, with the same ID, hashes and signatures. */
  redacted(): RoomEvent {
    const json = redactJson(this.json, this.rules)
    const content = json['content'] as JsonObject
    return new RoomEvent(
      { ...this, content, json, redacts: redactionTarget(json, content, this.rules) },
      { signed: this.signedText },
    )
  }
}

/** The event ID that a redaction names: in `content` from version 11 on, before that at the top level. */
export function redactionTarget(json: JsonObject, content: JsonObject, rules: RoomVersionRules): string | undefined {
  const target = rules.format.redacts === 'content' ? content['redacts'] : json['redacts']
  return typeof target === 'string' ? target : undefined
}
