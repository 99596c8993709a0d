/** Sending what happened here to other servers. Server-server API, "Transactions". */
import { type JsonObject, parseJson, type ServerName } from '@neurite/protocol'
import { Type } from 'typebox'
import { limits } from '../transport/index.ts'
import type { Caller } from './caller.ts'
import type { JsonEndpoint } from './endpoint.ts'
import { bodyOf } from './event-text.ts'

/** The specification's limits on one transaction. */
export const maxPdus = 50
export const maxEdus = 100

export interface OutgoingTransaction {
  /** The same ID until the server has answered. */
  readonly transactionId: string
  readonly origin: ServerName
  /** Milliseconds since 1970. */
  readonly originServerTs: number
  /** At most {@link maxPdus}, as JSON texts. */
  readonly pdus: readonly string[]
  /** At most {@link maxEdus}. */
  readonly edus: readonly JsonObject[]
}

const send = {
  name: 'PUT /send',
  method: 'PUT',
  path: '/_matrix/federation/v1/send/{transactionId}',
  limits: limits.transaction,
  answer: Type.Object({
    // Some servers leave it out where there were no PDUs.
    pdus: Type.Optional(Type.Record(Type.String(), Type.Object({ error: Type.Optional(Type.String()) }))),
  }),
} as const satisfies JsonEndpoint

export class TransactionRequests {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

  /**
   * `PUT /send`.
   * @returns what the server says is wrong with PDUs, by event ID; it took all others
   */
  async send(
    server: ServerName,
    { transactionId, origin, originServerTs, pdus, edus }: OutgoingTransaction,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    if (pdus.length > maxPdus || edus.length > maxEdus)
      throw new RangeError(`${pdus.length} PDUs and ${edus.length} EDUs are too many for one transaction`)
    const events = pdus.map(pdu => parseJson(pdu, { mode: 'lenient' }))
    const body = bodyOf({
      origin,
      origin_server_ts: originServerTs,
      pdus: events,
      ...(edus.length === 0 ? {} : { edus }),
    })
    const answer = await this.#caller.json(server, send, { path: { transactionId }, body }, signal)
    const results = Object.entries(answer.pdus ?? {})
    return new Map(results.flatMap(([eventId, { error }]) => (error === undefined ? [] : [[eventId, error]])))
  }
}
