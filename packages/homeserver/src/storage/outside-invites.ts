/**
 * Since when local users are invited to, or knock on, rooms that this server is not in. What came along stays with the room server.
 */
import type { Database, Row, Statement } from './database.ts'

export interface OutsideInvite {
  readonly roomId: string
  readonly membership: 'invite' | 'knock'
  readonly eventId: string
  readonly from: number
  /** When it was over; undefined while it stands. */
  readonly to: number | undefined
  /** The member event that it was over with, where it is known. */
  readonly leave: OutsideLeave | undefined
}

/** A member event that no room here holds. */
export interface OutsideLeave {
  readonly eventId: string
  readonly roomVersion: string
  readonly pdu: string
}

/** Of one user. */
const maxInvites = 100_000

export class OutsideInvites {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  set(userId: string, roomId: string, membership: 'invite' | 'knock', eventId: string, position: number): Statement {
    return {
      sql: `INSERT OR REPLACE INTO outside_invites (user_id, room_id, from_position, membership, event_id) VALUES (?, ?, ?, ?, ?)`,
      values: [userId, roomId, position, membership, eventId],
    }
  }

  over(userId: string, roomId: string, position: number, leave?: OutsideLeave): Statement {
    return {
      sql: 'UPDATE outside_invites SET to_position = ?, leave = ? WHERE user_id = ? AND room_id = ? AND to_position IS NULL',
      values: [position, leave === undefined ? null : JSON.stringify(leave), userId, roomId],
    }
  }

  of(userId: string): OutsideInvite[] {
    return this.#database
      .all('SELECT * FROM outside_invites WHERE user_id = ? LIMIT ?', userId, maxInvites)
      .map(inviteOf)
  }
}

function inviteOf(row: Row): OutsideInvite {
  return {
    roomId: row['room_id'] as string,
    membership: row['membership'] as OutsideInvite['membership'],
    eventId: row['event_id'] as string,
    from: row['from_position'] as number,
    to: (row['to_position'] as number | null) ?? undefined,
    leave: row['leave'] === null ? undefined : (JSON.parse(row['leave'] as string) as OutsideLeave),
  }
}
