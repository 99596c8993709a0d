/**
 * Fetches what an event misses. Whatever comes is put into the room's input like any other event; what was stored stays, also when
 * the need as a whole was not met.
 */
import type { Crypto, EventId, RoomEvent, ServerName } from '@neurite/protocol'
import type { Reader } from '../storage/index.ts'
import { fetchAuthEvents } from './fetch/fetch-auth-events.ts'
import { fetchPrevEvents } from './fetch/fetch-prev-events.ts'
import { fetchSingles } from './fetch/fetch-single-events.ts'
import { fetchState } from './fetch/fetch-state.ts'
import type { FetchedEvent, FetchedEvents } from './fetch/fetched-events.ts'
import { type Fetched, type Intake, type Need, storedAmong } from './fetch/need.ts'
import { Sources } from './fetch/sources.ts'
import type { InputItem, MissingNote } from './item.ts'
import type { PartialRooms } from './partial-state/partial-rooms.ts'
import type { RemoteServers } from './remote-servers.ts'
import type { ServerSelection } from './server-selection.ts'
import type { Missing } from './step.ts'

export interface FetcherParts {
  readonly remote: RemoteServers
  readonly selection: ServerSelection
  readonly reader: Reader
  readonly crypto: Crypto
  readonly partialRooms: Pick<PartialRooms, 'has'>
  /** Lets other work run: see breathing.ts. */
  readonly pause: () => Promise<void>
}

export class Fetcher {
  readonly #parts: FetcherParts

  constructor(parts: FetcherParts) {
    this.#parts = parts
  }

  /** A server has sent something. */
  heardFrom(server: ServerName): void {
    this.#parts.selection.heardFrom(server)
  }

  async fetch(item: InputItem, event: RoomEvent, missing: Missing, intake: Intake): Promise<Fetched> {
    if (await this.#waitForThoseInHand(missing.eventIds, intake)) return { kind: 'progress' }
    const { remote, selection, reader, crypto, partialRooms } = this.#parts
    const servers = await selection.servers(item.roomId, [item.origin as ServerName], event)
    const sources = new Sources(remote, servers, selection)
    const isPartial = partialRooms.has(item.roomId)
    const { pause } = this.#parts
    const need: Need = { item, event, eventIds: missing.eventIds, sources, reader, crypto, intake, isPartial, pause }
    if (missing.kind === 'prev-events') return fetchPrevEvents(need)
    const fetched = await fetchAuthEvents(need)
    if (fetched.kind === 'progress' || item.kind === 'outlier' || !intake.mayCloseGaps) return fetched
    // The events before it, or the state there, may bring along what nobody gives by itself.
    const gap = await fetchPrevEvents(need)
    const stored = await storedAmong(need, missing.eventIds)
    return missing.eventIds.every(eventId => stored.has(eventId)) ? gap : fetched
  }

  /**
   * The state before an event, by the first of some servers that can say. Its events are taken as outliers.
   * @returns undefined where none of them can say it whole
   */
  async stateBefore(
    event: RoomEvent,
    servers: readonly ServerName[],
    intake: Intake,
  ): Promise<readonly EventId[] | undefined> {
    const { remote, selection, reader, crypto, partialRooms, pause } = this.#parts
    const sources = new Sources(remote, servers, selection)
    const isPartial = partialRooms.has(event.roomId)
    for (const server of sources.servers) {
      const { roomId, rules } = event
      const item: InputItem = { kind: 'new', roomId, roomVersion: rules.version, pdu: '', origin: server }
      const state = await fetchState(
        { item, event, eventIds: [], sources, reader, crypto, intake, isPartial, pause },
        event.eventId,
        server,
      )
      if (state !== undefined) return state
    }
    return undefined
  }

  /** Events that a note names, by ID: from the server that sent them, else from others in the room. */
  async noted({ roomId, roomVersion, origin }: MissingNote, eventIds: readonly string[]): Promise<FetchedEvents> {
    const { remote, selection, crypto, pause } = this.#parts
    const servers = await selection.servers(roomId, [origin as ServerName])
    const sources = new Sources(remote, servers, selection)
    const fetched = new Map<string, FetchedEvent>()
    const open = () => eventIds.filter(eventId => !fetched.has(eventId))
    const source = { sources, crypto, pause, item: { roomId, roomVersion } }
    for (const server of sources.servers) if (open().length > 0) await fetchSingles(source, open(), fetched, server)
    return fetched
  }

  /** An event that is on its way through the room already is not asked for. @returns whether there were any */
  async #waitForThoseInHand(eventIds: readonly string[], intake: Intake): Promise<boolean> {
    const inHand = eventIds.flatMap(eventId => intake.inHand(eventId) ?? [])
    await Promise.allSettled(inHand)
    return inHand.length > 0
  }
}
