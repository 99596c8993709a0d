/**
 * The composition root of all that goes out to other servers: read this first. Discovery finds a server, the transport talks to it, the
 * client asks it, the keys say whom to believe.
 */
import { resolve } from 'node:path'
import { type Crypto, isServerName, type ServerName } from '@neurite/protocol'
import { type PeerRequests, type PolicyServers, ServerSelection } from '@neurite/roomserver'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { Configuration } from '../config/index.ts'
import { ConfigurationError } from '../config/index.ts'
import type { Network } from '../runtime/network.ts'
import { AddressPolicy, hostOfServer, ServerDiscovery, WellKnown } from './discovery/index.ts'
import { FederationKeyRing, KeyFetches, KeySources, type KeyStore, KnownKeys, Notary, OwnKeys } from './keys/index.ts'
import { refusedServers } from './refused-servers.ts'
import { FederationClient, peerRequests, policyServers } from './requests/index.ts'
import { Connector, FederationTransport, type TransportParts, trust, Web } from './transport/index.ts'

export interface OutgoingFederationParts {
  readonly configuration: Pick<Configuration, 'server_name' | 'data_directory' | 'signing_key' | 'federation'>
  readonly network: Network
  readonly runtime: Runtime
  readonly crypto: Crypto
  /** Where keys of other servers are kept. */
  readonly keyStore: KeyStore
  /** Name and version of this server, as other servers' logs show it. */
  readonly userAgent: string
  /** Told of every request to another server. */
  readonly onAnswer?: TransportParts['onAnswer']
  /** Told of failures in work that nobody waits for. */
  readonly onError: (error: unknown) => void
}

export interface OutgoingFederation {
  readonly client: FederationClient
  /** The client as the room server's handshakes want it. */
  readonly peers: PeerRequests
  readonly policyServers: PolicyServers
  readonly keyRing: FederationKeyRing
  /** Pages of the web, under the same policy of addresses. */
  readonly web: Web
  readonly ownKeys: OwnKeys
  readonly notary: Notary
  /** Servers that this one does not talk to. */
  readonly refuses: (server: ServerName) => boolean
  /** Ends all connections. */
  close(): Promise<void>
}

/** @throws {ConfigurationError}; where a key or a certificate cannot be read */
export function outgoingFederation(parts: OutgoingFederationParts): OutgoingFederation {
  const { configuration, network, runtime, crypto, userAgent, onAnswer, onError } = parts
  const { server_name, data_directory, signing_key, federation } = configuration
  const serverName = server_name as ServerName

  const certificates = federation.trusted_certificates.map(file => resolve(data_directory, file))
  const connector = new Connector({
    network,
    policy: addressPolicy(configuration),
    trust: trust(certificates, federation.verify_certificates),
    timers: runtime.timers,
  })
  const web = new Web(connector, runtime)
  const delegations = new WellKnown({ get: (url, options) => web.get(url, options), runtime })
  const { randomness } = runtime
  const discovery = new ServerDiscovery({ resolver: network.resolver, delegations, randomness })
  const refuses = refusedServers(federation)
  const transport = new FederationTransport({ discovery, connector, runtime, userAgent, refuses, onAnswer, onError })

  const path = resolve(data_directory, signing_key)
  const ownKeys = new OwnKeys({ path, serverName, runtime, crypto })
  const client = new FederationClient({ transport, web, signer: ownKeys.signer, crypto, runtime })

  const known = new KnownKeys(parts.keyStore, onError)
  // Its own memory of who does not answer: a server that is down for events may still be asked for its keys.
  const selection = new ServerSelection(serverName, () => Promise.resolve([]), runtime)
  const sources = new KeySources({ requests: client.servers, known, selection, clock: runtime.clock, crypto })
  const fetches = new KeyFetches({ sources, known, notaries: notariesOf(configuration), runtime })
  const keyRing = new FederationKeyRing({ serverName, ownKeys, known, fetches, runtime })
  const notary = new Notary({ serverName, ownKeys, known, fetches, runtime, crypto })
  const asked = { peers: peerRequests(client), policyServers: policyServers(client) }
  return { client, ...asked, keyRing, web, ownKeys, notary, refuses, close: () => transport.close() }
}

function addressPolicy({ server_name, federation }: OutgoingFederationParts['configuration']): AddressPolicy {
  const { allow_private_addresses: allowed, denied_addresses: denied } = federation
  const allowPrivate = allowed === 'automatic' ? isPrivateName(server_name) : allowed
  try {
    return new AddressPolicy({ allowPrivate, denied })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ConfigurationError('federation.denied_addresses', error.message, 'the configuration')
  }
}

/** A server of this name can only be meant for its own machine or network. */
function isPrivateName(serverName: string): boolean {
  const host = hostOfServer(serverName)
  if (host === undefined) return false
  if (host.isAddress) return !new AddressPolicy({ allowPrivate: false, denied: [] }).allows(host.host)
  return /(?:^|\.)localhost\.?$/i.test(host.host)
}

function notariesOf({ server_name, federation }: OutgoingFederationParts['configuration']): ServerName[] {
  const names = federation.trusted_key_servers
  const wrong = names.find(name => !isServerName(name))
  if (wrong !== undefined)
    throw new ConfigurationError('federation.trusted_key_servers', `${wrong} is no server name`, 'the configuration')
  return names.filter((name): name is ServerName => isServerName(name) && name !== server_name)
}
