/**
 * Who has read how far. Client-server API, "Receipts".
 */
import type { Database, Row, Statement } from './database.ts'
import { raised } from './streams.ts'

export type ReceiptType = 'm.read' | 'm.read.private'

export interface Receipt {
  readonly roomId: string
  readonly userId: string
  readonly type: ReceiptType
  /** Undefined: of no thread. */
  readonly threadId: string | undefined
  readonly eventId: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Of one room: each reader has few. */
const maxReceipts = 100_000

export class Receipts {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** A change of the stream `receipts`. */
  set({ roomId, userId, type, threadId, eventId, at }: Receipt): Statement {
    return {
      sql: `INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?, ?, ?, ${raised('receipts')})`,
      values: [roomId, userId, type, threadId ?? '', eventId, at],
    }
  }

  /** Those of a room that came after a position, up to another, as a user sees them: of others only what is public. */
  changes(roomId: string, viewer: string, after: number, upTo: number): Receipt[] {
    return this.#database
      .all(
        `SELECT * FROM receipts WHERE room_id = ? AND position > ? AND position <= ?
          AND (type = 'm.read' OR user_id = ?) ORDER BY position LIMIT ?`,
        roomId,
        after,
        upTo,
        viewer,
        maxReceipts,
      )
      .map(receiptOf)
  }

  of(roomId: string, userId: string): Receipt[] {
    return this.#database
      .all('SELECT * FROM receipts WHERE room_id = ? AND user_id = ? LIMIT ?', roomId, userId, maxReceipts)
      .map(receiptOf)
  }
}

function receiptOf(row: Row): Receipt {
  const threadId = row['thread_id'] as string
  return {
    roomId: row['room_id'] as string,
    userId: row['user_id'] as string,
    type: row['type'] as ReceiptType,
    threadId: threadId === '' ? undefined : threadId,
    eventId: row['event_id'] as string,
    at: row['at'] as number,
  }
}
