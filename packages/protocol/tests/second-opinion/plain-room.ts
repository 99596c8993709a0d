// What the tests of the second opinion stand on: events from wire objects, a context in memory, canonical JSON,
// Ed25519, and a room that is fed event by event. Follows: server-server API, "Checks performed on receipt of a PDU"
// (checks 4 and 5) and "Rejection"; appendices, "Canonical JSON"; rooms/, "State resolution" (S and S').

import { createPublicKey, verify } from 'node:crypto'
import type { Json, PlainContext, PlainEvent, PlainVerdict, Readings } from './index.ts'
import { authorizeByAuthEvents, authorizeByState, resolve } from './index.ts'
import type { JsonObject } from './types.ts'
import { compareStrings, keyOf } from './types.ts'

/** The event that a wire object of any room version is. */
export function eventOf(pdu: JsonObject, eventId: string): PlainEvent {
  const text = (key: string): string | undefined => (typeof pdu[key] === 'string' ? pdu[key] : undefined)
  // Versions 1 and 2: pairs of an ID and hashes.
  const ids = (key: string): string[] =>
    ((pdu[key] ?? []) as Json[]).map(entry => (Array.isArray(entry) ? entry[0] : entry) as string)
  return {
    eventId,
    roomId: text('room_id') ?? `!${eventId.slice(1)}`,
    type: text('type') ?? '',
    stateKey: text('state_key'),
    sender: text('sender') ?? '',
    content: (pdu['content'] ?? {}) as JsonObject,
    originServerTs: Number(pdu['origin_server_ts'] ?? 0),
    depth: (pdu['depth'] ?? 0) as number | bigint,
    prevEvents: ids('prev_events'),
    authEvents: ids('auth_events'),
    redacts: text('redacts'),
    pdu,
  }
}

export function canonical(value: Json): string {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const object = value as JsonObject
  const keys = Object.keys(object).filter(key => object[key] !== undefined)
  const rows = keys.sort(compareStrings).map(key => `${JSON.stringify(key)}:${canonical(object[key] as Json)}`)
  return `{${rows.join(',')}}`
}

export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const x = Buffer.from(publicKey).toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return verify(null, message, key, signature)
}

/** What checks 4 and 5 make of an event. */
export interface Outcome {
  readonly stateBefore: ReadonlyMap<string, string>
  readonly failed?: 'auth_events' | 'state_before'
  readonly verdict: PlainVerdict
}

/** A room that takes events one by one, each after all that it refers to. */
export class PlainRoom implements PlainContext {
  readonly version: string
  readonly events = new Map<string, PlainEvent>()
  readonly rejected = new Set<string>()
  readonly statesAfter = new Map<string, ReadonlyMap<string, string>>()
  readonly options: Partial<Readings>

  constructor(version: string, options: Partial<Readings> = {}) {
    this.version = version
    this.options = options
  }

  event(id: string): PlainEvent | undefined {
    return this.events.get(id)
  }
  isRejected(id: string): boolean {
    return this.rejected.has(id)
  }
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    return verifyEd25519(publicKey, message, signature)
  }
  canonical(value: Json): string {
    return canonical(value)
  }

  receive(event: PlainEvent): Outcome {
    this.events.set(event.eventId, event)
    const stateBefore = this.resolveAfter(event.prevEvents)
    let failed: Outcome['failed'] = 'auth_events'
    let verdict = authorizeByAuthEvents(this.version, event, this)
    if (verdict.allowed) {
      failed = 'state_before'
      verdict = authorizeByState(this.version, event, this.eventsOf(stateBefore), this)
    }
    const key = keyOf(event)
    const isNewState = verdict.allowed && key !== undefined
    this.statesAfter.set(event.eventId, isNewState ? new Map(stateBefore).set(key, event.eventId) : stateBefore)
    if (verdict.allowed) return { stateBefore, verdict }
    this.rejected.add(event.eventId)
    return { stateBefore, failed, verdict }
  }

  /** The resolution of the states after these events. */
  resolveAfter(ids: readonly string[]): ReadonlyMap<string, string> {
    const states = ids.map(id => this.statesAfter.get(id))
    const known = states.filter(state => state !== undefined)
    if (known.length < states.length) throw new Error(`no state after one of ${ids.join(', ')}`)
    const [only] = known
    return known.length === 1 && only ? only : resolve(this.version, known, this, this.options)
  }

  eventsOf(state: ReadonlyMap<string, string>): Map<string, PlainEvent> {
    return new Map([...state].map(([key, id]) => [key, this.events.get(id) as PlainEvent]))
  }
}
