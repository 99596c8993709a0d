/**
 * The part of the reader that is about no commit of a room.
 */
import type { DirectoryReader } from '../reader-of-directory.ts'
import type {
  AliasRow,
  BlockedRoomRow,
  InboundPeekRow,
  InviteRow,
  PartialJoinRow,
  PeekRow,
  ReportRow,
} from '../rows-of-directory.ts'
import { fromBytes, type Sql, toBytes } from './sql.ts'

interface AliasColumns {
  readonly alias: Buffer
  readonly room_id: Buffer
  readonly creator: Buffer
  readonly created_at: number
}
interface InviteColumns {
  readonly room_id: Buffer
  readonly invited: Buffer
  readonly kind: InviteRow['kind']
  readonly event_id: Buffer
  readonly sender: Buffer
  readonly room_version: Buffer
  readonly pdu: Buffer
  readonly state: Buffer
  readonly received_at: number
}
interface BlockedColumns {
  readonly room_id: Buffer
  readonly blocked_by: Buffer
  readonly reason: Buffer
  readonly blocked_at: number
}
interface ReportColumns {
  readonly report: number
  readonly room_id: Buffer
  readonly event_id: Buffer
  readonly reporter: Buffer
  readonly reason: Buffer | null
  readonly score: number | null
  readonly reported_at: number
}
interface PartialJoinColumns {
  readonly room_id: Buffer
  readonly event_id: Buffer
  readonly via: Buffer
  readonly servers: Buffer
  readonly joined_at: number
}
interface RoomIdColumn {
  readonly room_id: Buffer
}

export class PostgresDirectoryReader implements DirectoryReader {
  readonly #open: () => Sql

  constructor(open: () => Sql) {
    this.#open = open
  }

  async alias(alias: string): Promise<AliasRow | undefined> {
    const sql = this.#open()
    const [row] = await sql<AliasColumns[]>`SELECT * FROM room_aliases WHERE alias = ${toBytes(alias)}`
    return row && toAlias(row)
  }
  async aliasesOfRoom(roomId: string, after: string, limit: number): Promise<AliasRow[]> {
    const sql = this.#open()
    const rows = await sql<AliasColumns[]>`
      SELECT * FROM room_aliases WHERE room_id = ${toBytes(roomId)} AND alias > ${toBytes(after)}
        ORDER BY alias LIMIT ${limit}`
    return rows.map(toAlias)
  }

  async published(
    network: string | undefined,
    appservice: string | undefined,
    after: string,
    limit: number,
  ): Promise<string[]> {
    const sql = this.#open()
    const rows = await sql<RoomIdColumn[]>`
      SELECT DISTINCT room_id FROM published
        WHERE room_id > ${toBytes(after)} AND ${inList(sql, network, appservice)} ORDER BY room_id LIMIT ${limit}`
    return rows.map(row => fromBytes(row.room_id))
  }
  async isPublished(roomId: string, network: string | undefined, appservice: string | undefined): Promise<boolean> {
    const sql = this.#open()
    const rows = await sql`
      SELECT 1 FROM published WHERE room_id = ${toBytes(roomId)} AND ${inList(sql, network, appservice)} LIMIT 1`
    return rows.length > 0
  }

  async invite(roomId: string, user: string): Promise<InviteRow | undefined> {
    const sql = this.#open()
    const [row] = await sql<InviteColumns[]>`
      SELECT * FROM invites WHERE room_id = ${toBytes(roomId)} AND invited = ${toBytes(user)}`
    return row && toInvite(row)
  }
  async invitesOfUser(user: string, after: string, limit: number): Promise<InviteRow[]> {
    const sql = this.#open()
    const rows = await sql<InviteColumns[]>`
      SELECT * FROM invites WHERE invited = ${toBytes(user)} AND room_id > ${toBytes(after)}
        ORDER BY room_id LIMIT ${limit}`
    return rows.map(toInvite)
  }

  async isForgotten(roomId: string, user: string): Promise<boolean> {
    const sql = this.#open()
    const rows = await sql`
      SELECT 1 FROM forgotten WHERE member = ${toBytes(user)} AND room_id = ${toBytes(roomId)}`
    return rows.length > 0
  }
  async forgottenBy(user: string, after: string, limit: number): Promise<string[]> {
    const sql = this.#open()
    const rows = await sql<RoomIdColumn[]>`
      SELECT room_id FROM forgotten WHERE member = ${toBytes(user)} AND room_id > ${toBytes(after)}
        ORDER BY room_id LIMIT ${limit}`
    return rows.map(row => fromBytes(row.room_id))
  }

  async blockedRoom(roomId: string): Promise<BlockedRoomRow | undefined> {
    const sql = this.#open()
    const [row] = await sql<BlockedColumns[]>`SELECT * FROM blocked_rooms WHERE room_id = ${toBytes(roomId)}`
    return row && toBlocked(row)
  }
  async blockedRooms(after: string, limit: number): Promise<BlockedRoomRow[]> {
    const sql = this.#open()
    const rows = await sql<BlockedColumns[]>`
      SELECT * FROM blocked_rooms WHERE room_id > ${toBytes(after)} ORDER BY room_id LIMIT ${limit}`
    return rows.map(toBlocked)
  }

  async reports(after: number, limit: number): Promise<ReportRow[]> {
    const sql = this.#open()
    const rows = await sql<ReportColumns[]>`
      SELECT * FROM event_reports WHERE report > ${after} ORDER BY report LIMIT ${limit}`
    return rows.map(toReport)
  }

  async partialJoins(
    after: Pick<PartialJoinRow, 'roomId' | 'eventId'> | undefined,
    limit: number,
  ): Promise<PartialJoinRow[]> {
    const sql = this.#open()
    const { roomId, eventId } = after ?? { roomId: '', eventId: '' }
    const rows = await sql<PartialJoinColumns[]>`
      SELECT * FROM partial_joins
        WHERE (room_id, event_id) > (${toBytes(roomId)}, ${toBytes(eventId)})
        ORDER BY room_id, event_id LIMIT ${limit}`
    return rows.map(row => ({
      ...{ roomId: fromBytes(row.room_id), eventId: fromBytes(row.event_id), via: fromBytes(row.via) },
      ...{ servers: fromBytes(row.servers), joinedAt: row.joined_at },
    }))
  }

  async peeksOfRoom(roomId: string, after: Omit<PeekRow, 'roomId'> | undefined, limit: number): Promise<PeekRow[]> {
    const sql = this.#open()
    const { user, device } = after ?? { user: '', device: '' }
    const rows = await sql<{ peeker: Buffer; device: Buffer }[]>`
      SELECT peeker, device FROM peeks
        WHERE room_id = ${toBytes(roomId)} AND (peeker, device) > (${toBytes(user)}, ${toBytes(device)})
        ORDER BY peeker, device LIMIT ${limit}`
    return rows.map(row => ({ roomId, user: fromBytes(row.peeker), device: fromBytes(row.device) }))
  }
  async inboundPeeks(
    roomId: string,
    after: Pick<InboundPeekRow, 'server' | 'peekId'> | undefined,
    limit: number,
  ): Promise<InboundPeekRow[]> {
    const sql = this.#open()
    const { server, peekId } = after ?? { server: '', peekId: '' }
    const rows = await sql<{ server: Buffer; peek: Buffer; renewal_interval: number; renewed_at: number }[]>`
      SELECT server, peek, renewal_interval, renewed_at FROM inbound_peeks
        WHERE room_id = ${toBytes(roomId)} AND (server, peek) > (${toBytes(server)}, ${toBytes(peekId)})
        ORDER BY server, peek LIMIT ${limit}`
    return rows.map(row => ({
      ...{ roomId, server: fromBytes(row.server), peekId: fromBytes(row.peek) },
      ...{ renewalInterval: row.renewal_interval, renewedAt: row.renewed_at },
    }))
  }
}

/** A list by its network and application service; undefined stands for any. */
function inList(sql: Sql, network: string | undefined, appservice: string | undefined) {
  const ofNetwork = network === undefined ? sql`TRUE` : sql`network = ${toBytes(network)}`
  return appservice === undefined ? ofNetwork : sql`${ofNetwork} AND appservice = ${toBytes(appservice)}`
}

function toAlias({ alias, room_id, creator, created_at }: AliasColumns): AliasRow {
  return { alias: fromBytes(alias), roomId: fromBytes(room_id), creator: fromBytes(creator), createdAt: created_at }
}

function toInvite(row: InviteColumns): InviteRow {
  return {
    ...{ roomId: fromBytes(row.room_id), user: fromBytes(row.invited), kind: row.kind },
    ...{ eventId: fromBytes(row.event_id), sender: fromBytes(row.sender), roomVersion: fromBytes(row.room_version) },
    ...{ pdu: fromBytes(row.pdu), state: fromBytes(row.state), receivedAt: row.received_at },
  }
}

function toBlocked({ room_id, blocked_by, reason, blocked_at }: BlockedColumns): BlockedRoomRow {
  return { roomId: fromBytes(room_id), by: fromBytes(blocked_by), reason: fromBytes(reason), at: blocked_at }
}

function toReport({ report, room_id, event_id, reporter, reason, score, reported_at }: ReportColumns): ReportRow {
  return {
    ...{ id: report, roomId: fromBytes(room_id), eventId: fromBytes(event_id), reporter: fromBytes(reporter) },
    ...{ reason: reason === null ? undefined : fromBytes(reason), score: score ?? undefined, at: reported_at },
  }
}
