/**
 * The first checks, on the event alone: form, signatures, content hash. They run for many events side by side, before the room's
 * turn. Server-server API, "Checks performed on receipt of a PDU", 1 to 3.
 */
import { type Crypto, PduError, type RoomEvent, readPdu, rulesOf, UnsupportedRoomVersion } from '@neurite/protocol'
import { type InputItem, type InputResult, plainReason } from './item.ts'
import type { SignatureChecks } from './signature-checks.ts'

/** An event that may go into its room, or what became of it already. */
export type Arrival =
  | { readonly kind: 'event'; readonly event: RoomEvent }
  | { readonly kind: 'ended'; readonly result: InputResult }

export async function arrive(item: InputItem, crypto: Crypto, signatures: SignatureChecks): Promise<Arrival> {
  // 1. Form: what is no event is dropped. Old events may have more references than new ones.
  const read = readForm(item, crypto)
  if (read instanceof Error) return dropped(undefined, 'form', read.message)
  const { event, contentHashMatches } = read
  if (event.roomId !== item.roomId) return dropped(event.eventId, 'form', `the event is of room ${event.roomId}`)

  // 2. Signatures: without those that it needs it is dropped; keys that cannot be had make it wait.
  const verdict = await signatures.verify(event)
  if (verdict.kind === 'waiting') return waiting(event.eventId, verdict.reason)
  if (verdict.kind === 'invalid') return dropped(event.eventId, 'signatures', verdict.reason)

  // 3. Content hash: where it does not fit the event goes on redacted.
  return { kind: 'event', event: contentHashMatches ? event : event.redacted() }
}

function readForm(item: InputItem, crypto: Crypto) {
  try {
    return readPdu(item.pdu, rulesOf(item.roomVersion), crypto, {
      referenceLimits: item.kind !== 'old',
      longKeys: true,
    })
  } catch (error) {
    if (error instanceof PduError || error instanceof UnsupportedRoomVersion) return error
    throw error
  }
}

function dropped(eventId: string | undefined, check: string, reason: string): Arrival {
  return { kind: 'ended', result: { kind: 'dropped', eventId, reason: plainReason(check, reason) } }
}

function waiting(eventId: string, reason: string): Arrival {
  return {
    kind: 'ended',
    result: { kind: 'waiting', eventId, reason: plainReason('signatures', reason), waitsFor: [] },
  }
}
