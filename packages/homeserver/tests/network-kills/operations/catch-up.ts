/** A server that was away and gets what it missed, once it shows that it is back. */
import { allComesTo, comesTo, sayOnce, sharedHall } from '../hall.ts'
import type { Operation } from '../operation.ts'

const messages = 25

export const catchUp: Operation = {
  name: 'a catch-up',
  async prepare(pair) {
    const { guest, ann } = pair
    const roomId = await sharedHall(pair)
    await guest.peer.stop()
    for (let at = 0; at < messages; at++) {
      await ann.say(roomId, `missed ${at}`)
      if (at % 10 === 5) await ann.setState(roomId, 'm.room.topic', { topic: `chapter ${at}` })
    }
    await guest.peer.start()
    return roomId
  },
  async work({ ann, bob }, roomId) {
    await comesTo(ann, roomId, await sayOnce(bob, roomId, 'I am back'))
    await sayOnce(ann, roomId, 'so much has happened')
    await allComesTo(bob, roomId, ann)
  },
}
