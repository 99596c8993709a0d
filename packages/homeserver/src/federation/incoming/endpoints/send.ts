/** `PUT /send/{txnId}`: what happened on another server. Server-server API, "Transactions". */
import { type Endpoint, JsonText, objectOf } from '../endpoint.ts'
import { badJson, FederationError } from '../errors.ts'
import { maxEdus, takeEdus } from '../transactions/take-edus.ts'
import { maxPdus, takePdus } from '../transactions/take-pdus.ts'
import { TooManyTransactions } from '../transactions/transactions.ts'

/** 50 PDUs of 64 KiB, and 100 EDUs, among them messages for devices of about the same size. Bytes. */
const bodyLimit = 16 * 1024 * 1024
/** When a server whose transactions wait in line may come back. Milliseconds. */
const retryAfter = 1_000

export const send: Endpoint = {
  method: 'PUT',
  path: '/_matrix/federation/v1/send/{txnId}',
  bodyLimit,
  async answer(request, context) {
    const { origin, path } = request
    const { pdus = [], edus = [] } = objectOf(request)
    if (!Array.isArray(pdus) || pdus.length > maxPdus) throw badJson(`pdus must be a list of at most ${maxPdus}`)
    if (!Array.isArray(edus) || edus.length > maxEdus) throw badJson(`edus must be a list of at most ${maxEdus}`)
    try {
      const answer = await context.transactions.once(origin, path['txnId'] as string, async () => {
        const results = await takePdus(pdus, origin, context)
        await takeEdus(edus, origin, context)
        return JSON.stringify({ pdus: results })
      })
      return new JsonText(answer)
    } catch (error) {
      if (!(error instanceof TooManyTransactions)) throw error
      throw new FederationError(429, 'M_LIMIT_EXCEEDED', error.message, { retry_after_ms: retryAfter })
    }
  },
}
