/** Coming into a room of another server: template, signature, state, and the first message after it. */
import { eventually } from '../../interop/until.ts'
import { comesTo, hall, sayOnce } from '../hall.ts'
import type { Operation } from '../operation.ts'

export const join: Operation = {
  name: 'a join',
  async prepare(pair) {
    const roomId = await hall(pair)
    for (const text of ['one', 'two', 'three']) await pair.ann.say(roomId, text)
    return roomId
  },
  async work({ host, ann, bob }, roomId) {
    await eventually(() => bob.join(roomId, host.peer))
    await comesTo(ann, roomId, await sayOnce(bob, roomId, 'here I am'))
    await comesTo(bob, roomId, await sayOnce(ann, roomId, 'welcome'))
  },
}
