/**
 * A homeserver for tests of federation: a real room server on storage in memory, with all that talks to other servers, listening on
 * loopback under a made-up name with a certificate of a made-up authority.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeCrypto, type ServerName } from '@neurite/protocol'
import { RoomServer, type RoomServerParts } from '@neurite/roomserver'
import type { RoomServerApi } from '@neurite/roomserver/api'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { MemoryDisk, openMemoryStorage } from '@neurite/roomserver/storage'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Configuration } from '../../config/index.ts'
import { Database } from '../../storage/database.ts'
import { migrations } from '../../storage/migrations/index.ts'
import { ServerKeyTable } from '../../storage/server-keys.ts'
import { type FederationHead, federationHead } from '../federation-head.ts'
import { type IncomingEdu, nobodyHere } from '../incoming/index.ts'
import { type OutgoingFederation, outgoingFederation } from '../outgoing-federation.ts'
import { Authority } from './certificates.ts'
import { MadeUpNetwork } from './made-up-network.ts'
import { type Script, ScriptedServer } from './scripted-server.ts'

const authority = new Authority('made-up authority of federated servers')
/** Public as far as the policy can tell; the last byte is a server's own. */
const addressPrefix = '93.184.216.'
const port = 8448

/** Servers that can find each other. */
export class Federation {
  readonly network = new MadeUpNetwork()
  readonly folder = mkdtempSync(join(tmpdir(), 'neurite-federation-'))
  readonly #servers: FederatedServer[] = []
  readonly #scripted: ScriptedServer[] = []
  /** What nothing was prepared for, in any of them. */
  readonly errors: unknown[] = []

  /**
   * @param name without a port
   * @param disk what an earlier server of that name left
   * @param parts of its room server, in place of those that it would have
   */
  async open(name: string, disk = new MemoryDisk(), parts: Partial<RoomServerParts> = {}): Promise<FederatedServer> {
    const server = await FederatedServer.open(`${name}:${port}` as ServerName, name, disk, this, parts)
    this.#servers.push(server)
    const address = `${addressPrefix}${10 + this.#servers.length}`
    this.network.hosts.set(name, [address])
    this.network.behind.set(`${address} ${port}`, server.port)
    return server
  }

  /** In the place of a server that was closed: one that answers by a script, under the same name. */
  async replace(server: FederatedServer, script: Script): Promise<ScriptedServer> {
    const host = server.name.slice(0, server.name.lastIndexOf(':'))
    const scripted = await ScriptedServer.start(authority.issue([host]), script)
    this.#scripted.push(scripted)
    const [address] = this.network.hosts.get(host) as readonly string[]
    this.network.behind.set(`${address} ${port}`, scripted.port)
    return scripted
  }

  async close(): Promise<void> {
    for (const server of this.#servers) await server.close()
    for (const scripted of this.#scripted) await scripted.close()
    rmSync(this.folder, { recursive: true })
  }
}

export class FederatedServer {
  readonly name: ServerName
  readonly api: RoomServerApi
  /** Of what the room server has stored. */
  readonly reader: RoomServer['reader']
  readonly disk: MemoryDisk
  readonly outgoing: OutgoingFederation
  readonly head: FederationHead
  /** EDUs that came in. */
  readonly edus: IncomingEdu[]
  readonly port: number
  readonly #close: () => Promise<void>
  #closed: Promise<void> | undefined

  private constructor(
    parts: Pick<FederatedServer, 'name' | 'api' | 'reader' | 'disk' | 'outgoing' | 'head' | 'edus' | 'port'>,
    close: () => Promise<void>,
  ) {
    this.name = parts.name
    this.api = parts.api
    this.reader = parts.reader
    this.disk = parts.disk
    this.outgoing = parts.outgoing
    this.head = parts.head
    this.edus = parts.edus
    this.port = parts.port
    this.#close = close
  }

  static async open(
    name: ServerName,
    host: string,
    disk: MemoryDisk,
    federation: Federation,
    parts: Partial<RoomServerParts>,
  ): Promise<FederatedServer> {
    const { network, folder } = federation
    const onError = (error: unknown) => void federation.errors.push(error)
    const directory = join(folder, host)
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'authority.pem'), authority.certificate)
    const configuration = configurationOf(name, directory)
    const database = await Database.open(join(directory, 'heads.db'), migrations)
    const common = { runtime: nodeRuntime, crypto: nodeCrypto }
    const keyStore = new ServerKeyTable(database)
    const outgoing = outgoingFederation({ configuration, network, keyStore, userAgent: 'test', onError, ...common })
    const roomServer = await RoomServer.open({
      ...{ serverName: name, storage: await openMemoryStorage({ disk }), keyRing: outgoing.keyRing, onError },
      ...{
        remoteServers: outgoing.client.events,
        peers: outgoing.peers,
        policyServers: outgoing.policyServers,
        signer: outgoing.ownKeys.signer,
        ...common,
      },
      ...parts,
    })
    const { api, reader } = roomServer
    const edus: IncomingEdu[] = []
    const head = federationHead({
      ...{ configuration, outgoing, api, database, onError, ...common },
      software: { name: 'test', version: '0' },
      users: { ...nobodyHere, exists: () => Promise.resolve(true) },
      media: nobodyHere,
      receiveEdu: edu => void edus.push(edu),
    })
    const fastify = Fastify({
      https: authority.issue([host]),
      routerOptions: { maxParamLength: 2_048 },
      forceCloseConnections: true,
    }) as unknown as FastifyInstance
    await fastify.register(head.routes)
    await fastify.listen({ host: '127.0.0.1', port: 0 })
    const { port } = fastify.server.address() as AddressInfo
    head.sender.start()
    return new FederatedServer({ name, api, reader, disk, outgoing, head, edus, port }, async () => {
      await head.sender.stop()
      await outgoing.close()
      await fastify.close()
      await roomServer.close()
      await database.close()
    })
  }

  /** Also once it is closed already. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }
}

function configurationOf(serverName: string, directory: string) {
  return {
    server_name: serverName,
    data_directory: directory,
    signing_key: 'signing.key',
    federation: {
      allow_private_addresses: false,
      denied_addresses: [],
      verify_certificates: true,
      trusted_certificates: ['authority.pem'],
      trusted_key_servers: [],
      allowed_servers: ['*'],
      denied_servers: [],
    },
  } satisfies Pick<Configuration, 'server_name' | 'data_directory' | 'signing_key' | 'federation'>
}

/** Waits until something holds, which it does soon or never. */
export async function until<T>(what: string, find: () => Promise<T | undefined | false>): Promise<T> {
  const end = nodeRuntime.clock.monotonic() + 20_000
  while (nodeRuntime.clock.monotonic() < end) {
    const found = await find()
    if (found !== undefined && found !== false) return found
    await nodeRuntime.timers.sleep(10)
  }
  throw new Error(`it never came to pass: ${what}`)
}
