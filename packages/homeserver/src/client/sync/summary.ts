/**
 * What a client calls a room by that has no name: how many are in it, and who. Client-server API, "Calculating the display name for a
 * room", `summary`.
 */
import { loadEvents } from '../events/load-events.ts'
import type { SyncLook } from './look.ts'

export interface RoomSummary {
  readonly 'm.heroes'?: readonly string[]
  readonly 'm.joined_member_count': number
  readonly 'm.invited_member_count': number
}

/** The specification's number. */
const maxHeroes = 5

export async function summaryOf(look: SyncLook, roomId: string): Promise<RoomSummary> {
  const { context } = look
  const { joined, invited } = await context.roomServer.queryMemberCounts({ roomId })
  const heroes = (await isNamed(look, roomId)) ? undefined : heroesOf(look, roomId)
  return {
    ...(heroes === undefined ? {} : { 'm.heroes': heroes }),
    'm.joined_member_count': joined,
    'm.invited_member_count': invited,
  }
}

/** Those who are there or invited; where nobody is, those who were. */
function heroesOf({ context, caller, upTo }: SyncLook, roomId: string): string[] {
  const { roomStates } = context.tables
  const of = (membership: string) =>
    roomStates
      .members(roomId, membership, upTo.rooms, maxHeroes + 1)
      .sort((a, b) => a.from - b.from)
      .map(({ stateKey }) => stateKey)
      .filter(userId => userId !== caller.userId)
  const present = [...of('join'), ...of('invite')]
  return (present.length > 0 ? present : [...of('leave'), ...of('ban')]).slice(0, maxHeroes)
}

async function isNamed({ context, upTo }: SyncLook, roomId: string): Promise<boolean> {
  const { roomStates } = context.tables
  const keys = [
    ['m.room.name', 'name'],
    ['m.room.canonical_alias', 'alias'],
  ] as const
  for (const [type, key] of keys) {
    const entry = roomStates.entryAt(roomId, type, '', upTo.rooms)
    const events = entry === undefined ? undefined : await loadEvents(context, roomId, [entry.eventId])
    const name = events?.get(entry?.eventId ?? '')?.content[key]
    if (typeof name === 'string' && name !== '') return true
  }
  return false
}
