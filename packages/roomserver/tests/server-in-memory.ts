/**
 * A room server on storage in memory, with the real pipeline, and ways to look at what is in it. For tests.
 */
import { nodeCrypto, type RoomEvent, type RoomVersionRules, rulesOf, type ServerName } from '@neurite/protocol'
import type { RemoteServers } from '../src/input/remote-servers.ts'
import {
  EventMaker,
  type EventParts,
  InMemoryKeyRing,
  inlineCrypto,
  type MadeEvent,
  signerOf,
} from '../src/input/testing/index.ts'
import type { Network, PeerRequests } from '../src/perform/index.ts'
import { RoomServer, type RoomServerParts } from '../src/roomserver.ts'
import { nodeRuntime, type Runtime, SeededRandomness } from '../src/runtime/index.ts'
import { EventCache, StateCaches, StateStore } from '../src/state/index.ts'
import { type EventRow, MemoryDisk, openMemoryStorage, type Storage } from '../src/storage/index.ts'
import type { EventNid } from '../src/types/index.ts'

export const here = 'here.example' as ServerName
export const far = 'far.example' as ServerName

export interface ServerInMemoryOptions {
  readonly network?: Network
  /** What other servers answer to single requests. */
  readonly peers?: PeerRequests
  /** What other servers answer to the pipeline. Absent: nothing may be asked of them. */
  readonly remoteServers?: RemoteServers
  /** What an earlier server left. */
  readonly disk?: MemoryDisk
  /** Another storage than that in memory: then the disk is not used. */
  readonly storage?: Storage
  readonly runtime?: Runtime
  /** Whatever else the server is made with. */
  readonly parts?: Partial<RoomServerParts>
}

/** Everything that was taken, as it is stored. */
export interface Stored {
  readonly row: EventRow
  readonly event: RoomEvent
}

export class ServerInMemory {
  readonly server: RoomServer
  readonly performs: RoomServer['performs']
  readonly disk: MemoryDisk
  /** The server's own, past its contract: to write what only other servers bring about. */
  readonly storage: Storage
  readonly errors: unknown[]
  readonly #events: EventCache

  private constructor(server: RoomServer, disk: MemoryDisk, storage: Storage, errors: unknown[]) {
    this.server = server
    this.performs = server.performs
    this.disk = disk
    this.storage = storage
    this.errors = errors
    this.#events = new EventCache(server.reader, new StateCaches(1_000_000))
  }

  static async open({ network, disk = new MemoryDisk(), runtime, ...options }: ServerInMemoryOptions = {}) {
    const keyRing = new InMemoryKeyRing()
    for (const server of [here, far]) {
      const { keyId, seed } = signerOf(server, nodeCrypto)
      keyRing.add(server, keyId, nodeCrypto.publicKeyOf(seed))
    }
    const errors: unknown[] = []
    const storage = options.storage ?? (await openMemoryStorage({ disk }))
    const server = await RoomServer.open({
      serverName: here,
      storage,
      remoteServers: options.remoteServers ?? nobody,
      keyRing,
      runtime: runtime ?? { ...nodeRuntime, randomness: new SeededRandomness(disk.next.room) },
      crypto: inlineCrypto,
      signer: () => signerOf(here, nodeCrypto),
      onError: error => errors.push(error),
      ...(network === undefined ? {} : { network }),
      ...options.parts,
      ...(options.peers === undefined ? {} : { peers: options.peers }),
    })
    return new ServerInMemory(server, disk, storage, errors)
  }

  /** All events of a room in the order in which they were stored. */
  async events(roomId: string): Promise<Stored[]> {
    const room = await this.server.reader.room(roomId)
    if (room === undefined) return []
    const rows = await this.server.reader.eventsOfRoom(room.room, 0, 100_000)
    const loaded = await this.#events.load(rows.map(row => row.event))
    return rows.map(row => ({ row, event: loaded.get(row.event) as RoomEvent }))
  }

  /** The current state of a room by type and state key, with a space between. */
  async state(roomId: string): Promise<Map<string, RoomEvent>> {
    const { reader } = this.server
    const room = await reader.room(roomId)
    const states = new StateStore({
      ...{ reader, events: this.#events, crypto: inlineCrypto, caches: new StateCaches(1_000_000) },
      yieldNow: () => nodeRuntime.timers.yieldNow(),
    })
    const entries = [...(await states.view(room?.currentSnapshot ?? 0)).entries()]
    const loaded = await this.#events.load(entries.map(({ event }) => event))
    return new Map([...loaded.values()].map(event => [`${event.type} ${event.stateKey}`, event]))
  }

  /** The content of an entry of the current state; undefined where there is none. */
  async content(roomId: string, type: string, stateKey = ''): Promise<RoomEvent['content'] | undefined> {
    return (await this.state(roomId)).get(`${type} ${stateKey}`)?.content
  }

  async membership(roomId: string, userId: string): Promise<unknown> {
    return (await this.content(roomId, 'm.room.member', userId))?.['membership']
  }

  async forwardExtremities(roomId: string): Promise<readonly EventNid[]> {
    return (await this.server.reader.room(roomId))?.forwardExtremities ?? []
  }

  /** Takes events of other servers, all of which must be accepted. */
  async take(...made: readonly MadeEvent[]): Promise<void> {
    for (const { event, pdu } of made) {
      const item = { kind: 'new', roomId: event.roomId, roomVersion: event.rules.version, pdu, origin: far } as const
      const [result] = await this.server.receive([item])
      if (result?.kind !== 'accepted') throw new Error(`${event.type} is ${JSON.stringify(result)}`)
    }
  }

  async close(): Promise<void> {
    await this.server.close()
  }
}

/** An event of a user of another server, on top of others, with auth events out of a state. */
export function farEvent(
  rules: RoomVersionRules | string,
  parts: Omit<EventParts, 'authEvents' | 'timestamp'> & { readonly state: ReadonlyMap<string, RoomEvent> },
): MadeEvent {
  const maker = new EventMaker(typeof rules === 'string' ? rulesOf(rules) : rules, inlineCrypto, [
    signerOf(far, nodeCrypto),
  ])
  const { state, ...rest } = parts
  const isJoin = parts.type === 'm.room.member'
  const keys = ['m.room.power_levels ', `m.room.member ${parts.sender}`, ...(isJoin ? ['m.room.join_rules '] : [])]
  if (!maker.rules.auth.createImpliedByRoomId) keys.unshift('m.room.create ')
  const authEvents = keys.map(key => state.get(key)).filter(event => event !== undefined)
  return maker.make({ ...rest, authEvents, timestamp: 1_700_000_000_000 + nextTimestamp++ })
}

/** No two events of other servers are alike. */
let nextTimestamp = 0

/** Who is asked for something that no test means to ask for. */
const nobody = new Proxy({} as never, {
  get: (_, name) => {
    throw new Error(`another server was asked for ${String(name)}`)
  },
})
