/**
 * Figures of one room or of the whole server.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { noSuchRoom } from '../api/index.ts'
import { positionText } from '../output/index.ts'
import type { RoomRow } from '../storage/rows.ts'
import type { EventNid, RoomNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'

/** Rows read at once. */
const pageRows = 500

export async function stats(
  request: RequestTo<'queryStats'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryStats'>> {
  const { roomId } = request
  const { reader, yieldNow } = context
  const figures = { rooms: 0, events: 0, provisional: 0, stateSnapshots: 0, stateBlocks: 0 }
  const more = { joinedMembers: 0, forwardExtremities: 0, queuedEvents: 0 }
  const add = async (row: RoomRow) => {
    figures.rooms++
    figures.events += row.next.event - 1
    figures.stateSnapshots += row.next.snapshot - 1
    figures.stateBlocks += row.next.block - 1
    figures.provisional += await provisional(row, context)
    more.joinedMembers += row.joinedMembers
    more.forwardExtremities += row.forwardExtremities.length
    more.queuedEvents += await queued(row.roomId, context)
  }
  if (roomId !== undefined) {
    const row = await reader.room(roomId)
    if (row === undefined) throw noSuchRoom(roomId)
    await add(row)
  } else
    for (let after: RoomNid | 0 = 0; ; await yieldNow()) {
      const page = await reader.rooms(after, pageRows)
      for (const row of page) await add(row)
      if (page.length < pageRows) break
      after = page.at(-1)?.room as RoomNid
    }
  return { ...figures, ...more, outputPosition: positionText(await reader.lastPosition()) }
}

async function provisional({ room }: RoomRow, { reader }: QueryContext): Promise<number> {
  let count = 0
  for (let after: EventNid | 0 = 0; ; ) {
    const page = await reader.provisionalEvents(room, after, pageRows)
    count += page.length
    if (page.length < pageRows) return count
    after = page.at(-1)?.event as EventNid
  }
}

async function queued(roomId: string, { reader }: QueryContext): Promise<number> {
  let count = 0
  for (let after = 0; ; ) {
    const page = await reader.queue(roomId, after, pageRows)
    count += page.length
    if (page.length < pageRows) return count
    after = page.at(-1)?.row as number
  }
}
