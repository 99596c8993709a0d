/**
 * The current state of rooms at each position of the timeline: every entry with the positions between which it counted.
 */
import type { Database, Row, Statement } from './database.ts'

export interface StateEntry {
  readonly type: string
  readonly stateKey: string
  readonly eventId: string
  /** Of member events. */
  readonly membership: string | undefined
  /** From this position on it counted. */
  readonly from: number
  /** From this position on it did not any more; {@link stillCounts} while it does. */
  readonly to: number
}

/** A membership of a user in one of their rooms. */
export interface UserMembership {
  readonly roomId: string
  readonly membership: string
  readonly eventId: string
  readonly from: number
  readonly to: number
}

/** Above every position. */
export const stillCounts = Number.MAX_SAFE_INTEGER
/** Entries read at once: rooms of more members are given without the last of them. */
const maxEntries = 1_000_000
/** Rooms of one user. */
const maxRooms = 100_000

export class RoomStates {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** An entry counts from a position on, in place of the one before. */
  set(roomId: string, position: number, entry: Pick<StateEntry, 'type' | 'stateKey' | 'eventId' | 'membership'>) {
    const { type, stateKey, eventId, membership } = entry
    const add: Statement = {
      sql: 'INSERT OR REPLACE INTO room_state VALUES (?, ?, ?, ?, ?, ?, ?)',
      values: [roomId, type, stateKey, position, stillCounts, eventId, membership ?? null],
    }
    return [this.unset(roomId, position, type, stateKey), add]
  }

  /** There is no such entry any more. */
  unset(roomId: string, position: number, type: string, stateKey: string): Statement {
    return {
      sql: `UPDATE room_state SET to_position = ? WHERE room_id = ? AND type = ? AND state_key = ? AND to_position = ${stillCounts}`,
      values: [position, roomId, type, stateKey],
    }
  }

  removeRoom(roomId: string): Statement {
    return { sql: 'DELETE FROM room_state WHERE room_id = ?', values: [roomId] }
  }

  /** The whole state at a position. */
  at(roomId: string, position: number): StateEntry[] {
    return this.#database
      .all(
        'SELECT * FROM room_state WHERE room_id = ? AND from_position <= ? AND to_position > ? LIMIT ?',
        roomId,
        position,
        position,
        maxEntries,
      )
      .map(entryOf)
  }

  /** All of the state at a position but for its members. */
  withoutMembersAt(roomId: string, position: number): StateEntry[] {
    // Two ranges of the primary key, so that the members of a large room are not walked over.
    return this.#database
      .all(
        `SELECT * FROM room_state WHERE room_id = ? AND type < 'm.room.member' AND from_position <= ? AND to_position > ?
          UNION ALL
          SELECT * FROM room_state WHERE room_id = ? AND type > 'm.room.member' AND from_position <= ? AND to_position > ?
          LIMIT ?`,
        roomId,
        position,
        position,
        roomId,
        position,
        position,
        maxEntries,
      )
      .map(entryOf)
  }

  entryAt(roomId: string, type: string, stateKey: string, position: number): StateEntry | undefined {
    const row = this.#database.get(
      `SELECT * FROM room_state WHERE room_id = ? AND type = ? AND state_key = ?
        AND from_position <= ? AND to_position > ?`,
      roomId,
      type,
      stateKey,
      position,
      position,
    )
    return row === undefined ? undefined : entryOf(row)
  }

  /** The entry that another took the place of, at a position. */
  replacedAt(roomId: string, type: string, stateKey: string, position: number): StateEntry | undefined {
    const row = this.#database.get(
      'SELECT * FROM room_state WHERE room_id = ? AND type = ? AND state_key = ? AND to_position = ?',
      roomId,
      type,
      stateKey,
      position,
    )
    return row === undefined ? undefined : entryOf(row)
  }

  /** Entries that came after one position, up to another, and counted at the latter. */
  changes(roomId: string, after: number, upTo: number): StateEntry[] {
    return this.#database
      .all(
        `SELECT * FROM room_state WHERE room_id = ? AND from_position > ? AND from_position <= ? AND to_position > ?
          ORDER BY from_position LIMIT ?`,
        roomId,
        after,
        upTo,
        upTo,
        maxEntries,
      )
      .map(entryOf)
  }

  /** From which position on the room has a state here; 0 where it has none. */
  beginning(roomId: string): number {
    const row = this.#database.get<{ first: number | null }>(
      'SELECT MIN(from_position) AS first FROM room_state WHERE room_id = ?',
      roomId,
    )
    return row?.first ?? 0
  }

  /** From which position on somebody is a member; 0 where nobody ever was. */
  firstMember(roomId: string): number {
    const row = this.#database.get<{ first: number | null }>(
      `SELECT MIN(from_position) AS first FROM room_state WHERE room_id = ? AND type = 'm.room.member'`,
      roomId,
    )
    return row?.first ?? 0
  }

  /** Members of one membership at a position. */
  members(roomId: string, membership: string, position: number, limit: number): StateEntry[] {
    return this.#database
      .all(
        `SELECT * FROM room_state WHERE room_id = ? AND type = 'm.room.member' AND membership = ?
          AND from_position <= ? AND to_position > ? LIMIT ?`,
        roomId,
        membership,
        position,
        position,
        limit,
      )
      .map(entryOf)
  }

  /** What a user is, at a position, in each room. */
  membershipsOf(userId: string, position: number): UserMembership[] {
    return this.#database
      .all(
        `SELECT * FROM room_state WHERE type = 'm.room.member' AND state_key = ?
          AND from_position <= ? AND to_position > ? LIMIT ?`,
        userId,
        position,
        position,
        maxRooms,
      )
      .map(membershipOf)
  }

  /** All that a user was in a room, one after the other. */
  historyOf(userId: string, roomId: string): UserMembership[] {
    return this.#database
      .all(
        `SELECT * FROM room_state WHERE type = 'm.room.member' AND state_key = ? AND room_id = ?
          ORDER BY from_position LIMIT ?`,
        userId,
        roomId,
        maxEntries,
      )
      .map(membershipOf)
  }
}

function entryOf(row: Row): StateEntry {
  return {
    type: row['type'] as string,
    stateKey: row['state_key'] as string,
    eventId: row['event_id'] as string,
    membership: (row['membership'] as string | null) ?? undefined,
    from: row['from_position'] as number,
    to: row['to_position'] as number,
  }
}

function membershipOf(row: Row): UserMembership {
  return {
    roomId: row['room_id'] as string,
    membership: (row['membership'] as string | null) ?? 'leave',
    eventId: row['event_id'] as string,
    from: row['from_position'] as number,
    to: row['to_position'] as number,
  }
}
