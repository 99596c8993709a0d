/**
 * The room as it was before a join, for the server that joins: all of its state, or what it can do without members with. Server-server
 * API, "PUT /send_join", `omit_members`.
 */
import type { RoomEvent } from '@neurite/protocol'
import { type EventNid, emptyStateKeyNid, memberTypeNid, type StateEntry } from '../../types/index.ts'
import type { FoundRoom } from '../room-state.ts'
import type { ReceivingContext } from './context.ts'

export interface RoomBefore {
  /** JSON texts. */
  readonly state: string[]
  /** JSON texts: of the join and of the state, but where members are omitted without what is in the state. */
  readonly authChain: string[]
}

/** How many members stand for a room without a name. Client-server API, `m.heroes`. */
const maxHeroes = 5
/** Members looked at for each kind: the one who joins is none of them. */
const lookedAt = maxHeroes + 1
/** Servers read at once. */
const pageServers = 1_000

/** @param join was taken just now */
export async function roomBefore(
  { eventId, stateKey }: RoomEvent,
  room: FoundRoom,
  omitMembers: boolean,
  { storage, states }: ReceivingContext,
): Promise<RoomBefore> {
  const { reader } = storage
  const { row, rules } = room
  const nid = (await reader.eventNids(row.room, [eventId])).get(eventId)
  const [join] = nid === undefined ? [] : await reader.events([nid])
  if (join === undefined) throw new Error(`join ${eventId} was taken and is not stored`)
  const entries = [...(await states.view(join.snapshotBefore)).entries()]
  const given = omitMembers ? await withoutMembers(entries, stateKey, room, { storage }) : entries
  const state = given.map(({ event }) => event)
  const rows = await reader.events(state)
  const latest = (await reader.roomByNid(row.room)) ?? row
  const graph = { nid: row.room, roomId: row.roomId, rules, next: latest.next }
  const chain = await states.authChain(graph, [join.authEvents, ...rows.map(({ authEvents }) => authEvents)])
  const inState = new Set(omitMembers ? state : [])
  const authChain = chain.filter(event => !inState.has(event))
  return { state: await texts(state, { storage }), authChain: await texts(authChain, { storage }) }
}

/** The servers with joined members, by name. */
export async function serversIn({ row }: FoundRoom, { storage }: Pick<ReceivingContext, 'storage'>): Promise<string[]> {
  const servers: string[] = []
  for (let after = ''; ; ) {
    const page = await storage.reader.joinedServers(row.room, after, pageServers)
    servers.push(...page.map(({ server }) => server))
    const last = page.at(-1)
    if (last === undefined) return servers
    after = last.server
  }
}

/** A room that has neither name nor alias is called by some of its members: these stay. */
async function withoutMembers(
  entries: readonly StateEntry[],
  joining: string | undefined,
  room: FoundRoom,
  context: Pick<ReceivingContext, 'storage'>,
): Promise<StateEntry[]> {
  const { reader } = context.storage
  const names = await reader.eventTypeNids(['m.room.name', 'm.room.canonical_alias'])
  const naming = new Set(names.values())
  const isNamed = entries.some(({ type, stateKey }) => naming.has(type) && stateKey === emptyStateKeyNid)
  const heroes = isNamed ? new Set<EventNid>() : await heroesOf(joining, room, context)
  return entries.filter(({ type, event }) => type !== memberTypeNid || heroes.has(event))
}

/** The member events of those who are there or invited; where nobody else is, of those who were. */
async function heroesOf(
  joining: string | undefined,
  { row }: FoundRoom,
  { storage }: Pick<ReceivingContext, 'storage'>,
): Promise<Set<EventNid>> {
  const { reader } = storage
  const joiner = joining === undefined ? undefined : (await reader.stateKeyNids([joining])).get(joining)
  for (const kinds of [['join', 'invite'] as const, ['leave', 'ban'] as const]) {
    const heroes: EventNid[] = []
    for (const membership of kinds)
      for (const { user, event } of await reader.memberships(row.room, membership, 0, lookedAt))
        if (user !== joiner && event !== 0) heroes.push(event)
    if (heroes.length > 0) return new Set(heroes.slice(0, maxHeroes))
  }
  return new Set()
}

async function texts(events: readonly EventNid[], { storage }: Pick<ReceivingContext, 'storage'>): Promise<string[]> {
  const found = await storage.reader.eventJson(events)
  return events.map(event => found.get(event) as string)
}
