/**
 * The federation API between simulated servers: what each asks the others, and what it answers out of what it has stored.
 */
import type { EventId, RoomId, ServerName } from '@neurite/protocol'
import type { RemoteServers } from '@neurite/roomserver'
import type { MadeEvent } from '@neurite/roomserver/input/testing'
import type { ServerUnderTest } from './server-under-test.ts'
import type { VirtualNetwork } from './virtual-network.ts'

interface MissingEvents {
  readonly earliest: readonly EventId[]
  readonly latest: readonly EventId[]
  readonly limit: number
  readonly minDepth: number
}

/** What one server says to another. */
export type Message =
  | {
      readonly kind: 'transaction'
      readonly roomId: string
      readonly roomVersion: string
      readonly pdus: readonly string[]
    }
  | { readonly kind: 'event'; readonly eventId: EventId }
  | ({ readonly kind: 'missingEvents'; readonly roomId: RoomId } & MissingEvents)
  | { readonly kind: 'eventAuth' | 'stateIds' | 'state'; readonly roomId: RoomId; readonly eventId: EventId }

/** The other servers, as one of them reaches them. */
export function remoteServersOver(network: VirtualNetwork, us: ServerName): RemoteServers {
  const ask = async (server: ServerName, message: Message, signal: AbortSignal) =>
    (await network.request(us, server, message, signal)) as never
  return {
    event: (server, eventId, signal) => ask(server, { kind: 'event', eventId }, signal),
    missingEvents: (server, roomId, query, signal) => ask(server, { kind: 'missingEvents', roomId, ...query }, signal),
    eventAuth: (server, roomId, eventId, signal) => ask(server, { kind: 'eventAuth', roomId, eventId }, signal),
    stateIds: (server, roomId, eventId, signal) => ask(server, { kind: 'stateIds', roomId, eventId }, signal),
    state: (server, roomId, eventId, signal) => ask(server, { kind: 'state', roomId, eventId }, signal),
  }
}

/** Answers what another server asks. @param roomId the one room of the simulation */
export async function answer(server: ServerUnderTest, roomId: string, from: ServerName, message: Message) {
  switch (message.kind) {
    case 'transaction':
      await server.take(from, message.roomId, message.roomVersion, message.pdus)
      return {}
    case 'event':
      return (await server.event(roomId, message.eventId))?.pdu
    case 'missingEvents':
      return texts(await missingEvents(server, roomId, message))
    case 'eventAuth':
      return texts(await authChain(server, roomId, [message.eventId]))
    case 'stateIds': {
      const found = await stateBefore(server, roomId, message.eventId)
      return found && { stateIds: ids(found.state), authChainIds: ids(found.authChain) }
    }
    case 'state': {
      const found = await stateBefore(server, roomId, message.eventId)
      return found && { state: texts(found.state), authChain: texts(found.authChain) }
    }
  }
}

async function stateBefore(server: ServerUnderTest, roomId: string, eventId: string) {
  const state = await server.stateBefore(roomId, eventId)
  return state && { state, authChain: await authChain(server, roomId, ids(state)) }
}

/** Breadth first from the latest back, as far as the limit. */
async function missingEvents(
  server: ServerUnderTest,
  roomId: string,
  { earliest, latest, limit, minDepth }: MissingEvents,
): Promise<MadeEvent[]> {
  const seen = new Set<string>([...earliest, ...latest])
  const found: MadeEvent[] = []
  let front = await server.loadIds(roomId, latest)
  while (front.length > 0 && found.length < limit) {
    const further = front.flatMap(({ event }) => event.prevEvents).filter(eventId => !seen.has(eventId))
    for (const eventId of further) seen.add(eventId)
    const loaded = await server.loadIds(roomId, [...new Set(further)])
    front = loaded.filter(({ event }) => event.depth >= minDepth).slice(0, limit - found.length)
    found.push(...front)
  }
  return found.reverse()
}

/** The auth chain of events, without themselves. */
async function authChain(server: ServerUnderTest, roomId: string, eventIds: readonly string[]): Promise<MadeEvent[]> {
  const found = new Map<string, MadeEvent>()
  let front = await server.loadIds(roomId, eventIds)
  while (front.length > 0) {
    const further = front.flatMap(({ event }) => event.authEvents).filter(eventId => !found.has(eventId))
    front = await server.loadIds(roomId, [...new Set(further)])
    for (const made of front) found.set(made.event.eventId, made)
  }
  return [...found.values()]
}

function texts(events: readonly MadeEvent[]): string[] {
  return events.map(({ pdu }) => pdu)
}

function ids(events: readonly MadeEvent[]): string[] {
  return events.map(({ event }) => event.eventId)
}
