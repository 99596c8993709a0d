/**
 * Connections to other servers: addresses looked up, checked against the policy and dialled, TLS on top with the name that the
 * certificate must be for. Every connection to another server is made here. Server-server API, "TLS".
 */
import { isIP } from 'node:net'
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls'
import { DeadlineExceeded, type Timers, withDeadline } from '@neurite/roomserver/runtime'
import { type Connection, NameLookupFailed, type Network } from '../../runtime/network.ts'
import type { AddressPolicy } from '../discovery/address-policy.ts'
import type { Route, Target } from '../discovery/route.ts'
import { firstConnection, inTurn } from './first-connection.ts'
import type { Trust } from './trust.ts'

/** Look-up, connection and TLS of one target. Milliseconds. */
const connectTimeout = 10_000
/** How long a connection is quiet before the system looks whether the other end is still there. Milliseconds. */
const keepAliveDelay = 60_000

export interface ConnectorParts {
  readonly network: Network
  readonly policy: AddressPolicy
  readonly trust: Trust
  readonly timers: Timers
}

/** No connection stands. The message names host and port. */
export class ConnectFailed extends Error {
  readonly isTimeout: boolean

  constructor({ host, port }: Target, problem: string, options: ErrorOptions & { readonly isTimeout?: boolean } = {}) {
    super(`${host} port ${port}: ${problem}`, options)
    this.name = 'ConnectFailed'
    this.isTimeout = options.isTimeout ?? false
  }
}

export class Connector {
  readonly #parts: ConnectorParts

  constructor(parts: ConnectorParts) {
    this.#parts = parts
  }

  /** Tries the targets in order. @throws {ConnectFailed} the last failure; the signal's reason */
  async connect({ targets, certificateFor }: Route, signal?: AbortSignal): Promise<TLSSocket> {
    let failure: ConnectFailed | undefined
    for (const target of targets) {
      try {
        const within = (inner: AbortSignal) => this.#connectTo(target, certificateFor, inner)
        return await withDeadline(this.#parts.timers, connectTimeout, within, signal)
      } catch (error) {
        signal?.throwIfAborted()
        failure = connectFailed(target, error)
      }
    }
    throw failure ?? new Error(`a route to ${certificateFor} without targets`)
  }

  async #connectTo(target: Target, certificateFor: string, signal: AbortSignal): Promise<TLSSocket> {
    const { network, timers } = this.#parts
    const addresses = inTurn(await this.#allowedAddresses(target))
    signal.throwIfAborted()
    const dial = (address: string) => network.dial(address, target.port)
    const connection = await firstConnection(addresses, dial, timers, signal)
    return this.#secure(connection, certificateFor, signal)
  }

  /** At least one. Looked up for every connection, so what was checked is what is dialled. */
  async #allowedAddresses(target: Target): Promise<readonly string[]> {
    const { network, policy } = this.#parts
    const addresses = isIP(target.host) === 0 ? await network.resolver.addresses(target.host) : [target.host]
    if (addresses.length === 0) throw new ConnectFailed(target, 'there is no such host')
    const allowed = addresses.filter(address => policy.allows(address))
    if (allowed.length > 0) return allowed
    throw new ConnectFailed(target, `this server does not connect to ${addresses.join(', ')}`)
  }

  #secure(connection: Connection, certificateFor: string, signal: AbortSignal): Promise<TLSSocket> {
    const { trust } = this.#parts
    return new Promise((resolve, reject) => {
      const socket = connectTls({
        socket: connection,
        secureContext: trust.context,
        rejectUnauthorized: trust.verify,
        // There is no SNI for addresses.
        servername: isIP(certificateFor) === 0 ? certificateFor : '',
        checkServerIdentity: (_, certificate) => checkServerIdentity(certificateFor, certificate),
        ALPNProtocols: ['http/1.1'],
      })
      const aborted = () => socket.destroy(signal.reason)
      signal.addEventListener('abort', aborted, { once: true })
      // Stays on: an error after this has settled is the connection's end, which whoever uses it hears of too.
      socket.on('error', error => {
        signal.removeEventListener('abort', aborted)
        connection.destroy()
        reject(error)
      })
      socket.once('secureConnect', () => {
        signal.removeEventListener('abort', aborted)
        socket.setNoDelay(true).setKeepAlive(true, keepAliveDelay)
        resolve(socket)
      })
    })
  }
}

function connectFailed(target: Target, error: unknown): ConnectFailed {
  if (error instanceof ConnectFailed) return error
  if (error instanceof DeadlineExceeded)
    return new ConnectFailed(target, `no connection within ${error.milliseconds} ms`, { cause: error, isTimeout: true })
  if (error instanceof NameLookupFailed) return new ConnectFailed(target, error.message, { cause: error })
  // What sockets and TLS report: all of them reasons why no connection stands.
  return new ConnectFailed(target, (error as Error).message, { cause: error })
}
