/**
 * Rooms, redactions, and what provisional events wait for.
 */
import { type EventNid, inRoom, type RoomNid, type StateSnapshotNid } from '../../types/index.ts'
import { decodeRow } from '../packed/damage.ts'
import { unpackLocals } from '../packed/event-links.ts'
import type { RedactionRow, RoomRow } from '../rows.ts'
import { fromBytes, idFromBytes, idToBytes, list, type Sql, toBytes } from './sql.ts'

interface RoomColumns {
  readonly room: RoomNid
  readonly room_id: Buffer
  readonly room_version: string
  readonly counter: number
  readonly next_event: number
  readonly next_snapshot: number
  readonly next_block: number
  readonly current_snapshot: number
  readonly forward_extremities: Buffer
  readonly joined_members: number
  readonly invited_members: number
  readonly purge_phase: number
}

export async function roomById(sql: Sql, roomId: string): Promise<RoomRow | undefined> {
  const [row] = await sql<RoomColumns[]>`SELECT * FROM rooms WHERE room_id = ${toBytes(roomId)} AND purge_phase = 0`
  return row === undefined ? undefined : toRoomRow(row)
}

export async function roomByNid(sql: Sql, room: RoomNid): Promise<RoomRow | undefined> {
  const [row] = await sql<RoomColumns[]>`SELECT * FROM rooms WHERE room = ${room}`
  return row === undefined ? undefined : toRoomRow(row)
}

export async function allRooms(sql: Sql, after: RoomNid | 0, limit: number): Promise<RoomRow[]> {
  const rows = await sql<RoomColumns[]>`
    SELECT * FROM rooms WHERE room > ${after} AND purge_phase = 0 ORDER BY room LIMIT ${limit}`
  return rows.map(toRoomRow)
}

export async function purgingRooms(sql: Sql, after: RoomNid | 0, limit: number): Promise<RoomRow[]> {
  const rows = await sql<RoomColumns[]>`
    SELECT * FROM rooms WHERE room > ${after} AND purge_phase <> 0 ORDER BY room LIMIT ${limit}`
  return rows.map(toRoomRow)
}

export async function redactionsOf(sql: Sql, room: RoomNid, eventIds: readonly string[]): Promise<RedactionRow[]> {
  const rows = await sql.unsafe<{ redaction: Buffer; target: Buffer; applied: number }[]>(
    `SELECT redaction, target, applied FROM redactions
      WHERE room = $1 AND (redaction = ANY($2::bytea[]) OR target = ANY($2::bytea[]))`,
    [room, list(sql, eventIds.map(idToBytes))],
    { prepare: true },
  )
  return rows.map(({ redaction, target, applied }) => {
    return { redaction: idFromBytes(redaction), target: idFromBytes(target), applied: applied === 1 }
  })
}

export async function waitingFor(sql: Sql, room: RoomNid, on: string): Promise<EventNid[]> {
  const rows = await sql<{ event: EventNid }[]>`
    SELECT event FROM waits WHERE room = ${room} AND on_event = ${idToBytes(on)} ORDER BY event`
  return rows.map(({ event }) => event)
}

export async function hasWaits(sql: Sql, room: RoomNid): Promise<boolean> {
  return (await sql`SELECT 1 FROM waits WHERE room = ${room} LIMIT 1`).length > 0
}

function toRoomRow(row: RoomColumns): RoomRow {
  const { room, current_snapshot: currentSnapshot } = row
  return decodeRow('rooms', room, () => ({
    room,
    roomId: fromBytes(row.room_id),
    roomVersion: row.room_version,
    counter: row.counter,
    next: { event: row.next_event, snapshot: row.next_snapshot, block: row.next_block },
    currentSnapshot: currentSnapshot === 0 ? 0 : inRoom<StateSnapshotNid>(room, currentSnapshot),
    forwardExtremities: unpackLocals(room, row.forward_extremities),
    joinedMembers: row.joined_members,
    invitedMembers: row.invited_members,
    purging: row.purge_phase !== 0,
  }))
}
