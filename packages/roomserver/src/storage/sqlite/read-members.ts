/**
 * Memberships, of rooms and of users, and the servers with joined members.
 */
import type { DatabaseSync } from 'node:sqlite'
import { inRoom, type RoomNid, type StateKeyNid } from '../../types/index.ts'
import { decodeRow } from '../packed/damage.ts'
import { packMembership, unpackMembership } from '../packed/event-flags.ts'
import { type StoredText, toStored, toText } from '../packed/text.ts'
import type { JoinedServerRow, MembershipRow, UserMembershipRow } from '../rows.ts'
import { prepare } from './sql.ts'

type MemberColumns = [user: StateKeyNid, event: number, membership: number]
type RoomColumns = [room: RoomNid, event: number, membership: number]
type Membership = MembershipRow['membership']

/** Few at any time, and found by an index of their own. */
const notPurging = 'room NOT IN (SELECT room FROM rooms WHERE purge_phase <> 0)'

export class MemberReading {
  readonly #member
  readonly #members
  readonly #membersOf
  readonly #rooms
  readonly #roomsOf
  readonly #servers
  readonly #ofServer
  readonly #roomsOfServer

  constructor(database: DatabaseSync) {
    const members = 'SELECT user, event, membership FROM membership WHERE room = ? AND'
    this.#member = prepare(database, `${members} user = ?`)
    this.#members = prepare(database, `${members} user > ? ORDER BY user LIMIT ?`)
    this.#membersOf = prepare(database, `${members} user > ? AND membership = ? ORDER BY user LIMIT ?`)
    const rooms = `SELECT room, event, membership FROM membership INDEXED BY membership_by_user
      WHERE user = ? AND room > ? AND ${notPurging}`
    this.#rooms = prepare(database, `${rooms} ORDER BY room LIMIT ?`)
    this.#roomsOf = prepare(database, `${rooms} AND membership = ? ORDER BY room LIMIT ?`)
    this.#servers = prepare(
      database,
      'SELECT server, members FROM joined_servers WHERE room = ? AND server > ? ORDER BY server LIMIT ?',
    )
    this.#ofServer = prepare(database, 'SELECT members FROM joined_servers WHERE room = ? AND server = ?')
    this.#roomsOfServer = prepare(
      database,
      `SELECT room FROM joined_servers INDEXED BY joined_servers_by_server
        WHERE server = ? AND room > ? AND ${notPurging} ORDER BY room LIMIT ?`,
    )
  }

  of(room: RoomNid, user: StateKeyNid): MembershipRow | undefined {
    const row = this.#member.get(room, user) as unknown as MemberColumns | undefined
    return row === undefined ? undefined : toMembershipRow(room, row)
  }

  ofRoom(room: RoomNid, membership: Membership | undefined, after: StateKeyNid | 0, limit: number): MembershipRow[] {
    const rows =
      membership === undefined
        ? this.#members.all(room, after, limit)
        : this.#membersOf.all(room, after, packMembership(membership), limit)
    return (rows as unknown as MemberColumns[]).map(row => toMembershipRow(room, row))
  }

  ofUser(
    user: StateKeyNid,
    membership: Membership | undefined,
    after: RoomNid | 0,
    limit: number,
  ): UserMembershipRow[] {
    const rows =
      membership === undefined
        ? this.#rooms.all(user, after, limit)
        : this.#roomsOf.all(user, after, packMembership(membership), limit)
    return (rows as unknown as RoomColumns[]).map(([room, event, stored]) => {
      const { user: _, ...row } = toMembershipRow(room, [user, event, stored])
      return { room, ...row }
    })
  }

  servers(room: RoomNid, after: string, limit: number): JoinedServerRow[] {
    const rows = this.#servers.all(room, toStored(after), limit) as unknown as [server: StoredText, members: number][]
    return rows.map(([server, members]) => ({ server: toText(server), members }))
  }

  ofServer(room: RoomNid, server: string): number {
    const [members = 0] = (this.#ofServer.get(room, toStored(server)) ?? []) as [members?: number]
    return members
  }

  roomsOfServer(server: string, after: RoomNid | 0, limit: number): RoomNid[] {
    const rows = this.#roomsOfServer.all(toStored(server), after, limit) as unknown as [room: RoomNid][]
    return rows.map(([room]) => room)
  }
}

function toMembershipRow(room: RoomNid, [user, event, membership]: MemberColumns): MembershipRow {
  return decodeRow('membership', user, () => ({
    user,
    event: inRoom(room, event),
    membership: unpackMembership(membership),
  }))
}
