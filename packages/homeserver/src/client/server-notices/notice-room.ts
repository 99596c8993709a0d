/**
 * The room in which the server tells a user something: made with the first notice, with the user invited, and named by a tag. Whoever has
 * left it is invited again with the next. Client-server API, "Server Notices", "Server behaviour".
 */
import { rulesOf, type UserId } from '@neurite/protocol'
import { RoomServerError } from '@neurite/roomserver/api'
import { changeTags } from '../account-data/tags.ts'
import type { ClientContext } from '../context.ts'
import { roomProfile } from '../rooms/member-content.ts'

const noticeTag = 'm.server_notice'
/** Of the user in the room: what they write there nobody would read. */
const readersLevel = -10
const senderLevel = 100

/** @param sender whom the notices come from. @returns the room, with the user in it or invited */
export function noticeRoomOf(context: ClientContext, sender: UserId, userId: UserId): Promise<string> {
  return context.turns.take(`notice room ${userId}`, async () => {
    const { tables, database, roomServer } = context
    const known = tables.noticeRooms.of(userId)
    if (known !== undefined && (await isStillOurs(context, known, sender))) {
      const { membership } = await roomServer.queryMembership({ roomId: known, userId })
      if (membership !== 'join' && membership !== 'invite')
        await roomServer.performInvite({ roomId: known, inviter: sender, invitee: userId })
      return known
    }
    const roomId = await makeRoom(context, sender, userId)
    await database.write(tables.noticeRooms.set(userId, roomId))
    await changeTags(context, userId, roomId, tags => tags.set(noticeTag, {}))
    return roomId
  })
}

async function makeRoom(context: ClientContext, sender: UserId, userId: UserId): Promise<string> {
  const { roomServer, settings } = context
  const { defaultRoomVersion: roomVersion } = settings
  // Who has made a room of the newer versions is above all levels, and may not be among them.
  const ofSender = rulesOf(roomVersion).auth.privilegedCreators ? {} : { [sender]: senderLevel }
  const { roomId } = await roomServer.performCreateRoom({
    ...{ creator: sender, creatorProfile: roomProfile(context, sender), roomVersion, preset: 'private_chat' },
    ...(settings.serverNotices === undefined ? {} : { name: settings.serverNotices.roomName }),
    invite: [userId],
    inviteProfiles: { [userId]: roomProfile(context, userId) },
    powerLevelContentOverride: { users: { ...ofSender, [userId]: readersLevel } },
  })
  return roomId
}

/** A room may have been purged, or have seen another sender. */
async function isStillOurs({ roomServer }: ClientContext, roomId: string, sender: UserId): Promise<boolean> {
  try {
    return (await roomServer.queryMembership({ roomId, userId: sender })).membership === 'join'
  } catch (error) {
    if (error instanceof RoomServerError && error.errcode === 'M_NOT_FOUND') return false
    throw error
  }
}
