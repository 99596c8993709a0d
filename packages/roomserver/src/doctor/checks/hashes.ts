/**
 * The JSON of events: each has the ID that its hash gives, and the content that its sender hashed, or is stored in its redacted
 * form because it came with another. Server-server API, "Checks performed on receipt of a PDU", 3.
 */
import { type Crypto, canonicalJson, PduError, type ReceivedPdu, readPdu } from '@neurite/protocol'
import type { EventRow } from '../../storage/index.ts'
import type { CheckedRoom, Found, RoomCheck } from '../check.ts'
import { readableEvents } from '../pages.ts'

export const hashes: RoomCheck = {
  id: 'hashes',
  of: 'room',
  why: 'an event is what its sender signed, and what other servers have under its ID',
  async *run(room, { reader, crypto, pause }) {
    for await (const rows of readableEvents(reader, room.row.room)) {
      const texts = await reader.eventJson(rows.map(row => row.event))
      for (const row of rows) yield* checkEvent(row, texts.get(row.event), room, crypto)
      await pause(rows.length)
    }
  },
}

function* checkEvent(
  { eventId }: EventRow,
  text: string | undefined,
  { rules }: CheckedRoom,
  crypto: Crypto,
): Generator<Found> {
  if (text === undefined) {
    yield { event: eventId, message: 'its JSON is not stored' }
    return
  }
  let read: ReceivedPdu
  try {
    read = readPdu(text, rules, crypto, { referenceLimits: false, longKeys: true })
  } catch (error) {
    if (!(error instanceof PduError)) throw error
    yield { event: eventId, message: `its JSON is no event: ${error.message}` }
    return
  }
  const { event, contentHashMatches } = read
  if (event.eventId !== eventId) yield { event: eventId, message: `its JSON is that of event ${event.eventId}` }
  if (!contentHashMatches && canonicalJson(event.redacted().json) !== text)
    yield { event: eventId, message: 'its content is not what was hashed, and it is not stored redacted' }
}
