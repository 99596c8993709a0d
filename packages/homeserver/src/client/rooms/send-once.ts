/**
 * Events that clients send under a transaction ID are sent once. The room server keeps the ID with the event and tells it in its output,
 * so that the room index knows it after any restart; what has just been sent is remembered here until it is there. Client-server API,
 * "Transaction identifiers".
 */
import type { RequestTo } from '@neurite/roomserver/api'
import type { Caller } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'

/** Far more than can be sent before the room index has caught up. */
const maxRemembered = 100_000

type Draft = Omit<RequestTo<'performSend'>['event'], 'sender'>

export class SentEvents {
  /** Event IDs, oldest first. */
  readonly #sent = new Map<string, string>()

  find(key: string): string | undefined {
    return this.#sent.get(key)
  }

  remember(key: string, eventId: string): void {
    this.#sent.set(key, eventId)
    if (this.#sent.size > maxRemembered) this.#sent.delete(this.#sent.keys().next().value as string)
  }
}

/** @returns the ID of the event: of the first one where the same was sent before */
export async function sendOnce(
  context: ClientContext,
  { userId, session }: Caller,
  roomId: string,
  draft: Draft,
  transactionId: string,
): Promise<string> {
  const { turns, tables, roomServer, sentEvents } = context
  const key = JSON.stringify([userId, session, roomId, draft.type, transactionId])
  return turns.take(`send ${key}`, async () => {
    const before = sentEvents.find(key) ?? tables.timeline.sentBy(userId, session, transactionId, roomId, draft.type)
    if (before !== undefined) return before
    const event = { ...draft, sender: userId }
    const request = { roomId, event, transactionId: { session, id: transactionId } }
    const { eventId } = await roomServer.performSend(request)
    sentEvents.remember(key, eventId)
    return eventId
  })
}
