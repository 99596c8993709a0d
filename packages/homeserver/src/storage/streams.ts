/**
 * How far the durable streams of changes have come: one number per kind, raised in the transaction of the change itself. So numbers
 * become visible in their order and without gaps. Design, "Writing": the client head numbers its own streams.
 */
import type { Database, Statement } from './database.ts'

/** Kinds of changes whose numbers go on after a new start. */
export type DurableStream = 'account_data' | 'to_device' | 'device_lists' | 'receipts'

export class StreamPositions {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  read(): Record<DurableStream, number> {
    const rows = this.#database.all<{ kind: string; position: number }>('SELECT kind, position FROM streams')
    return Object.fromEntries(rows.map(({ kind, position }) => [kind, position])) as Record<DurableStream, number>
  }
}

/** To stand first in a change's transaction (`client/streams.ts` sees to that); its row is the change's position. */
export function raise(stream: DurableStream): Statement {
  return { sql: 'UPDATE streams SET position = position + 1 WHERE kind = ? RETURNING position', values: [stream] }
}

/** SQL for the position that {@link raise} has given in this transaction. */
export function raised(stream: DurableStream): string {
  return `(SELECT position FROM streams WHERE kind = '${stream}')`
}
