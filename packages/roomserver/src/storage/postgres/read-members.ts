/**
 * Memberships, of rooms and of users, and the servers with joined members.
 */
import { inRoom, type RoomNid, type StateKeyNid } from '../../types/index.ts'
import { decodeRow } from '../packed/damage.ts'
import { packMembership, unpackMembership } from '../packed/event-flags.ts'
import type { JoinedServerRow, MembershipRow, UserMembershipRow } from '../rows.ts'
import { fromBytes, type Sql, toBytes } from './sql.ts'

interface MembershipColumns {
  readonly room: RoomNid
  readonly member: StateKeyNid
  readonly event: number
  readonly membership: number
}
type Membership = MembershipRow['membership']

export async function memberOf(sql: Sql, room: RoomNid, user: StateKeyNid): Promise<MembershipRow | undefined> {
  const [row] = await sql<MembershipColumns[]>`SELECT * FROM membership WHERE room = ${room} AND member = ${user}`
  return row === undefined ? undefined : toMembershipRow(row)
}

export async function membersOf(
  sql: Sql,
  room: RoomNid,
  membership: Membership | undefined,
  after: StateKeyNid | 0,
  limit: number,
): Promise<MembershipRow[]> {
  const rows = await sql<MembershipColumns[]>`
    SELECT * FROM membership WHERE room = ${room} AND member > ${after} AND ${are(sql, membership)}
      ORDER BY member LIMIT ${limit}`
  return rows.map(toMembershipRow)
}

export async function membershipsOfUser(
  sql: Sql,
  user: StateKeyNid,
  membership: Membership | undefined,
  after: RoomNid | 0,
  limit: number,
): Promise<UserMembershipRow[]> {
  const rows = await sql<MembershipColumns[]>`
    SELECT * FROM membership WHERE member = ${user} AND room > ${after} AND ${are(sql, membership)}
      AND ${notPurging(sql)} ORDER BY room LIMIT ${limit}`
  return rows.map(row => {
    const { user: _, ...rest } = toMembershipRow(row)
    return { room: row.room, ...rest }
  })
}

export async function serversOf(sql: Sql, room: RoomNid, after: string, limit: number): Promise<JoinedServerRow[]> {
  const rows = await sql<{ server: Buffer; members: number }[]>`
    SELECT server, members FROM joined_servers WHERE room = ${room} AND server > ${toBytes(after)}
      ORDER BY server LIMIT ${limit}`
  return rows.map(({ server, members }) => ({ server: fromBytes(server), members }))
}

export async function membersOfServer(sql: Sql, room: RoomNid, server: string): Promise<number> {
  const [row] = await sql<{ members: number }[]>`
    SELECT members FROM joined_servers WHERE room = ${room} AND server = ${toBytes(server)}`
  return row?.members ?? 0
}

export async function roomsOfServer(sql: Sql, server: string, after: RoomNid | 0, limit: number): Promise<RoomNid[]> {
  const rows = await sql<{ room: RoomNid }[]>`
    SELECT room FROM joined_servers WHERE server = ${toBytes(server)} AND room > ${after} AND ${notPurging(sql)}
      ORDER BY room LIMIT ${limit}`
  return rows.map(({ room }) => room)
}

function are(sql: Sql, membership: Membership | undefined) {
  return membership === undefined ? sql`TRUE` : sql`membership = ${packMembership(membership)}`
}

/** Few at any time, and found by an index of their own. */
function notPurging(sql: Sql) {
  return sql`room NOT IN (SELECT room FROM rooms WHERE purge_phase <> 0)`
}

function toMembershipRow({ room, member, event, membership }: MembershipColumns): MembershipRow {
  return decodeRow('membership', member, () => {
    return { user: member, event: inRoom(room, event), membership: unpackMembership(membership) }
  })
}
