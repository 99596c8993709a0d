/**
 * Rows of rooms that there are not: nothing leads to them, and a room that got their number later would take them for its own.
 */
import type { NumberedTable } from '../../storage/index.ts'
import type { RoomNid } from '../../types/index.ts'
import type { DatabaseCheck } from '../check.ts'

const tables: readonly NumberedTable[] = ['events', 'event_json', 'state_snapshots', 'state_blocks']

export const strangers: DatabaseCheck = {
  id: 'strangers',
  of: 'database',
  why: 'every row of a room can be found by the room',
  async *run({ reader, inventory, pause }) {
    if (inventory === undefined) return
    for (const table of tables)
      for (let after: RoomNid | 0 = 0; ; ) {
        const room: RoomNid | undefined = await inventory.nextRoom(table, after)
        if (room === undefined) break
        if ((await reader.roomByNid(room)) === undefined)
          yield { message: `${table} has rows of room NID ${room}, which there is not` }
        after = room
        await pause(1)
      }
  },
}
