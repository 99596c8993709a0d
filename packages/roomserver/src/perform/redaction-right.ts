/**
 * Whom a local user may redact. The rules let any user of a server redact what others of that server sent, since they cannot know whom
 * its operator trusts: so the server itself must ask for more. Client-server API, "PUT /rooms/{roomId}/redact/{eventId}/{txnId}".
 */
import { RoomServerError } from '../api/index.ts'
import type { EventDraft } from '../input/draft.ts'
import type { PerformContext } from './context.ts'
import { authStateFor, existingRoom, type FoundRoom } from './room-state.ts'

/** @throws {RoomServerError} `M_FORBIDDEN` where the event is a redaction, of what someone else sent, by a user without the redact level */
export async function refuseRedaction(roomId: string, draft: EventDraft, context: PerformContext): Promise<void> {
  if (draft.type !== 'm.room.redaction') return
  const room = await existingRoom(roomId, context)
  const target = targetOf(draft, room)
  if (target === undefined || (await senderOf(target, room, context)) === draft.sender) return
  const state = await authStateFor([], room, context)
  if (state.powerLevelOf(draft.sender) >= state.levelFor('redact')) return
  throw new RoomServerError(
    'M_FORBIDDEN',
    `${draft.sender} may not redact ${target} in ${roomId}: someone else sent it, and that needs the redact level`,
    { rule: 'redaction/power' },
  )
}

/** The event that the redaction will name, as {@link RoomEvent.redacts} would say. */
function targetOf({ redacts, content }: EventDraft, { rules }: FoundRoom): string | undefined {
  if (redacts !== undefined) return redacts
  const named = rules.format.redacts === 'content' ? content['redacts'] : undefined
  return typeof named === 'string' ? named : undefined
}

/** @returns undefined where the event is not here */
async function senderOf(eventId: string, { row }: FoundRoom, { storage, events }: PerformContext) {
  const nid = (await storage.reader.eventNids(row.room, [eventId])).get(eventId)
  return nid === undefined ? undefined : (await events.load([nid])).get(nid)?.sender
}
