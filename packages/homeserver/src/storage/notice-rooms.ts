/**
 * The room in which the server tells a user something: one for each. Client-server API, "Server Notices".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Statement } from './database.ts'

/** The table, as a migration. */
export const noticeRoomTable = `
  CREATE TABLE notice_rooms (
    user_id TEXT NOT NULL PRIMARY KEY,
    room_id TEXT NOT NULL
  ) WITHOUT ROWID`

export class NoticeRooms {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  of(userId: UserId): string | undefined {
    const row = this.#database.get('SELECT room_id FROM notice_rooms WHERE user_id = ?', userId)
    return row?.['room_id'] as string | undefined
  }

  set(userId: UserId, roomId: string): Statement {
    return { sql: 'INSERT OR REPLACE INTO notice_rooms VALUES (?, ?)', values: [userId, roomId] }
  }
}
