/**
 * Taking a room away in the model, step by step as the back ends do: what is found by its ID, its outputs, its own rows.
 */
import type { RoomNid } from '../../types/index.ts'
import { gonePayload } from '../gone-output.ts'
import type { MemoryDisk, RoomTables } from './memory-disk.ts'

/** @returns whether anything is left */
export function purgeStep(disk: MemoryDisk, room: RoomNid, most: number): boolean {
  const tables = disk.rooms.get(room)
  if (tables === undefined) return false
  const { roomId } = tables.row
  if (!tables.row.purging) {
    tables.row = { ...tables.row, purging: true }
    disk.roomIds.delete(roomId)
    tables.purge = 'by-id'
  }
  let left = most
  if (tables.purge === 'by-id') {
    left = takeAwayById(disk, roomId, left)
    if (left === 0) return true
    tables.purge = 'rest'
  }
  left = emptyOutputs(disk, room, left)
  for (const rows of tablesOf(tables)) left = takeAway(rows, () => true, left)
  left = takeAwayWaits(tables, left)
  if (left === 0) return true
  disk.rooms.delete(room)
  return false
}

function takeAwayById(disk: MemoryDisk, roomId: string, most: number): number {
  let left = most
  for (const rows of [...disk.directory.ofRooms, disk.queue] as readonly Map<unknown, { readonly roomId: string }>[])
    left = takeAway(rows, row => row.roomId === roomId, left)
  return left
}

function emptyOutputs(disk: MemoryDisk, room: RoomNid, most: number): number {
  let left = most
  for (const [at, row] of disk.output.entries()) {
    if (row.room !== room || left === 0) continue
    disk.output[at] = { ...row, room: 0, payload: gonePayload }
    left--
  }
  return left
}

function tablesOf({ memberships, servers, redactions, identities, ...rest }: RoomTables): Map<unknown, unknown>[] {
  return [memberships, servers, redactions, identities, rest.snapshots, rest.blocks, rest.json, rest.events]
}

function takeAwayWaits(tables: RoomTables, most: number): number {
  const taken = Math.min(most, tables.waits.length)
  tables.waits = tables.waits.slice(taken)
  return most - taken
}

/** @returns how many more rows may go */
function takeAway<Key, Row>(rows: Map<Key, Row>, isOne: (row: Row) => boolean, most: number): number {
  let left = most
  for (const [key, row] of rows) {
    if (left === 0) break
    if (!isOne(row)) continue
    rows.delete(key)
    left--
  }
  return left
}
