/**
 * One other server: the way to it, its connections, and who waits for a place on them.
 */
import type { ServerName } from '@neurite/protocol'
import type { Clock } from '@neurite/roomserver/runtime'
import { Pool } from 'undici'
import type { ServerDiscovery } from '../discovery/index.ts'
import { isSameRoute, type Route } from '../discovery/route.ts'
import type { Connector } from './connector.ts'
import { Lane } from './lane.ts'
import { bulkAtOnce, keepAlive, maxWaiting, quickAtOnce } from './limits.ts'

export interface DestinationParts {
  readonly discovery: Pick<ServerDiscovery, 'find'>
  readonly connector: Connector
  readonly clock: Clock
  /** Told of failures in what nobody waits for. */
  readonly onError: (error: unknown) => void
}

/** Connections by one route. */
export interface Connections {
  readonly route: Route
  readonly pool: Pool
}

/** What undici takes for the origin: where it leads to is the connector's to say. */
const anyOrigin = 'https://server.invalid'

export class Destination {
  readonly server: ServerName
  readonly quick = new Lane(quickAtOnce, maxWaiting)
  readonly bulk = new Lane(bulkAtOnce, maxWaiting)
  readonly #parts: DestinationParts
  readonly #closing = new AbortController()
  #connections: Connections | undefined
  /** By the monotonic clock. */
  #routeUntil = 0
  #finding: Promise<Connections> | undefined
  #users = 0
  #lastUsed: number

  constructor(server: ServerName, parts: DestinationParts) {
    this.server = server
    this.#parts = parts
    this.#lastUsed = parts.clock.monotonic()
  }

  /** Since when nobody has used it, by the monotonic clock; undefined while somebody does. */
  get idleSince(): number | undefined {
    return this.#users > 0 ? undefined : this.#lastUsed
  }

  /** Counts a user. @returns ends the use */
  use(): () => void {
    this.#users++
    return () => {
      this.#users--
      this.#lastUsed = this.#parts.clock.monotonic()
    }
  }

  /** Looks the way up where it is not known or may have changed; once for many who ask at the same time. @throws {RemoteServerError} */
  connections(): Promise<Connections> {
    if (this.#connections !== undefined && this.#parts.clock.monotonic() < this.#routeUntil)
      return Promise.resolve(this.#connections)
    this.#finding ??= this.#find().finally(() => {
      this.#finding = undefined
    })
    return this.#finding
  }

  /** No connection stands by this route: the next request looks it up anew. */
  forgetRoute(route: Route): void {
    if (this.#connections?.route === route) this.#routeUntil = 0
  }

  /** Ends all connections, and whatever is under way on them. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#connections?.pool.destroy()
  }

  async #find(): Promise<Connections> {
    const { discovery, clock, onError } = this.#parts
    const { route, lifetime } = await discovery.find(this.server)
    this.#routeUntil = clock.monotonic() + lifetime
    const before = this.#connections
    if (before !== undefined && isSameRoute(before.route, route)) return before
    const connections = { route, pool: this.#newPool(route) }
    this.#connections = connections
    // What is under way on the old ones goes on to its end.
    before?.pool.close().catch(onError)
    return connections
  }

  #newPool(route: Route): Pool {
    const { connector } = this.#parts
    return new Pool(anyOrigin, {
      connections: quickAtOnce + bulkAtOnce,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: keepAlive,
      keepAliveMaxTimeout: keepAlive,
      connect: (_, callback) => {
        connector.connect(route, this.#closing.signal).then(
          socket => callback(null, socket),
          (error: Error) => callback(error, null),
        )
      },
    })
  }
}
