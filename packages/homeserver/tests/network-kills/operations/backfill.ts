/** Fetching what was said before a join, in many pieces. */
import { fetchHistory, hall } from '../hall.ts'
import type { Operation } from '../operation.ts'

const messages = 40

export const backfill: Operation = {
  name: 'a backfill',
  async prepare(pair) {
    const roomId = await hall(pair)
    for (let at = 0; at < messages; at++) await pair.ann.say(roomId, `past ${at}`)
    await pair.bob.join(roomId, pair.host.peer)
    return roomId
  },
  work: ({ guest }, roomId) => fetchHistory(guest, roomId),
}
