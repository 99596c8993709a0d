/**
 * Asking servers, one after the other, until one answers well. Failures are remembered by the selection, never thrown.
 */
import type { ServerName } from '@neurite/protocol'
import type { RemoteServers } from '../remote-servers.ts'
import type { ServerSelection } from '../server-selection.ts'
import { maxServersAsked, requestTimeout } from './limits.ts'

/** The servers to ask about one event, best first, and how they fare. */
export class Sources {
  readonly remote: RemoteServers
  readonly servers: readonly ServerName[]
  readonly #selection: ServerSelection

  constructor(remote: RemoteServers, servers: readonly ServerName[], selection: ServerSelection) {
    this.remote = remote
    this.servers = servers.slice(0, maxServersAsked)
    this.#selection = selection
  }

  /** Asks one server, within the time limit. @returns undefined where it fails */
  async ask<T>(server: ServerName, question: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    return this.#selection.attempt(server, requestTimeout, question)
  }
}
