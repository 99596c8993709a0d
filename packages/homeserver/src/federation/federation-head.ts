/**
 * The composition root of what other servers ask and are sent, on top of {@link outgoingFederation} and the room server.
 *
 * ```ts
 * const outgoing = outgoingFederation({ … })
 * const roomServer = await RoomServer.open({ remoteServers: outgoing.client.events, peers: outgoing.peers, … })
 * const federation = federationHead({ outgoing, api: roomServer.api, … })
 * await fastify.register(federation.routes)
 * federation.sender.start()
 * ```
 */
import type { Crypto, ServerName } from '@neurite/protocol'
import type { RoomServerApi } from '@neurite/roomserver/api'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { FastifyInstance } from 'fastify'
import type { Configuration } from '../config/index.ts'
import type { Database } from '../storage/database.ts'
import { FederationSenderTables } from '../storage/federation-sender.ts'
import { federationRoutes, type IncomingParts } from './incoming/index.ts'
import type { OutgoingFederation } from './outgoing-federation.ts'
import { FederationSender } from './sender/index.ts'

export interface FederationHeadParts
  extends Pick<IncomingParts, 'software' | 'users' | 'media' | 'receiveEdu' | 'onAnswer'> {
  readonly configuration: Pick<Configuration, 'server_name' | 'federation'>
  readonly outgoing: OutgoingFederation
  readonly api: RoomServerApi
  /** The heads' own. */
  readonly database: Database
  readonly runtime: Runtime
  readonly crypto: Crypto
  /** Told of failures in work that nobody waits for, and of those that are nobody's fault but ours. */
  readonly onError: (error: unknown, where: string) => void
}

export interface FederationHead {
  /** The plugin that answers other servers. */
  readonly routes: (fastify: FastifyInstance) => Promise<void>
  /** To be started once everything is open, and stopped before anything is closed. */
  readonly sender: FederationSender
}

export function federationHead(parts: FederationHeadParts): FederationHead {
  const {
    configuration,
    outgoing,
    api,
    database,
    runtime,
    crypto,
    software,
    users,
    media,
    receiveEdu,
    onAnswer,
    onError,
  } = parts
  const serverName = configuration.server_name as ServerName
  const { keyRing, ownKeys, notary, refuses, client } = outgoing
  const tables = new FederationSenderTables(database)
  const sender = new FederationSender({
    ...{ serverName, api, client, tables, runtime, refuses },
    onError: error => onError(error, 'federation sender'),
  })
  const routes = federationRoutes({
    ...{
      serverName,
      software,
      api,
      keyRing,
      ownKeys,
      notary,
      runtime,
      crypto,
      users,
      media,
      receiveEdu,
      refuses,
      onAnswer,
      onError,
    },
    heardFrom: server => {
      keyRing.heardFrom(server)
      sender.heardFrom(server)
    },
    wellKnownServer: configuration.federation.well_known_server,
  })
  return { routes, sender }
}
