/**
 * Who created a room. Room version 1, "Authorisation rules" (`creator`); 11 (the sender); 12 ("room creators").
 */
import type { RoomEvent } from '../event/index.ts'

/** The user who opened the room: `content.creator` until room version 10, from 11 on the sender of the create event. */
export function roomCreator(create: RoomEvent): string | undefined {
  if (!create.rules.auth.creatorInContent) return create.sender
  const { creator } = create.content
  return typeof creator === 'string' ? creator : undefined
}

/** The users that `additional_creators` names (room version 12); none in other versions. */
export function additionalCreators(create: RoomEvent): readonly string[] {
  const list = create.content['additional_creators']
  if (!create.rules.auth.privilegedCreators || !Array.isArray(list)) return []
  return list.filter(user => typeof user === 'string')
}

/** Whether a user is a creator of the room, by opening it or as an additional one. */
export function isCreator(userId: string, create: RoomEvent): boolean {
  return roomCreator(create) === userId || additionalCreators(create).includes(userId)
}
