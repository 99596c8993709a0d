/**
 * Makes real events: hashed, signed, in the form of a room version, as the servers of their senders would.
 */
import {
  type BuiltEvent,
  buildEvent,
  type Crypto,
  depthAfter,
  type EventId,
  type JsonObject,
  type RoomEvent,
  type RoomVersionRules,
  referenceTo,
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
export type MadeEvent = BuiltEvent

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
    const { sender, content = {}, prevEvents, authEvents, timestamp } = parts
    const server = serverNameOf(sender as UserId)
    const signer = this.#signers.get(server)
    if (signer === undefined) throw new RangeError(`${server} has no key to sign with`)
    const refer = (event: RoomEvent) => referenceTo(event, this.#crypto)
    const whole = {
      ...parts,
      sender: sender as UserId,
      content,
      prevEvents: prevEvents.map(refer),
      authEvents: authEvents.map(refer),
      depth:
        parts.depth ??
        depthAfter(
          prevEvents.map(event => event.depth),
          this.rules,
        ),
      idLocalpart: `${this.#made++}-${timestamp}`,
    }
    return buildEvent(whole, signer, this.rules, this.#crypto)
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
