/**
 * A RoomCommit on its way: written to a tape on the main thread, with everything packed as rows hold it, and read from it by
 * the writer, statement by statement. The two halves agree on the order, so they stand side by side.
 */
import { localOf } from '../../types/index.ts'
import { toStoredDepth } from '../packed/depth.ts'
import { packFlags, packMembership } from '../packed/event-flags.ts'
import { packEventId, splitEventId } from '../packed/event-id.ts'
import { packLinks, packLocals } from '../packed/event-links.ts'
import { packInputs, packSnapshot } from '../packed/snapshot-form.ts'
import { toStored } from '../packed/text.ts'
import type { RemovedState, RoomCommit } from '../room-commit.ts'
import type { EventRow } from '../rows.ts'
import type { RoomUpdates } from './room-updates.ts'
import type { TapeReader, TapeWriter } from './tape.ts'
import type { WriterStatements } from './writer-statements.ts'

const nothingRemoved: RemovedState = { snapshots: [], blocks: [], identities: [] }

export function writeCommit(tape: TapeWriter, commit: RoomCommit): void {
  const { opens, next, forwardExtremities } = commit
  tape.number(commit.room).number(commit.expects)
  tape.text(opens === undefined ? null : toStored(opens.roomId)).text(opens?.roomVersion ?? null)
  tape.number(next.event).number(next.snapshot).number(next.block)
  tape.maybe(commit.currentSnapshot === undefined ? undefined : localOf(commit.currentSnapshot))
  if (forwardExtremities === undefined) tape.text(null)
  else tape.bytes(packLocals(forwardExtremities))
  tape.maybe(commit.members?.joined).maybe(commit.members?.invited)

  tape.number(commit.events.length)
  for (const { row, json } of commit.events) {
    tape.text(json === undefined ? null : toStored(json))
    writeEvent(tape, row)
  }
  tape.number(commit.blocks.length)
  for (const { block, data } of commit.blocks) tape.number(block).bytes(data)
  tape.number(commit.snapshots.length)
  for (const row of commit.snapshots) tape.number(row.snapshot).bytes(packSnapshot(row))
  tape.number(commit.identities.length)
  for (const { kind, inputs, result } of commit.identities) tape.bytes(packInputs(kind, inputs)).number(localOf(result))
  tape.number(commit.memberships.length)
  for (const { user, event, membership } of commit.memberships)
    tape.number(user).number(localOf(event)).number(packMembership(membership))
  tape.number(commit.joinedServers.length)
  for (const { server, by } of commit.joinedServers) tape.text(toStored(server)).number(by)
  tape.number(commit.invitesEnd.length)
  for (const user of commit.invitesEnd) tape.text(toStored(user))
  tape.number(commit.redactions.length)
  for (const { redaction, target, applied } of commit.redactions)
    tape
      .text(packEventId(redaction))
      .text(packEventId(target))
      .number(applied ? 1 : 0)
  const { snapshots, blocks, identities } = commit.removes ?? nothingRemoved
  tape.number(snapshots.length)
  for (const snapshot of snapshots) tape.number(snapshot)
  tape.number(blocks.length)
  for (const block of blocks) tape.number(block)
  tape.number(identities.length)
  for (const { kind, inputs } of identities) tape.bytes(packInputs(kind, inputs))
  tape.number(commit.waits.length)
  for (const { on, event } of commit.waits) tape.text(packEventId(on)).number(event)
  tape.number(commit.waitsEnd.length)
  for (const event of commit.waitsEnd) tape.number(event)
  tape.number(commit.outputs.length)
  for (const payload of commit.outputs) tape.text(toStored(payload))
  tape.number(commit.finishes.length)
  for (const row of commit.finishes) tape.number(row)
}

function writeEvent(tape: TapeWriter, row: EventRow): void {
  const { event, snapshotBefore, snapshotAfter, reason } = row
  const [head, tail] = splitEventId(row.eventId)
  const depth = toStoredDepth(row.depth)
  tape.number(event).text(head).text(tail).number(row.type).number(row.stateKey)
  tape.number(packFlags(row))
  if (typeof depth === 'number') tape.number(depth)
  else tape.text(depth)
  tape.number(row.timestamp)
  tape.bytes(packLinks(event, row.prevEvents, row.authEvents))
  tape.number(localOf(snapshotBefore)).maybe(snapshotAfter === snapshotBefore ? undefined : localOf(snapshotAfter))
  tape.text(toStored(row.origin)).text(reason === undefined ? null : toStored(JSON.stringify(reason)))
}

/** The head of a commit's tape, which decides whether the rest is applied. */
export interface CommitHead {
  readonly room: number
  readonly expects: number
}

export function readHead(tape: TapeReader): CommitHead {
  return { room: tape.number(), expects: tape.number() }
}

/** Applies what follows the head. @returns how many outputs it gave, numbered from `firstPosition` on */
export function applyCommit(
  { room, expects }: CommitHead,
  tape: TapeReader,
  sql: WriterStatements,
  rooms: RoomUpdates,
  firstPosition: number,
): number {
  const opens = { roomId: tape.text(), roomVersion: tape.text() }
  const update = {
    counter: expects + 1,
    nextEvent: tape.number(),
    nextSnapshot: tape.number(),
    nextBlock: tape.number(),
    currentSnapshot: tape.maybe(),
    forwardExtremities: tape.text(),
    joinedMembers: tape.maybe(),
    invitedMembers: tape.maybe(),
  }
  const { roomId, roomVersion } = opens
  if (roomId === null) rooms.update(room, update)
  else rooms.open(room, { roomId, roomVersion, outputsAfter: firstPosition - 1 }, update)

  for (let left = tape.number(); left > 0; left--) applyEvent(tape, sql)
  for (let left = tape.number(); left > 0; left--) sql.insertBlock.run(tape.number(), tape.text())
  for (let left = tape.number(); left > 0; left--) sql.insertSnapshot.run(tape.number(), tape.text())
  for (let left = tape.number(); left > 0; left--) sql.insertIdentity.run(room, tape.text(), tape.number())
  for (let left = tape.number(); left > 0; left--) {
    const [user, event, membership] = [tape.number(), tape.number(), tape.number()]
    if (event === 0) sql.deleteMembership.run(room, user)
    else sql.putMembership.run(room, user, event, membership)
  }
  for (let left = tape.number(); left > 0; left--) applyServer(room, tape, sql)
  for (let left = tape.number(); left > 0; left--) sql.endInvite.run(room, tape.text())
  for (let left = tape.number(); left > 0; left--) sql.putRedaction.run(room, tape.text(), tape.text(), tape.number())
  for (let left = tape.number(); left > 0; left--) sql.deleteSnapshot.run(tape.number())
  for (let left = tape.number(); left > 0; left--) sql.deleteBlock.run(tape.number())
  for (let left = tape.number(); left > 0; left--) sql.deleteIdentity.run(room, tape.text())
  for (let left = tape.number(); left > 0; left--) sql.putWait.run(room, tape.text(), tape.number())
  for (let left = tape.number(); left > 0; left--) sql.deleteWaits.run(tape.number())
  const outputs = tape.number()
  for (let at = 0; at < outputs; at++) sql.insertOutput.run(firstPosition + at, room, tape.text())
  for (let left = tape.number(); left > 0; left--) sql.deleteQueueRow.run(tape.number())
  return outputs
}

/** How many joined members a server gains or loses. */
function applyServer(room: number, tape: TapeReader, sql: WriterStatements): void {
  const server = tape.text()
  const by = tape.number()
  if (by > 0) sql.joinServer.run(room, server, by)
  else {
    const [members] = (sql.leaveServer.get(room, server, by) ?? []) as [members?: number]
    if (members !== undefined && members <= 0) sql.deleteServer.run(room, server)
  }
}

function applyEvent(tape: TapeReader, sql: WriterStatements): void {
  const json = tape.text()
  const event = tape.number()
  const head = tape.text()
  const tail = tape.text()
  const type = tape.number()
  const stateKey = tape.number()
  const flags = tape.number()
  const depth = tape.numberOrText()
  const timestamp = tape.number()
  const links = tape.text()
  const before = tape.number()
  const after = tape.maybe()
  const origin = tape.text()
  const reason = tape.text()
  if (json !== null) {
    sql.insertEvent.run(
      event,
      head,
      tail,
      type,
      stateKey,
      flags,
      depth,
      timestamp,
      links,
      before,
      after,
      origin,
      reason,
    )
    sql.insertJson.run(event, json)
    return
  }
  const { changes } = sql.updateEvent.run(
    type,
    stateKey,
    flags,
    depth,
    timestamp,
    links,
    before,
    after,
    origin,
    reason,
    event,
  )
  if (Number(changes) !== 1) throw new Error(`event NID ${event} is to be judged anew, but is not stored`)
}
