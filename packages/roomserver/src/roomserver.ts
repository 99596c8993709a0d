/**
 * The composition root: read this first. What the room server is made of, and who knows whom. Everything comes in from outside:
 * storage, the network, keys, clock and chance, so that the same code runs on a disk or in a simulation.
 */
import type { Crypto, ServerName, Signer, UserId } from '@neurite/protocol'
import { ServerAcls } from './acls/index.ts'
import type { Implementations, RoomServerApi } from './api/index.ts'
import { contractOf } from './contract.ts'
import { type CallMemory, forgetfulMemory, IdempotentCalls } from './idempotent-calls.ts'
import { Breathing } from './input/breathing.ts'
import { Fetcher } from './input/fetcher.ts'
import { Input } from './input/input.ts'
import type { InputItem, InputResult } from './input/item.ts'
import { Judge } from './input/judge.ts'
import type { KeyRing } from './input/key-ring.ts'
import { Names } from './input/names.ts'
import { inputOperations } from './input/operations.ts'
import { JoinCompletion } from './input/partial-state/join-completion.ts'
import { PartialJoins } from './input/partial-state/partial-joins.ts'
import { PartialRooms } from './input/partial-state/partial-rooms.ts'
import { type PolicyServers, PolicySignatures } from './input/policy-signatures.ts'
import type { QueueBoundLimits } from './input/queue-bound.ts'
import type { RemoteServers } from './input/remote-servers.ts'
import { RoomPurges } from './input/room-purges.ts'
import { RoomQueues } from './input/room-queues.ts'
import { Rooms } from './input/rooms.ts'
import { ServerSelection } from './input/server-selection.ts'
import { serversInRoom } from './input/servers-in-room.ts'
import { SignatureChecks } from './input/signature-checks.ts'
import type { SpamCheckOptions } from './input/spam-checks.ts'
import { SpamGuard } from './input/spam-guard.ts'
import { type PipelineObserver, Stages } from './input/stages.ts'
import { OutputLog, type ReadOutputParts, readOutputs } from './output/index.ts'
import {
  Handshakes,
  type Network,
  NewRoomIds,
  type PeerRequests,
  type PerformContext,
  type PerformName,
  performs,
} from './perform/index.ts'
import { queries } from './query/index.ts'
import type { Runtime } from './runtime/index.ts'
import { EventCache, StateCaches, StateStore } from './state/index.ts'
import { OverlayReader, type Reader, type Storage } from './storage/index.ts'

export interface RoomServerParts {
  /** Our own name: never asked for anything; its users are the local ones. */
  readonly serverName: ServerName
  readonly storage: Storage
  readonly remoteServers: RemoteServers
  readonly keyRing: KeyRing
  readonly runtime: Runtime
  readonly crypto: Crypto
  /** The key that our events are signed with, as it is at the moment. Absent: a server that only takes events in. */
  readonly signer?: () => Signer
  /** The requests that the handshakes with other servers are made of. Absent: what needs one is refused. */
  readonly peers?: PeerRequests
  /** In place of the handshakes themselves. */
  readonly network?: Network
  /** What is asked before local users do something, and of what others send. Absent: nothing. */
  readonly spamChecks?: SpamCheckOptions
  /** Whether a local user takes no invites at all. Absent: everybody takes them. */
  readonly blocksInvites?: (userId: UserId) => Promise<boolean> | boolean
  /** The most complex room of other servers that users may join: entries of its state, over 500. Absent: any. */
  readonly maxJoinComplexity?: number
  /** Asked for signatures in rooms that have a policy server. Absent: nobody sends to those rooms from here. */
  readonly policyServers?: PolicyServers
  /** Where calls with an idempotency key are remembered. Absent: in memory, so that a start forgets them. */
  readonly callMemory?: CallMemory
  /** Whether rooms may be joined without their members, which are fetched afterwards. Default true. */
  readonly partialJoins?: boolean
  /** How much of a room waits on disk. */
  readonly queueBound?: Partial<QueueBoundLimits>
  /** What all caches may hold together, in bytes. */
  readonly cacheBytes?: number
  /** Told how long the stages of the pipeline take, and what becomes of events. */
  readonly observer?: PipelineObserver
  /** Told of failures in work that nobody waits for. */
  readonly onError?: (error: unknown) => void
}

/** 256 MiB: the state of one room of 100,000 members takes about 2, and its events that decide some 100. */
export const defaultCacheBytes = 256 * 1024 * 1024

export class RoomServer {
  readonly reader: Reader
  readonly output: OutputLog
  readonly states: StateStore
  /** The whole contract: what others of this process, and over HTTP, ask of the room server. */
  readonly api: RoomServerApi
  /** What users and the operator do in rooms. */
  readonly performs: Implementations<PerformName>
  readonly #storage: Storage
  readonly #queues: RoomQueues
  readonly #input: Input
  readonly #purges: RoomPurges
  readonly #partialJoins: PartialJoins

  private constructor(parts: RoomServerParts) {
    const { storage, crypto, runtime, serverName, remoteServers, keyRing } = parts
    const overlay = new OverlayReader(storage.reader)
    const caches = new StateCaches(parts.cacheBytes ?? defaultCacheBytes)
    const events = new EventCache(overlay, caches)
    const states = new StateStore({
      reader: overlay,
      events,
      caches,
      crypto,
      yieldNow: () => runtime.timers.yieldNow(),
    })
    const rooms = new Rooms(storage, overlay, states)
    const partialRooms = new PartialRooms()
    const selection = new ServerSelection(serverName, serversInRoom(storage.reader, partialRooms), runtime)
    this.reader = storage.reader
    this.states = states
    this.output = new OutputLog(storage.reader)
    this.#storage = storage
    this.#queues = new RoomQueues({}, roomId => this.#input.roomAgain(roomId))
    const stages = new Stages(runtime.clock, parts.observer)
    const signer = parts.signer ?? noSigner(serverName)
    const signatures = new SignatureChecks({ keyRing, crypto })
    const acls = new ServerAcls(storage.reader, states, events)
    const announce = () => this.output.announce()
    const failed = (error: unknown) => parts.onError?.(error)
    const spamGuard = new SpamGuard({ serverName, timers: runtime.timers, options: parts.spamChecks, failed })
    const breathing = new Breathing(runtime)
    const pause = () => breathing.pause()
    const judge = new Judge({
      ...{ reader: overlay, rooms, events, states, names: new Names(storage), crypto, serverName, stages },
      pause,
    })
    this.#input = new Input({
      ...{ storage, crypto, runtime, signer, stages, queueBound: parts.queueBound },
      signatures,
      spamGuard,
      policySignatures: new PolicySignatures({ serverName, runtime, crypto, policyServers: parts.policyServers }),
      states,
      judge,
      queues: this.#queues,
      fetcher: new Fetcher({ remote: remoteServers, selection, reader: overlay, crypto, partialRooms, pause }),
      committed: announce,
      failed,
    })
    this.#partialJoins = new PartialJoins({
      ...{ storage, runtime, rooms: partialRooms, failed: error => parts.onError?.(error) },
      completion: new JoinCompletion({
        ...{ serverName, reader: overlay, events, states, selection, signatures, judge, runtime, breathing, crypto },
        remote: remoteServers,
        queues: this.#queues,
        receive: items => this.#input.receive(items),
        committed: announce,
      }),
    })
    this.#purges = new RoomPurges({
      ...{ storage, rooms, queues: this.#queues, timers: runtime.timers, announce },
    })
    const { peers } = parts
    const alone: PerformContext = {
      ...{ serverName, storage, states, events, runtime, crypto, signer, acls, signatures, selection },
      ...{ spamGuard, announce },
      maxJoinComplexity: parts.maxJoinComplexity,
      blocksInvites: parts.blocksInvites ?? (() => false),
      input: this.#input,
      purges: this.#purges,
      newRoomIds: new NewRoomIds(),
      partialJoins: this.#partialJoins,
      omitsMembers: parts.partialJoins ?? true,
      peers,
      network: parts.network,
    }
    const handshakes = peers && new Handshakes({ ...alone, peers })
    const performing: PerformContext = { ...alone, network: parts.network ?? handshakes }
    this.performs = performs(performing)
    const answered = queries({
      ...{ serverName, states, reader: storage.reader, events },
      acls,
      yieldNow: () => runtime.timers.yieldNow(),
      serversSaidIn: roomId => partialRooms.servers(roomId),
    })
    const calls = new IdempotentCalls({ memory: parts.callMemory ?? forgetfulMemory(), clock: runtime.clock, crypto })
    const log: ReadOutputParts = {
      ...{ log: this.output, reader: storage.reader, states, timers: runtime.timers },
      timed: work => stages.timed('output', work),
    }
    this.api = contractOf(
      {
        ...inputOperations(this.#input, crypto, pause),
        readOutput: (request, options) => readOutputs(request, log, options),
        ...answered,
        ...this.performs,
      },
      calls,
      { partialRooms, timers: runtime.timers },
    )
  }

  /** What waits for its turn in memory: pieces of work, and rooms that have any. */
  get queued(): { readonly rooms: number; readonly waiting: number } {
    const { rooms, waiting } = this.#queues
    return { rooms, waiting }
  }

  /** Starts on an open storage. What its durable queue holds from before, and what was being purged, is taken up at once. */
  static async open(parts: RoomServerParts): Promise<RoomServer> {
    const server = new RoomServer(parts)
    const purging = await server.#purges.resume()
    await server.#partialJoins.resume()
    for (const resumed of [server.#input.resume(), purging.done])
      void resumed.catch((error: unknown) => parts.onError?.(error))
    return server
  }

  /** Takes events and waits until each is decided and on disk. */
  receive(items: readonly InputItem[]): Promise<InputResult[]> {
    return this.#input.receive(items)
  }

  /** Takes events and returns once they are in the durable queue. */
  enqueue(items: readonly InputItem[]): Promise<void> {
    return this.#input.enqueue(items)
  }

  /** Takes away the state of a room that nothing refers to: what corrections and given states left behind. */
  collect(roomId: string): Promise<{ readonly snapshots: number; readonly blocks: number }> {
    return this.#input.collect(roomId)
  }

  /** Resolves once no room has anything to do: for those who gave all there is and want to look at the result. */
  async whenIdle(): Promise<void> {
    await this.#partialJoins.whenIdle()
    await this.#input.whenIdle()
  }

  /** Ends what has begun, refuses what has not, and closes the storage. */
  async close(): Promise<void> {
    this.#input.close()
    this.#purges.close()
    await this.#partialJoins.close()
    await this.#queues.close()
    this.output.close()
    await this.#storage.close()
  }
}

function noSigner(serverName: ServerName): () => Signer {
  return () => {
    throw new Error(`${serverName} was started without a key, so it has no events of its own`)
  }
}
