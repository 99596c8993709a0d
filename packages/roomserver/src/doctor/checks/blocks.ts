/**
 * State blocks: every one unpacks, its checksum holds, and its entries name state events of just their type and state key.
 */
import { decodeBlock, keyNumber } from '../../state/index.ts'
import { localOf, type StateBlockNid } from '../../types/index.ts'
import type { CheckContext, CheckedRoom, Found, RoomCheck } from '../check.ts'
import { numberedPages, readableEvents } from '../pages.ts'

export const blocks: RoomCheck = {
  id: 'blocks',
  of: 'room',
  why: 'a block is shared by many states: one wrong entry is a silent reset of all of them',
  async *run(room, context) {
    const { row } = room
    const keys = await keysOfEvents(room, context)
    const read = (nids: readonly StateBlockNid[]) => context.reader.blocks(nids)
    for await (const page of numberedPages(row.room, row.next.block, read)) {
      if (page.kind === 'damaged') yield { message: page.error.message }
      else {
        for (const { block, data } of page.rows) yield* entriesOf(block, data, keys)
        await context.pause(page.rows.length)
      }
    }
  },
}

function* entriesOf(block: StateBlockNid, data: Uint8Array, keysOfEvents: Float64Array): Generator<Found> {
  let decoded: ReturnType<typeof decodeBlock>
  try {
    decoded = decodeBlock(block, data)
  } catch (error) {
    yield { message: error instanceof Error ? error.message : String(error) }
    return
  }
  const { keys, events } = decoded
  let last = -1
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as number
    const event = events[at] as number
    if (key <= last) yield { message: `block number ${localOf(block)} is not sorted` }
    last = key
    if (event === 0 || keysOfEvents[event] === key) continue
    yield { message: `block number ${localOf(block)} names event number ${event} under a key that is not its own` }
  }
}

/** By local number: the key of a state event, 0 for all others. Eight bytes an event. */
async function keysOfEvents({ row }: CheckedRoom, { reader, pause }: CheckContext): Promise<Float64Array> {
  const keys = new Float64Array(row.next.event)
  for await (const rows of readableEvents(reader, row.room)) {
    for (const { event, type, stateKey } of rows)
      if (stateKey !== 0 && localOf(event) < keys.length) keys[localOf(event)] = keyNumber(type, stateKey)
    await pause(rows.length)
  }
  return keys
}
