/**
 * What was written in events, by its words. Client-server API, "Server Side Search".
 */
import type { Database, Statement } from './database.ts'

/** Where a text stands. */
export interface EventText {
  readonly roomId: string
  readonly eventId: string
  /** `content.body`, `content.name` or `content.topic`. */
  readonly key: string
  /** In the timeline of its room. */
  readonly position: number
}

export interface FoundText extends EventText {
  /** How well it fits: the higher, the better. */
  readonly rank: number
}

export interface TextWish {
  /** All of them must be there. */
  readonly words: readonly string[]
  readonly roomIds: readonly string[]
  readonly keys: readonly string[]
  readonly order: 'rank' | 'recent'
  readonly limit: number
}

const columns = 'room_id, event_id, key, position, -rank AS fit'
const source = `FROM event_words JOIN event_texts ON number = event_words.rowid WHERE event_words MATCH ?
  AND room_id IN (SELECT value FROM json_each(?)) AND key IN (SELECT value FROM json_each(?))`

export class EventTexts {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  add({ roomId, eventId, key, position }: EventText, text: string): Statement[] {
    return [
      {
        sql: 'INSERT OR IGNORE INTO event_texts (room_id, event_id, key, position) VALUES (?, ?, ?, ?)',
        values: [roomId, eventId, key, position],
      },
      {
        // With INSERT … SELECT it would take twice as long.
        sql: `INSERT OR REPLACE INTO event_words (rowid, text)
          VALUES ((SELECT number FROM event_texts WHERE room_id = ? AND event_id = ?), ?)`,
        values: [roomId, eventId, text],
      },
    ]
  }

  remove(roomId: string, eventId: string): Statement[] {
    return [
      {
        sql: `DELETE FROM event_words WHERE rowid IN
          (SELECT number FROM event_texts WHERE room_id = ? AND event_id = ?)`,
        values: [roomId, eventId],
      },
      { sql: 'DELETE FROM event_texts WHERE room_id = ? AND event_id = ?', values: [roomId, eventId] },
    ]
  }

  removeRoom(roomId: string): Statement[] {
    return [
      {
        sql: 'DELETE FROM event_words WHERE rowid IN (SELECT number FROM event_texts WHERE room_id = ?)',
        values: [roomId],
      },
      { sql: 'DELETE FROM event_texts WHERE room_id = ?', values: [roomId] },
    ]
  }

  search({ words, roomIds, keys, order, limit }: TextWish): FoundText[] {
    // Each word in quotes, so that nothing in it is taken for a part of the query language.
    const query = words.map(word => `"${word.replaceAll('"', '""')}"`).join(' ')
    const sql =
      order === 'recent'
        ? `SELECT ${columns} ${source} ORDER BY position DESC LIMIT ?`
        : `SELECT ${columns} ${source} ORDER BY rank LIMIT ?`
    return this.#database
      .all<{ room_id: string; event_id: string; key: string; position: number; fit: number }>(
        sql,
        query,
        JSON.stringify(roomIds),
        JSON.stringify(keys),
        limit,
      )
      .map(row => ({
        ...{ roomId: row.room_id, eventId: row.event_id, key: row.key },
        ...{ position: row.position, rank: row.fit },
      }))
  }
}
