/** All servers that are being talked to. Those that nobody talks to any more are let go, with their connections. */
import type { ServerName } from '@neurite/protocol'
import type { Timer, Timers } from '@neurite/roomserver/runtime'
import { Destination, type DestinationParts } from './destination.ts'
import { idleServer, maxServers } from './limits.ts'

/** How often idle servers are looked for. Milliseconds. */
const sweepEvery = 60_000

export class Destinations {
  readonly #parts: DestinationParts & { readonly timers: Timers }
  /** In the order last used, oldest first. */
  readonly #servers = new Map<ServerName, Destination>()
  #sweep: Timer | undefined

  constructor(parts: DestinationParts & { readonly timers: Timers }) {
    this.#parts = parts
  }

  /** How many servers are remembered. */
  get size(): number {
    return this.#servers.size
  }

  to(server: ServerName): Destination {
    const destination = this.#servers.get(server) ?? new Destination(server, this.#parts)
    this.#servers.delete(server)
    this.#servers.set(server, destination)
    this.#sweep ??= this.#parts.timers.setTimer(sweepEvery, () => this.#letIdleGo())
    if (this.#servers.size > maxServers) this.#letOldestGo(destination)
    return destination
  }

  async close(): Promise<void> {
    this.#sweep?.cancel()
    const all = [...this.#servers.values()]
    this.#servers.clear()
    await Promise.all(all.map(destination => destination.close()))
  }

  #letIdleGo(): void {
    const before = this.#parts.clock.monotonic() - idleServer
    for (const destination of this.#servers.values())
      if ((destination.idleSince ?? Number.POSITIVE_INFINITY) <= before) this.#letGo(destination)
    this.#sweep = this.#servers.size > 0 ? this.#parts.timers.setTimer(sweepEvery, () => this.#letIdleGo()) : undefined
  }

  #letOldestGo(newest: Destination): void {
    for (const destination of this.#servers.values()) {
      if (destination.idleSince === undefined || destination === newest) continue
      this.#letGo(destination)
      return
    }
  }

  #letGo(destination: Destination): void {
    this.#servers.delete(destination.server)
    destination.close().catch(this.#parts.onError)
  }
}
