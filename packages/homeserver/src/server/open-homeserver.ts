/**
 * The composition root of the homeserver: read this first. What it is made of, and who knows whom. The order in which parts are opened
 * is the order of what they need; they are closed the other way round.
 */
import { nodeCrypto, type ServerName } from '@neurite/protocol'
import { RoomServer } from '@neurite/roomserver'
import type { RoomServerApi } from '@neurite/roomserver/api'
import { defaultBodyLimit, roomServerRoutes } from '@neurite/roomserver/inthttp'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { openSqliteStorage } from '@neurite/roomserver/storage'
import { readRegistrations } from '../client/application-services/registration.ts'
import { clientHead } from '../client/index.ts'
import { blocksInvites } from '../client/rooms/blocks-invites.ts'
import { bytesOf, type LoadedConfiguration } from '../config/index.ts'
import { federationHead } from '../federation/federation-head.ts'
import { outgoingFederation } from '../federation/outgoing-federation.ts'
import { localMedia } from '../heads/local-media.ts'
import { localUsers } from '../heads/local-users.ts'
import { pushGateway } from '../heads/push-gateway.ts'
import { remoteMedia } from '../heads/remote-media.ts'
import { remoteRooms } from '../heads/remote-rooms.ts'
import { remoteUsers } from '../heads/remote-users.ts'
import { takeEdus } from '../heads/take-edus.ts'
import { tellOthers } from '../heads/tell-others.ts'
import type { Log } from '../logging/log.ts'
import { Metrics } from '../metrics/metrics.ts'
import { loadSpamChecks } from '../moderation/spam-check-module.ts'
import { nodeNetwork } from '../runtime/node-network.ts'
import { AccountData } from '../storage/account-data.ts'
import { CallTable } from '../storage/calls.ts'
import { Database } from '../storage/database.ts'
import { migrations } from '../storage/migrations/index.ts'
import { ServerKeyTable } from '../storage/server-keys.ts'
import { softwareName, softwareVersion } from '../version.ts'
import { type DataDirectory, dataDirectory } from './data-directory.ts'
import { frontPage } from './front-page.ts'
import { refuseHeadsAhead } from './heads-ahead.ts'
import { listenAt, type OpenListener, type Part, type PartName } from './listen.ts'
import { metricsPart } from './metrics-part.ts'

export interface Homeserver {
  readonly api: RoomServerApi
  readonly data: DataDirectory
  readonly listeners: readonly OpenListener[]
  /** Ends what has begun, refuses what has not, and closes everything. */
  close(): Promise<void>
}

/** @throws {ConfigurationError | CannotOpenStorage | UnusableFile}; where a place cannot be listened at. Nothing is left open then. */
export async function openHomeserver(configuration: LoadedConfiguration, log: Log): Promise<Homeserver> {
  const closing = new Closing()
  try {
    return await open(configuration, log, closing)
  } catch (error) {
    await closing.close()
    throw error
  }
}

async function open(configuration: LoadedConfiguration, log: Log, closing: Closing): Promise<Homeserver> {
  const runtime = nodeRuntime
  const serverName = configuration.server_name as ServerName
  const metrics = new Metrics()
  const unexpected = (where: string) => (error: unknown) => {
    metrics.unexpected(where)
    log.error({ err: error, where }, 'something unexpected happened')
  }

  const data = dataDirectory(configuration, runtime.randomness)
  const applicationServices = readRegistrations(configuration.application_services, data.path, serverName)
  const storage = await openSqliteStorage(data.rooms)
  closing.add(() => storage.close())
  const database = await Database.open(data.heads, migrations)
  const accountData = new AccountData(database)
  closing.add(() => database.close())

  const outgoing = outgoingFederation({
    ...{ configuration, network: nodeNetwork, runtime, crypto: nodeCrypto },
    keyStore: new ServerKeyTable(database),
    userAgent: `${softwareName}/${softwareVersion}`,
    onAnswer: (endpoint, status, duration) => metrics.asked(endpoint, status, duration),
    onError: unexpected('federation'),
  })
  closing.add(() => outgoing.close())

  const spamChecks = await loadSpamChecks(configuration, data.path)
  const { max_join_complexity: maxJoinComplexity } = configuration.rooms
  const roomServer = await RoomServer.open({
    ...{ serverName, storage, runtime, crypto: nodeCrypto },
    remoteServers: outgoing.client.events,
    peers: outgoing.peers,
    policyServers: outgoing.policyServers,
    keyRing: outgoing.keyRing,
    signer: outgoing.ownKeys.signer,
    blocksInvites: user => blocksInvites({ accountData }, user),
    ...(spamChecks === undefined ? {} : { spamChecks }),
    ...(maxJoinComplexity === undefined ? {} : { maxJoinComplexity }),
    callMemory: new CallTable(database),
    cacheBytes: bytesOf(configuration.rooms.cache),
    observer: metrics.pipeline,
    partialJoins: configuration.rooms.partial_joins,
    onError: unexpected('room server'),
  })
  closing.add(() => roomServer.close())
  const { api } = roomServer
  await refuseHeadsAhead({ ...data, database, api })

  const onError = (error: unknown, where: string) => unexpected(where)(error)
  const clients = clientHead({
    ...{ configuration, database, roomServer: api, runtime, onError },
    applicationServices,
    registrationSecret: data.registrationSecret,
    mediaDirectory: data.media,
    remoteMedia: remoteMedia(outgoing.client, bytesOf(configuration.client.media.max_upload)),
    remoteRooms: remoteRooms(outgoing.client),
    pushGateway: pushGateway(outgoing.web),
    remoteUsers: remoteUsers(outgoing.client, () => federation.sender),
    onAnswer: (endpoint, status, duration) => metrics.requested('client', endpoint, status, duration),
  })
  const federation = federationHead({
    ...{ configuration, outgoing, api, database, runtime, crypto: nodeCrypto, onError },
    software: { name: softwareName, version: softwareVersion },
    users: localUsers(clients.context),
    media: localMedia(clients.context),
    receiveEdu: takeEdus(clients.context),
    onAnswer: (endpoint, status, duration) => metrics.requested('federation', endpoint, status, duration),
  })
  closing.add(() => clients.stop())
  await clients.start()
  closing.add(() => federation.sender.stop())
  const stopTelling = tellOthers(clients.context, federation.sender, unexpected('telling other servers'))
  closing.add(async () => stopTelling())

  const parts: Partial<Record<PartName, Part>> = {
    client: async fastify => {
      await clients.plugin(fastify)
      await frontPage(serverName)(fastify)
    },
    federation: federation.routes,
    room_server: fastify =>
      roomServerRoutes(fastify, {
        ...{ api, secret: data.roomServerSecret, timers: runtime.timers },
        onError: (error, operation) => unexpected(operation)(error),
        onCall: (operation, outcome, duration) => metrics.called(operation, outcome, duration),
      }),
    metrics: metricsPart(metrics, { roomServer, sender: federation.sender }),
  }
  const listeners: OpenListener[] = []
  for (const listener of configuration.listen) {
    const opened = await listenAt(listener, { directory: data.path, parts, bodyLimit: defaultBodyLimit })
    listeners.push(opened)
    closing.add(() => opened.close())
  }
  federation.sender.start()
  return { api, data, listeners, close: () => closing.close() }
}

/** What was opened, to be closed the other way round. */
class Closing {
  readonly #steps: (() => Promise<void>)[] = []

  add(step: () => Promise<void>): void {
    this.#steps.push(step)
  }

  async close(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await step()
  }
}
