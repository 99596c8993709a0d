/**
 * From a server name to where to connect, whom to expect there and which `Host` header to send. Server-server API, "Resolving server
 * names": the steps are numbered as there.
 */
import type { ServerName } from '@neurite/protocol'
import { RemoteServerError } from '@neurite/roomserver'
import type { Randomness } from '@neurite/roomserver/runtime'
import { NameLookupFailed, type Resolver, type SrvRecord } from '../../runtime/network.ts'
import { type Host, hostOfServer, withoutFinalDot } from './host.ts'
import type { Route } from './route.ts'
import { targetsOf } from './srv-order.ts'

const defaultPort = 8448
/** How long a route is used before it is looked up again. Node does not tell how long SRV records may be kept. Milliseconds. */
const lifetime = 300_000
/** The same where an SRV record could not be looked up: there may be one. */
const shortLifetime = 60_000

/** Whom the `.well-known` file of a host delegates to. */
export interface Delegations {
  /** @returns a name that {@link hostOfServer} takes; undefined where there is none, for whatever reason */
  delegateOf(host: string): Promise<string | undefined>
}

export interface DiscoveryParts {
  readonly resolver: Resolver
  readonly delegations: Delegations
  readonly randomness: Randomness
}

export interface Discovered {
  readonly route: Route
  /** For how long, in milliseconds from now. */
  readonly lifetime: number
}

export class ServerDiscovery {
  readonly #parts: DiscoveryParts

  constructor(parts: DiscoveryParts) {
    this.#parts = parts
  }

  /** @throws {RemoteServerError} where the name leads nowhere */
  async find(server: ServerName): Promise<Discovered> {
    const host = hostOfServer(server)
    if (host === undefined) throw nowhere(server, 'its name leads nowhere')
    // 1. and 2. An address, or a name with a port.
    if (isComplete(host)) return { route: direct(server, host), lifetime }
    // 3. What https://<hostname>/.well-known/matrix/server says.
    const delegate = await this.#parts.delegations.delegateOf(withoutFinalDot(host.host))
    // 4. to 6. Nothing: the host itself is looked up.
    if (delegate === undefined) return this.#byName(server, server, host)
    const delegated = hostOfServer(delegate)
    if (delegated === undefined) throw nowhere(server, `its .well-known delegates to ${delegate}, which leads nowhere`)
    // 3.1 and 3.2. The delegate is an address, or a name with a port.
    if (isComplete(delegated)) return { route: direct(delegate, delegated), lifetime }
    // 3.3 to 3.5. It is looked up as the host itself would be.
    return this.#byName(server, delegate, delegated)
  }

  /** 3.3 to 3.5 and 4 to 6: SRV records, the registered service first; else port 8448. */
  async #byName(server: ServerName, hostHeader: string, { host }: Host): Promise<Discovered> {
    const certificateFor = withoutFinalDot(host)
    let lasts = lifetime
    for (const service of ['_matrix-fed._tcp', '_matrix._tcp']) {
      const records = await this.#srv(`${service}.${certificateFor}`)
      if (records === undefined) lasts = shortLifetime
      if (records === undefined || records.length === 0) continue
      const targets = targetsOf(records, this.#parts.randomness)
      if (targets.length === 0) throw nowhere(server, `the records of ${service}.${certificateFor} name no host`)
      return { route: { hostHeader, certificateFor, targets }, lifetime: lasts }
    }
    return { route: { hostHeader, certificateFor, targets: [{ host, port: defaultPort }] }, lifetime: lasts }
  }

  /**
   * @returns undefined where nobody could tell. Taken for none: whoever answers must show the same certificate, and there are networks
   *   in which no SRV record can ever be looked up
   */
  async #srv(name: string): Promise<readonly SrvRecord[] | undefined> {
    try {
      return await this.#parts.resolver.srv(name)
    } catch (error) {
      if (error instanceof NameLookupFailed) return undefined
      throw error
    }
  }
}

function isComplete({ isAddress, port }: Host): boolean {
  return isAddress || port !== undefined
}

function direct(hostHeader: string, { host, isAddress, port = defaultPort }: Host): Route {
  const certificateFor = isAddress ? host : withoutFinalDot(host)
  return { hostHeader, certificateFor, targets: [{ host, port }] }
}

function nowhere(server: ServerName, why: string): RemoteServerError {
  return new RemoteServerError(server, 'unreachable', why)
}
