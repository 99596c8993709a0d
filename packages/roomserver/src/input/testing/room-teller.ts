/**
 * Tells a room event by event, for tests with a story: each event is made by the server of its sender, on the events that it is told
 * on, with the auth events that the state there gives.
 */
import {
  authEventKeys,
  type Crypto,
  type JsonObject,
  type RoomEvent,
  type RoomVersionRules,
  rulesOf,
  type Signer,
  type VerifyKeys,
} from '@neurite/protocol'
import type { InputItem, InputKind } from '../item.ts'
import { EventMaker, type MadeEvent, signerOf } from './event-maker.ts'

/** An event as a story gives it. */
export interface Draft {
  readonly type: string
  readonly sender: string
  readonly stateKey?: string
  readonly content?: JsonObject
  /** The event that a redaction names. */
  readonly redacts?: string
}

export interface Told extends MadeEvent {
  /** What the teller takes for the state after it: good enough to choose auth events from. */
  readonly state: ReadonlyMap<string, RoomEvent>
}

export interface RoomTellerParts {
  readonly roomVersion: string
  /** Not looked at in versions whose room IDs are hashes. */
  readonly roomId: string
  /** The servers of all senders. */
  readonly servers: readonly string[]
  readonly crypto: Crypto
}

const firstTimestamp = 1_000_000

export class RoomTeller {
  readonly keys: VerifyKeys
  readonly #rules: RoomVersionRules
  readonly #maker: EventMaker
  #roomId: string
  #time = firstTimestamp

  constructor({ roomVersion, roomId, servers, crypto }: RoomTellerParts) {
    this.#rules = rulesOf(roomVersion)
    this.#roomId = roomId
    const signers = servers.map(server => signerOf(server, crypto))
    this.#maker = new EventMaker(this.#rules, crypto, signers)
    this.keys = keysOf(signers, crypto)
  }

  get roomId(): string {
    return this.#roomId
  }

  /** @param prev what the event builds on; of two that have an entry for one key the later counts */
  tell(draft: Draft, ...prev: readonly Told[]): Told {
    const state = new Map(prev.flatMap(told => [...told.state]))
    const keys = authEventKeys({ stateKey: undefined, content: {}, ...draft, rules: this.#rules } as never)
    const authEvents = keys.flatMap(([type, stateKey]) => state.get(`${type} ${stateKey}`) ?? [])
    const prevEvents = prev.map(({ event }) => event)
    const timestamp = this.#time++
    const made = this.#maker.make({ ...draft, roomId: this.#roomId, prevEvents, authEvents, timestamp })
    this.#roomId = made.event.roomId
    if (draft.stateKey !== undefined) state.set(`${draft.type} ${draft.stateKey}`, made.event)
    return { ...made, state }
  }

  /** The event as its sender's server would send it. */
  item({ event, pdu }: MadeEvent, kind: InputKind = 'new'): InputItem {
    const origin = event.sender.slice(event.sender.indexOf(':') + 1)
    return { kind, roomId: this.#roomId, roomVersion: this.#rules.version, pdu, origin }
  }
}

function keysOf(signers: readonly Signer[], crypto: Crypto): VerifyKeys {
  const forever = Number.MAX_SAFE_INTEGER
  const publicKeys = new Map(signers.map(({ server, keyId, seed }) => [`${server} ${keyId}`, crypto.publicKeyOf(seed)]))
  return (server, keyId) => {
    const publicKey = publicKeys.get(`${server} ${keyId}`)
    return publicKey && { publicKey, validUntil: forever, fetchedAt: forever }
  }
}

// What stories are mostly made of.

export function member(user: string, membership: string, sender = user): Draft {
  return { type: 'm.room.member', sender, stateKey: user, content: { membership } }
}

export function stateEvent(type: string, sender: string, content: JsonObject): Draft {
  return { type, sender, stateKey: '', content }
}

export function message(sender: string, body: string): Draft {
  return { type: 'm.room.message', sender, content: { body } }
}

export function redaction(sender: string, target: MadeEvent): Draft {
  return { type: 'm.room.redaction', sender, redacts: target.event.eventId }
}
