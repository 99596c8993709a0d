/**
 * What push rules ask about a room, as it is. Client-server API, "Conditions for push rules".
 */
import { rulesOf } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import { type EventJson, objectIn } from '../events/event-json.ts'
import { loadEvents } from '../events/load-events.ts'
import type { RoomFacts } from './evaluate.ts'

/** "m.room.power_levels": what `notifications` does not name needs this. */
const defaultNotificationLevel = 50

export async function roomFacts(context: ClientContext, userId: string, roomId: string): Promise<RoomFacts> {
  const { tables, rooms, roomServer } = context
  const entryOf = (type: string, key: string) => tables.roomStates.entryAt(roomId, type, key, rooms.position)?.eventId
  const ids = [entryOf('m.room.member', userId), entryOf('m.room.power_levels', ''), entryOf('m.room.create', '')]
  const events = await loadEvents(
    context,
    roomId,
    ids.filter(id => id !== undefined),
  )
  const [member, levels, create] = ids.map(id => events.get(id ?? ''))
  const displayName = member?.content['displayname']
  const { joined } = await roomServer.queryMemberCounts({ roomId })
  return {
    displayName: typeof displayName === 'string' ? displayName : undefined,
    members: joined,
    mayNotify: (sender, key) => mayNotify(sender, key, levels, create),
  }
}

function mayNotify(sender: string, key: string, levels: EventJson | undefined, create: EventJson | undefined): boolean {
  if (create !== undefined && isCreator(sender, create)) return true
  const content = levels?.content ?? {}
  const level = objectIn(content, 'users')[sender] ?? content['users_default'] ?? 0
  const needed = objectIn(content, 'notifications')[key] ?? defaultNotificationLevel
  return Number(level) >= Number(needed)
}

/** Where creators outrank all levels. Room version 12. */
function isCreator(userId: string, create: EventJson): boolean {
  if (!rulesOf(create.roomVersion).auth.privilegedCreators) return false
  const { additional_creators: others } = create.content
  return create.sender === userId || (Array.isArray(others) && others.includes(userId))
}
