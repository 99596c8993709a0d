/**
 * What becomes of users in their rooms when their accounts change: a new name or picture goes into the member events of all rooms, and
 * who closes an account leaves them all. Client-server API, "Events on Change of Profile Information", "Account deactivation".
 */
import type { UserId } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import { memberContent } from './member-content.ts'
import { roomsOf } from './rooms-of.ts'

/** @returns stops it */
export function followAccounts(context: ClientContext): () => void {
  const stops = [
    context.profileChanged.listen(({ userId }) => renameInRooms(context, userId)),
    context.accountClosed.listen(({ userId }) => leaveRooms(context, userId)),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Where one room refuses, the others are told all the same. */
async function renameInRooms(context: ClientContext, userId: UserId): Promise<void> {
  const { roomServer } = context
  const rooms = await roomsOf(roomServer, userId, 'join')
  const failures: unknown[] = []
  for (const { roomId } of rooms)
    try {
      const { state } = await roomServer.queryCurrentState({ roomId, state: [['m.room.member', userId]] })
      const before = state[0] === undefined ? {} : JSON.parse(state[0].pdu).content
      const { displayname: _, avatar_url: __, ...rest } = before
      const content = { ...rest, membership: 'join', ...memberContent(context, userId) }
      const event = { type: 'm.room.member', stateKey: userId, sender: userId, content }
      await roomServer.performSend({ roomId, event, unlessSame: true })
    } catch (error) {
      failures.push(error)
    }
  if (failures.length > 0) throw new AggregateError(failures, `${userId} has another profile, and not all rooms know`)
}

async function leaveRooms(context: ClientContext, userId: UserId): Promise<void> {
  const { roomServer } = context
  const failures: unknown[] = []
  for (const membership of ['join', 'invite', 'knock'] as const)
    for (const { roomId } of await roomsOf(roomServer, userId, membership))
      try {
        await roomServer.performLeave({ roomId, userId })
      } catch (error) {
        failures.push(error)
      }
  if (failures.length > 0) throw new AggregateError(failures, `${userId} could not leave all rooms`)
}
