/**
 * Taking a room away in short steps, each a transaction of the writer: the same phases as in sqlite/purge.ts.
 */
import { afterRoom, inRoom, type RoomNid } from '../../types/index.ts'
import { gonePayload } from '../gone-output.ts'
import { type Transaction, toBytes } from './sql.ts'

/** Where a purge is. Stored, so they stay what they are. */
const phases = { none: 0, byId: 1, outputs: 2, byNumber: 3 } as const

/** Tables whose rows are found by the room's ID, and in whose primary key it stands or an index leads from it. */
const byId = [
  ...(['invites', 'room_aliases', 'published', 'forgotten'] as const),
  ...(['peeks', 'inbound_peeks', 'partial_joins', 'input_log'] as const),
] as const
/** By the room's number in a column. */
const byRoom = ['membership', 'joined_servers', 'redactions', 'waits', 'state_identities'] as const
/** By the range of numbers that are the room's. */
const byRange = [
  ['state_snapshots', 'snapshot'],
  ['state_blocks', 'block'],
  ['event_json', 'event'],
  ['events', 'event'],
] as const

/** Output rows that are looked at for each that may be changed: most are of other rooms. */
const looksARow = 10

interface Progress {
  readonly room_id: Buffer
  readonly purge_phase: number
  readonly outputs_after: number
}

/** @returns whether anything is left */
export async function purgeStep(
  tx: Transaction,
  room: RoomNid,
  most: number,
  log: { readonly partition: number; readonly last: number },
): Promise<boolean> {
  const [progress] = await tx<Progress[]>`
    SELECT room_id, purge_phase, outputs_after FROM rooms WHERE room = ${room} FOR UPDATE`
  if (progress === undefined) return false
  let { purge_phase: phase, outputs_after: outputsAfter } = progress
  let left = most
  if (phase === phases.none) phase = phases.byId
  if (phase === phases.byId) {
    for (const table of byId) left -= await takeAway(tx, table, 'room_id = $1', [progress.room_id], left)
    if (left > 0) phase = phases.outputs
  }
  if (phase === phases.outputs && left > 0) {
    const to = Math.min(outputsAfter + left * looksARow, log.last)
    const emptied = await emptyOutputs(tx, log.partition, room, outputsAfter, to, left)
    outputsAfter = emptied.end
    left -= emptied.count
    if (outputsAfter >= log.last) phase = phases.byNumber
  }
  if (phase === phases.byNumber) {
    for (const table of byRoom) left -= await takeAway(tx, table, 'room = $1', [room], left)
    const range = [inRoom(room, 1), afterRoom(room)]
    for (const [table, key] of byRange) left -= await takeAway(tx, table, `${key} >= $1 AND ${key} < $2`, range, left)
    if (left > 0) {
      await tx`DELETE FROM rooms WHERE room = ${room}`
      return false
    }
  }
  await tx`UPDATE rooms SET purge_phase = ${phase}, outputs_after = ${outputsAfter} WHERE room = ${room}`
  return true
}

/** @returns how many rows went */
async function takeAway(
  tx: Transaction,
  table: string,
  where: string,
  values: readonly (number | Buffer)[],
  most: number,
): Promise<number> {
  if (most === 0) return 0
  const rows = `SELECT ctid FROM ${table} WHERE ${where} LIMIT $${values.length + 1}`
  const text = `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(${rows}))`
  const { count } = await tx.unsafe(text, [...values, most] as never[], { prepare: true })
  return count
}

/** Looks at the outputs between two positions and empties the room's, so many at most. */
async function emptyOutputs(
  tx: Transaction,
  partition: number,
  room: RoomNid,
  after: number,
  to: number,
  most: number,
): Promise<{ readonly end: number; readonly count: number }> {
  const [enough] = await tx<{ position: number }[]>`
    SELECT position FROM output_log
      WHERE partition = ${partition} AND position > ${after} AND position <= ${to} AND room = ${room}
      ORDER BY position LIMIT 1 OFFSET ${most - 1}`
  const end = enough?.position ?? to
  const { count } = await tx`
    UPDATE output_log SET room = 0, payload = ${toBytes(gonePayload)}
      WHERE partition = ${partition} AND position > ${after} AND position <= ${end} AND room = ${room}`
  return { end, count }
}
