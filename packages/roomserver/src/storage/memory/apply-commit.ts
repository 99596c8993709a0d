/**
 * A commit applied to the model: looked over first, so that nothing of one that is refused is left behind.
 */

import type { EventNid, RoomNid } from '../../types/index.ts'
import { identityKey } from '../pending-commits.ts'
import type { RoomCommit } from '../room-commit.ts'
import type { RoomRow } from '../rows.ts'
import { RoomMovedOn } from '../storage.ts'
import { keyOf } from './memory-directory.ts'
import { emptyTables, type MemoryDisk, type RoomTables } from './memory-disk.ts'

/** @returns the positions of its outputs */
export function applyCommit(disk: MemoryDisk, commit: RoomCommit): number[] {
  const tables = disk.rooms.get(commit.room) ?? opened(disk, commit)
  lookOver(tables, commit)

  const { room, opens, next, expects } = commit
  if (opens !== undefined) {
    disk.rooms.set(room, tables)
    disk.roomIds.set(opens.roomId, room)
  }
  tables.row = {
    ...tables.row,
    counter: expects + 1,
    next,
    currentSnapshot: commit.currentSnapshot ?? tables.row.currentSnapshot,
    forwardExtremities: commit.forwardExtremities ?? tables.row.forwardExtremities,
    joinedMembers: commit.members?.joined ?? tables.row.joinedMembers,
    invitedMembers: commit.members?.invited ?? tables.row.invitedMembers,
  }
  for (const { row, json } of commit.events) {
    tables.events.set(row.event, row)
    tables.eventIds.set(row.eventId, row.event)
    if (json !== undefined) tables.json.set(row.event, json)
  }
  for (const { block, data } of commit.blocks) tables.blocks.set(block, { block, data: data.slice() })
  for (const row of commit.snapshots) tables.snapshots.set(row.snapshot, row)
  for (const row of commit.identities) tables.identities.set(identityKey(row.kind, row.inputs), row)
  for (const snapshot of commit.removes?.snapshots ?? []) tables.snapshots.delete(snapshot)
  for (const block of commit.removes?.blocks ?? []) tables.blocks.delete(block)
  for (const { kind, inputs } of commit.removes?.identities ?? []) tables.identities.delete(identityKey(kind, inputs))
  for (const row of commit.memberships) {
    if (row.event === 0) tables.memberships.delete(row.user)
    else tables.memberships.set(row.user, row)
  }
  for (const { server, by } of commit.joinedServers) {
    const members = (tables.servers.get(server) ?? 0) + by
    if (members > 0) tables.servers.set(server, members)
    else tables.servers.delete(server)
  }
  for (const user of commit.invitesEnd) disk.directory.invites.delete(keyOf(tables.row.roomId, user))
  for (const row of commit.redactions) tables.redactions.set(row.redaction, row)
  tables.waits = [...tables.waits, ...commit.waits].filter(({ event }) => !commit.waitsEnd.includes(event))
  for (const row of commit.finishes) disk.queue.delete(row)
  return commit.outputs.map(payload => addOutput(disk, room, payload))
}

/** @returns its position */
export function addOutput(disk: MemoryDisk, room: RoomNid | 0, payload: string): number {
  const position = ++disk.position
  disk.output.push({ position, room, payload })
  return position
}

function opened(disk: MemoryDisk, { room, expects, opens, next }: RoomCommit): RoomTables {
  if (expects !== 0) throw new RoomMovedOn(room, expects, 0)
  if (opens === undefined) throw new Error(`room NID ${room} is not stored, and the commit does not open it`)
  if (disk.roomIds.has(opens.roomId)) throw new Error(`${opens.roomId} is stored under another NID`)
  const empty = { currentSnapshot: 0, forwardExtremities: [], joinedMembers: 0, invitedMembers: 0 } as const
  return emptyTables({ room, ...opens, counter: 0, next, ...empty, purging: false } satisfies RoomRow)
}

/** What back ends hold by their primary keys. */
function lookOver(tables: RoomTables, commit: RoomCommit): void {
  const { counter, purging } = tables.row
  if (purging) throw new RoomMovedOn(commit.room, commit.expects, 'purged')
  if (counter !== commit.expects) throw new RoomMovedOn(commit.room, commit.expects, counter)
  const newEvents = new Set<EventNid>()
  for (const { row, json } of commit.events) {
    const isStored = tables.events.has(row.event) || newEvents.has(row.event)
    if (isStored !== (json === undefined))
      throw new Error(`event NID ${row.event} is ${isStored ? 'stored already' : 'not stored'}`)
    newEvents.add(row.event)
  }
  mustBeNew('block', tables.blocks, commit.blocks, row => row.block)
  mustBeNew('snapshot', tables.snapshots, commit.snapshots, row => row.snapshot)
  mustBeNew('identity', tables.identities, commit.identities, row => identityKey(row.kind, row.inputs))
}

function mustBeNew<K, V>(
  what: string,
  stored: ReadonlyMap<K, unknown>,
  rows: readonly V[],
  keyOf: (row: V) => K,
): void {
  const keys = new Set(rows.map(keyOf))
  if (keys.size < rows.length) throw new Error(`a ${what} comes twice`)
  for (const key of keys) if (stored.has(key)) throw new Error(`${what} ${key} is stored already`)
}
