/**
 * Taking a room away in short steps, each within the writer's transaction. What is found by its ID goes first, so that a new room
 * of the same ID keeps what is its own; then outputs lose their content; then the rows by the room's number go, its own row last. The
 * room's row says how far it is, so that it goes on after a crash.
 */
import { afterRoom, inRoom, type RoomNid } from '../../types/index.ts'
import { gonePayload } from '../gone-output.ts'
import type { StoredText } from '../packed/text.ts'
import type { PurgeText } from './purge-statements.ts'
import type { WriterStatements } from './writer-statements.ts'

/** Where a purge is. Stored, so they stay what they are. */
const phases = { none: 0, byId: 1, outputs: 2, byNumber: 3 } as const

const byId = [
  ...(['purgeInvites', 'purgeAliases', 'purgePublished', 'purgeForgotten'] as const),
  ...(['purgePeeks', 'purgeInboundPeeks', 'purgePartialJoins', 'purgeQueue'] as const),
] as const satisfies readonly PurgeText[]
/** By the room's number in a column. */
const byRoom = [
  ...(['purgeMemberships', 'purgeJoinedServers', 'purgeRedactions', 'purgeWaits'] as const),
  ...(['purgeIdentities'] as const),
] as const satisfies readonly PurgeText[]
/** By the range of numbers that are the room's. */
const byRange = [
  ...(['purgeSnapshots', 'purgeBlocks', 'purgeJson', 'purgeEvents'] as const),
] as const satisfies readonly PurgeText[]

/** Output rows that are looked at for each that may be changed: most are of other rooms. Reading them is a tenth of the work. */
const looksARow = 10

/** A room's row as its purge knows it. */
type Progress = [roomId: StoredText, phase: number, outputsAfter: number]

/**
 * @param most how many rows may be taken away
 * @param lastPosition the last one given out
 * @returns whether anything is left
 */
export function purgeStep(sql: WriterStatements, room: RoomNid, most: number, lastPosition: number): boolean {
  const progress = sql.readPurge.get(room) as Progress | undefined
  if (progress === undefined) return false
  const [roomId] = progress
  let [, phase, outputsAfter] = progress
  let left = most
  if (phase === phases.none) phase = phases.byId
  if (phase === phases.byId) {
    left = takeAway(byId, left, (name, limit) => sql[name].run(roomId, limit))
    if (left > 0) phase = phases.outputs
  }
  if (phase === phases.outputs && left > 0) {
    const [end, changed] = emptyOutputs(
      sql,
      room,
      outputsAfter,
      Math.min(outputsAfter + left * looksARow, lastPosition),
      left,
    )
    outputsAfter = end
    left -= changed
    if (outputsAfter >= lastPosition) phase = phases.byNumber
  }
  if (phase === phases.byNumber && left > 0) {
    left = takeAway(byRoom, left, (name, limit) => sql[name].run(room, limit))
    left = takeAway(byRange, left, (name, limit) => sql[name].run(inRoom(room, 1), afterRoom(room), limit))
    if (left > 0) {
      sql.deleteRoom.run(room)
      return false
    }
  }
  sql.setPurge.run(room, phase, outputsAfter)
  return true
}

/** Runs statements until so many rows are gone. @returns how many more may go: above 0 only where the tables have none left */
function takeAway<Name>(
  names: readonly Name[],
  most: number,
  run: (name: Name, limit: number) => { changes: number | bigint },
): number {
  let left = most
  for (const name of names) if (left > 0) left -= Number(run(name, left).changes)
  return left
}

/** Looks at the outputs between two positions and empties the room's, so many at most. @returns how far it came, and how many it were */
function emptyOutputs(
  sql: WriterStatements,
  room: RoomNid,
  after: number,
  to: number,
  most: number,
): [end: number, changed: number] {
  const [enough] = (sql.readOutputOf.get(after, to, room, most - 1) ?? []) as [position?: number]
  const end = enough ?? to
  const { changes } = sql.emptyOutputs.run(after, end, room, gonePayload)
  return [end, Number(changes)]
}
