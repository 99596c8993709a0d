/**
 * The network as other servers are reached over it: names to addresses, addresses to connections. Only `runtime/` touches the real
 * one ({@link nodeNetwork}); tests hand in a made-up one.
 */
import type { Duplex } from 'node:stream'

/** A record of RFC 2782. */
export interface SrvRecord {
  /** The name of a host; `.` or nothing says that there is no such service. */
  readonly target: string
  readonly port: number
  /** The lowest goes first. */
  readonly priority: number
  /** How often it is taken, against others of the same priority. */
  readonly weight: number
}

export interface Resolver {
  /** The SRV records of a name; none where there are none. @throws {NameLookupFailed} */
  srv(name: string): Promise<readonly SrvRecord[]>
  /** The IPv6 and IPv4 addresses of a host, in text; none where there are none. @throws {NameLookupFailed} */
  addresses(host: string): Promise<readonly string[]>
}

/** Nobody could tell whether there is such a name: a server of the DNS failed or did not answer. */
export class NameLookupFailed extends Error {
  constructor(name: string, options?: ErrorOptions) {
    super(`${name} cannot be looked up`, options)
    this.name = 'NameLookupFailed'
  }
}

/** Bytes there and back. It tells `connect` once it is open, or `error`. */
export type Connection = Duplex

export interface Network {
  readonly resolver: Resolver
  /** Begins to connect. @param address IPv4 or IPv6, without brackets: never a name */
  dial(address: string, port: number): Connection
}
