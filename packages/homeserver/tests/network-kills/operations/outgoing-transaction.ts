/** Sending what is said on one server to the other while it is said. */
import { allComesTo, sayOnce, setTopic, sharedHall } from '../hall.ts'
import type { Operation } from '../operation.ts'

const messages = 25

export const outgoingTransaction: Operation = {
  name: 'an outgoing transaction',
  prepare: sharedHall,
  async work({ ann, bob }, roomId) {
    for (let at = 0; at < messages; at++) {
      if (at % 10 === 5) await setTopic(ann, roomId, `chapter ${at}`)
      await sayOnce(ann, roomId, `said ${at}`)
    }
    await allComesTo(bob, roomId, ann)
  },
}
