/**
 * Makes real events: hashed, signed, in the form of a room version, as the servers of their senders would.
 */
import {
  type Crypto,
  canonicalJson,
  type EventId,
  encodeBase64,
  hashAndSignEvent,
  type JsonObject,
  type JsonValue,
  type RoomEvent,
  type RoomVersionRules,
  readPdu,
  referenceHash,
  type ServerName,
  type Signer,
  serverNameOf,
  type UserId,
} from '@neurite/protocol'

/** What an event is made of. */
export interface EventParts {
  /** Of the create event of a room whose ID is its hash: not looked at. */
  readonly roomId: string
  readonly type: string
  readonly sender: string
  readonly stateKey?: string
  readonly content?: JsonObject
  /** The event that a redaction names. */
  readonly redacts?: string
  readonly prevEvents: readonly RoomEvent[]
  readonly authEvents: readonly RoomEvent[]
  readonly timestamp: number
  /** Undefined: one more than the deepest of its prev events. */
  readonly depth?: number
}

/** An event, and its JSON text in federation form. */
export interface MadeEvent {
  readonly event: RoomEvent
  readonly pdu: string
}

export class EventMaker {
  readonly rules: RoomVersionRules
  readonly #crypto: Crypto
  readonly #signers = new Map<ServerName, Signer>()
  #made = 0

  /** @param signers of all servers whose users send something */
  constructor(rules: RoomVersionRules, crypto: Crypto, signers: readonly Signer[]) {
    this.rules = rules
    this.#crypto = crypto
    for (const signer of signers) this.#signers.set(signer.server, signer)
  }

  /** @throws {RangeError} on a sender whose server has no signer; PduError where what comes out is no event */
  make(parts: EventParts): MadeEvent {
    const { type, sender, stateKey, prevEvents, authEvents, timestamp } = parts
    const server = serverNameOf(sender as UserId)
    const signer = this.#signers.get(server)
    if (signer === undefined) throw new RangeError(`${server} has no key to sign with`)
    const namesTheRoom = type === 'm.room.create' && this.rules.auth.createImpliedByRoomId
    const deepest = Math.max(0, ...prevEvents.map(({ depth }) => Number(depth)))
    const unsigned = {
      ...{ type, sender, state_key: stateKey, origin_server_ts: timestamp },
      ...this.#redaction(parts),
      room_id: namesTheRoom ? undefined : parts.roomId,
      event_id: this.rules.format.eventId === 'field' ? `$${++this.#made}-${timestamp}:${server}` : undefined,
      depth: parts.depth ?? deepest + 1,
      prev_events: this.#references(prevEvents),
      auth_events: this.#references(authEvents),
    }
    return this.#read(hashAndSignEvent(unsigned, signer, this.rules, this.#crypto))
  }

  #redaction({ content = {}, redacts }: EventParts): { content: JsonObject; redacts?: string } {
    if (redacts === undefined) return { content }
    return this.rules.format.redacts === 'content' ? { content: { ...content, redacts } } : { content, redacts }
  }

  #references(events: readonly RoomEvent[]): JsonValue[] {
    if (this.rules.format.references === 'ids') return events.map(({ eventId }) => eventId)
    return events.map(({ eventId, json, rules }) => [
      eventId,
      { sha256: encodeBase64(referenceHash(json, rules, this.#crypto)) },
    ])
  }

  #read(json: JsonObject): MadeEvent {
    const pdu = canonicalJson(json)
    return { pdu, event: readPdu(pdu, this.rules, this.#crypto).event }
  }
}

/** A server with a key of its own, made from its name: the same in every run. */
export function signerOf(server: string, crypto: Crypto): Signer {
  return {
    server: server as ServerName,
    keyId: 'ed25519:1' as Signer['keyId'],
    seed: crypto.sha256(`key of ${server}`),
  }
}

/** Event IDs, for comparisons. */
export function idsOf(events: Iterable<RoomEvent>): EventId[] {
  return Array.from(events, ({ eventId }) => eventId)
}
