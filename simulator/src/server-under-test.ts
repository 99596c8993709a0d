/**
 * The room server as the simulator uses it: the only file that knows its API. Everything in here is in the terms of
 * events and strings.
 */
import {
  type EventId,
  type RoomEvent,
  type RoomVersionRules,
  readStoredPdu,
  rulesOf,
  type ServerName,
} from '@neurite/protocol'
import { type InputResult, type KeyRing, type RemoteServers, RoomServer } from '@neurite/roomserver'
import { inlineCrypto, type MadeEvent } from '@neurite/roomserver/input/testing'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { EventRow, Reader, RoomRow, Storage } from '@neurite/roomserver/storage'
import { type EventNid, roomOf, type StateSnapshotNid } from '@neurite/roomserver/types'

export interface ServerParts {
  readonly name: ServerName
  readonly storage: Storage
  readonly runtime: Runtime
  readonly remoteServers: RemoteServers
  readonly keyRing: KeyRing
  readonly onError: (error: unknown) => void
}

/** A room as its server sees it now. */
export interface RoomView {
  readonly roomId: string
  readonly rules: RoomVersionRules
  readonly extremities: readonly RoomEvent[]
  /** The current state. */
  readonly state: readonly RoomEvent[]
}

/** What a server has concluded about an event. */
export interface EventView {
  readonly eventId: string
  readonly status: EventRow['status']
  /** Judged by its auth events only: its place in the graph was not looked at. */
  readonly outlier: boolean
  readonly provisional: boolean
  readonly reason: string | undefined
  /** Event IDs, sorted; undefined for outliers. */
  readonly stateBefore: readonly string[] | undefined
}

export class ServerUnderTest {
  readonly #name: ServerName
  readonly #server: RoomServer
  readonly #reader: Reader

  private constructor(name: ServerName, server: RoomServer) {
    this.#name = name
    this.#server = server
    this.#reader = server.reader
  }

  static async open({ name, ...parts }: ServerParts): Promise<ServerUnderTest> {
    const server = await RoomServer.open({
      serverName: name,
      crypto: inlineCrypto,
      cacheBytes: 8 * 1024 * 1024,
      ...parts,
    })
    return new ServerUnderTest(name, server)
  }

  /** An event of a user of this server. */
  async send({ pdu, event }: MadeEvent): Promise<InputResult> {
    const item = { kind: 'new', roomId: event.roomId, roomVersion: event.rules.version, pdu } as const
    const [result] = await this.#server.receive([{ ...item, origin: this.#name, sendAsServer: this.#name }])
    return result as InputResult
  }

  /** Events from another server. Resolves when they are on the disk. */
  async take(origin: ServerName, roomId: string, roomVersion: string, pdus: readonly string[]): Promise<void> {
    await this.#server.enqueue(pdus.map(pdu => ({ kind: 'new', roomId, roomVersion, pdu, origin })))
  }

  /** Events that are to be sent to other servers, in the order of their positions. */
  async *toSend(after: number, signal: AbortSignal): AsyncIterable<{ position: number; made: MadeEvent }> {
    for await (const { position, output } of this.#server.output.subscribe(after, signal)) {
      if (output.kind !== 'new' || output.sendAsServer === undefined) continue
      const [made] = await this.#load([output.event])
      if (made !== undefined) yield { position, made }
    }
  }

  /** Positions of the output, as they were written. */
  async positions(): Promise<number[]> {
    const positions: number[] = []
    for (let after = 0; ; after = positions.at(-1) as number) {
      const rows = await this.#reader.output(after, 1000)
      if (rows.length === 0) return positions
      positions.push(...rows.map(({ position }) => position))
    }
  }

  async room(roomId: string): Promise<RoomView | undefined> {
    const room = await this.#reader.room(roomId)
    if (room === undefined) return undefined
    const extremities = await this.#load(room.forwardExtremities)
    const state = await this.#load(await this.#stateOf(room.currentSnapshot))
    const events = (loaded: readonly MadeEvent[]) => loaded.map(({ event }) => event)
    return { roomId, rules: rulesOf(room.roomVersion), extremities: events(extremities), state: events(state) }
  }

  /** All events of a room with their verdicts, in the order in which they were stored. */
  async events(roomId: string): Promise<EventView[]> {
    const room = await this.#reader.room(roomId)
    if (room === undefined) return []
    const rows = await this.#rows(room)
    const ids = new Map(rows.map(row => [row.event, row.eventId]))
    const views: EventView[] = []
    for (const row of rows) {
      const before = row.outlier ? undefined : await this.#stateOf(row.snapshotBefore)
      const stateBefore = before?.map(nid => ids.get(nid) ?? `NID ${nid}`).sort()
      const { eventId, status, outlier, provisional, reason } = row
      views.push({
        eventId,
        status,
        outlier,
        provisional,
        stateBefore,
        reason: reason && `${reason.check}: ${reason.reason}`,
      })
    }
    return views
  }

  /** All events of a room. */
  async allEvents(roomId: string): Promise<MadeEvent[]> {
    const room = await this.#reader.room(roomId)
    return room === undefined ? [] : this.#load((await this.#rows(room)).map(({ event }) => event))
  }

  /** An event by its ID, if it is stored. */
  async event(roomId: string, eventId: string): Promise<MadeEvent | undefined> {
    return (await this.loadIds(roomId, [eventId]))[0]
  }

  /** Those of the events that are stored. */
  async loadIds(roomId: string, eventIds: readonly string[]): Promise<MadeEvent[]> {
    const room = await this.#reader.room(roomId)
    if (room === undefined) return []
    const nids = await this.#reader.eventNids(room.room, eventIds)
    return this.#load([...nids.values()])
  }

  /** The state before an event, where this server knows it. */
  async stateBefore(roomId: string, eventId: string): Promise<MadeEvent[] | undefined> {
    const room = await this.#reader.room(roomId)
    const nid = room && (await this.#reader.eventNids(room.room, [eventId])).get(eventId)
    const [row] = nid === undefined ? [] : await this.#reader.events([nid])
    if (row === undefined || row.outlier) return undefined
    return this.#load(await this.#stateOf(row.snapshotBefore))
  }

  async #rows(room: RoomRow): Promise<EventRow[]> {
    const rows: EventRow[] = []
    for (let after: EventNid | 0 = 0; ; after = (rows.at(-1) as EventRow).event) {
      const page = await this.#reader.eventsOfRoom(room.room, after, 1000)
      if (page.length === 0) return rows
      rows.push(...page)
    }
  }

  async #stateOf(snapshot: StateSnapshotNid | 0): Promise<EventNid[]> {
    const view = await this.#server.states.view(snapshot)
    return Array.from(view.entries(), ({ event }) => event)
  }

  async #load(nids: readonly EventNid[]): Promise<MadeEvent[]> {
    const rows = await this.#reader.events(nids)
    const json = await this.#reader.eventJson(nids)
    const loaded: MadeEvent[] = []
    for (const row of rows) {
      const pdu = json.get(row.event)
      const room = await this.#reader.roomByNid(roomOf(row.event))
      if (pdu === undefined || room === undefined) throw new Error(`event ${row.eventId} has no JSON or no room`)
      const rules = rulesOf(room.roomVersion)
      loaded.push({ pdu, event: readStoredPdu(pdu, row.eventId as EventId, rules) })
    }
    return loaded
  }

  async close(): Promise<void> {
    await this.#server.close()
  }
}
