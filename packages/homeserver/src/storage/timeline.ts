/**
 * The events of rooms in the order in which clients see them: as they came, and history that was fetched
 * later in the gaps that it fills.
 */
import type { Database, Row, Statement } from './database.ts'

export interface TimelineRow {
  readonly roomId: string
  readonly position: number
  readonly eventId: string
  readonly type: string
  readonly sender: string
  /** Undefined: no state event. */
  readonly stateKey: string | undefined
  readonly hasUrl: boolean
  /** Something before it is not here. */
  readonly isAfterGap: boolean
  /** As it says itself. */
  readonly depth: number
  /** What it relates to, by `m.relates_to`. */
  readonly relatesTo: string | undefined
  readonly relation: string | undefined
  /** The device that sent it, and what it called it. */
  readonly session: string | undefined
  readonly transactionId: string | undefined
}

/** Gaps of one room that are looked at. */
const maxGaps = 1_000

export class Timeline {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** An event that is there already stays where it is. */
  add(row: TimelineRow): Statement {
    return {
      sql: 'INSERT OR IGNORE INTO timeline VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      values: [
        row.roomId,
        row.position,
        row.eventId,
        row.type,
        row.sender,
        row.stateKey ?? null,
        row.hasUrl ? 1 : 0,
        row.isAfterGap ? 1 : 0,
        row.depth,
        row.relatesTo ?? null,
        row.relation ?? null,
        row.session ?? null,
        row.transactionId ?? null,
      ],
    }
  }

  remove(roomId: string, eventId: string): Statement {
    return { sql: 'DELETE FROM timeline WHERE room_id = ? AND event_id = ?', values: [roomId, eventId] }
  }

  removeRoom(roomId: string): Statement {
    return { sql: 'DELETE FROM timeline WHERE room_id = ?', values: [roomId] }
  }

  find(roomId: string, eventId: string): TimelineRow | undefined {
    const row = this.#database.get('SELECT * FROM timeline WHERE room_id = ? AND event_id = ?', roomId, eventId)
    return row === undefined ? undefined : rowOf(row)
  }

  /** The event that a device has sent under a transaction ID. */
  sentBy(sender: string, session: string, transactionId: string, roomId: string, type: string): string | undefined {
    const row = this.#database.get<{ event_id: string }>(
      `SELECT event_id FROM timeline WHERE sender = ? AND session = ? AND transaction_id = ? AND room_id = ? AND type = ?
        ORDER BY position DESC LIMIT 1`,
      sender,
      session,
      transactionId,
      roomId,
      type,
    )
    return row?.event_id
  }

  /** It was redacted: it relates to nothing any more. */
  relatesNoMore(roomId: string, eventId: string): Statement {
    return {
      sql: 'UPDATE timeline SET relates_to = NULL, relation = NULL WHERE room_id = ? AND event_id = ?',
      values: [roomId, eventId],
    }
  }

  /** Events of positions above one and up to another, newest first. */
  backwards(roomId: string, above: number, upTo: number, limit: number): TimelineRow[] {
    return this.#database
      .all(
        'SELECT * FROM timeline WHERE room_id = ? AND position > ? AND position <= ? ORDER BY position DESC LIMIT ?',
        roomId,
        above,
        upTo,
        limit,
      )
      .map(rowOf)
  }

  /** The same, oldest first. */
  forwards(roomId: string, above: number, upTo: number, limit: number): TimelineRow[] {
    return this.#database
      .all(
        'SELECT * FROM timeline WHERE room_id = ? AND position > ? AND position <= ? ORDER BY position LIMIT ?',
        roomId,
        above,
        upTo,
        limit,
      )
      .map(rowOf)
  }

  /** The events after gaps, the deepest last. */
  afterGaps(roomId: string): TimelineRow[] {
    return this.#database
      .all('SELECT * FROM timeline WHERE room_id = ? AND after_gap = 1 ORDER BY depth LIMIT ?', roomId, maxGaps)
      .map(rowOf)
  }

  /** What was missing before an event is there. */
  gapFilled(roomId: string, eventId: string): Statement {
    return { sql: 'UPDATE timeline SET after_gap = 0 WHERE room_id = ? AND event_id = ?', values: [roomId, eventId] }
  }

  /** Events that relate to another, newest first, above one position and up to another. */
  relating(roomId: string, eventId: string, above: number, upTo: number, limit: number): TimelineRow[] {
    return this.#database
      .all(
        `SELECT * FROM timeline WHERE room_id = ? AND relates_to = ? AND position > ? AND position <= ?
          ORDER BY position DESC LIMIT ?`,
        roomId,
        eventId,
        above,
        upTo,
        limit,
      )
      .map(rowOf)
  }

  /** Whether a user has written in the thread under an event. */
  isInThread(roomId: string, root: string, userId: string): boolean {
    const row = this.#database.get(
      `SELECT 1 FROM timeline WHERE room_id = ? AND relates_to = ? AND relation = 'm.thread' AND sender = ? LIMIT 1`,
      roomId,
      root,
      userId,
    )
    return row !== undefined
  }

  /** Events that others are in a thread under, the thread with the newest event first. */
  threadRoots(roomId: string, below: number, limit: number): { readonly root: string; readonly newest: number }[] {
    return this.#database
      .all<{ root: string; newest: number }>(
        `SELECT relates_to AS root, MAX(position) AS newest FROM timeline
          WHERE room_id = ? AND relates_to IS NOT NULL AND relation = 'm.thread'
          GROUP BY relates_to HAVING newest < ? ORDER BY newest DESC LIMIT ?`,
        roomId,
        below,
        limit,
      )
      .map(({ root, newest }) => ({ root, newest }))
  }
}

function rowOf(row: Row): TimelineRow {
  return {
    roomId: row['room_id'] as string,
    position: row['position'] as number,
    eventId: row['event_id'] as string,
    type: row['type'] as string,
    sender: row['sender'] as string,
    stateKey: (row['state_key'] as string | null) ?? undefined,
    hasUrl: row['has_url'] === 1,
    isAfterGap: row['after_gap'] === 1,
    depth: row['depth'] as number,
    relatesTo: (row['relates_to'] as string | null) ?? undefined,
    relation: (row['relation'] as string | null) ?? undefined,
    session: (row['session'] as string | null) ?? undefined,
    transactionId: (row['transaction_id'] as string | null) ?? undefined,
  }
}
