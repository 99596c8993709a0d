/**
 * What the tables of a room's members must say, worked out from a state alone: for checks, and for repairs that cannot trust what the
 * tables say now.
 */
import { isUserId, type RoomEvent, serverNameOf } from '@neurite/protocol'
import type { StateView } from '../state/index.ts'
import type { MembershipRow } from '../storage/index.ts'
import { memberTypeNid, type StateEntry, type StateKeyNid } from '../types/index.ts'
import type { EventSource } from './event-source.ts'
import { membershipOf } from './memberships.ts'

export interface MemberTable {
  readonly rows: ReadonlyMap<StateKeyNid, MembershipRow>
  readonly joined: number
  readonly invited: number
  /** How many joined members each server has: servers with none are not in it. */
  readonly servers: ReadonlyMap<string, number>
}

/** Member events loaded at once. */
const pageMembers = 500

/** @param pause called between pages: lets other work run */
export async function memberTable(
  view: StateView,
  events: EventSource,
  pause: () => Promise<void>,
): Promise<MemberTable> {
  const rows = new Map<StateKeyNid, MembershipRow>()
  const servers = new Map<string, number>()
  const entries = [...view.entriesOfType(memberTypeNid)]
  for (let at = 0; at < entries.length; at += pageMembers) {
    const page = entries.slice(at, at + pageMembers)
    const loaded = await events.load(page.map(({ event }) => event))
    for (const entry of page) note(entry, loaded.get(entry.event), rows, servers)
    await pause()
  }
  const count = (membership: MembershipRow['membership']) =>
    [...rows.values()].filter(row => row.membership === membership).length
  return { rows, joined: count('join'), invited: count('invite'), servers }
}

function note(
  { stateKey: user, event }: StateEntry,
  member: RoomEvent | undefined,
  rows: Map<StateKeyNid, MembershipRow>,
  servers: Map<string, number>,
): void {
  const membership = membershipOf(member)
  if (membership === undefined) return
  rows.set(user, { user, event, membership })
  const userId = member?.stateKey ?? ''
  if (membership !== 'join' || !isUserId(userId)) return
  const server = serverNameOf(userId)
  servers.set(server, (servers.get(server) ?? 0) + 1)
}
