/**
 * Questions to one notary, collected for a moment: joining a room of thousands of servers, many of them gone, takes some tens of
 * requests in place of thousands. Server-server API, "Querying Keys Through Another Server".
 */
import type { ServerName } from '@neurite/protocol'
import type { Timer, Timers } from '@neurite/roomserver/runtime'
import type { WantedOfNotary } from './key-sources.ts'

/** Keys of one server, and until when each should be valid. Milliseconds since 1970. */
export type WantedKeys = ReadonlyMap<string, number>

/** How long questions are collected. Milliseconds: short against the time that a dead server has taken by then. */
const collectFor = 50
/** Servers in one question: a notary may have to ask each of them. */
const maxServers = 100

interface Batch {
  readonly wanted: Map<ServerName, Map<string, number>>
  readonly answered: Promise<boolean>
  send(): void
}

export class NotaryBatch {
  readonly #ask: (wanted: WantedOfNotary) => Promise<boolean>
  readonly #timers: Timers
  #open: Batch | undefined

  /** @param ask sends a question to the notary; never throws */
  constructor(ask: (wanted: WantedOfNotary) => Promise<boolean>, timers: Timers) {
    this.#ask = ask
    this.#timers = timers
  }

  /** Asks for keys of a server, together with others. @returns whether the notary answered */
  ask(server: ServerName, wanted: WantedKeys): Promise<boolean> {
    this.#open ??= this.#begin()
    const batch = this.#open
    const ofServer = batch.wanted.get(server) ?? new Map<string, number>()
    for (const [keyId, at] of wanted) ofServer.set(keyId, Math.max(at, ofServer.get(keyId) ?? 0))
    batch.wanted.set(server, ofServer)
    if (batch.wanted.size >= maxServers) batch.send()
    return batch.answered
  }

  #begin(): Batch {
    const wanted = new Map<ServerName, Map<string, number>>()
    const { promise, resolve } = Promise.withResolvers<boolean>()
    let timer: Timer | undefined
    const send = () => {
      timer?.cancel()
      this.#open = undefined
      resolve(this.#ask(asQuery(wanted)))
    }
    timer = this.#timers.setTimer(collectFor, send)
    return { wanted, answered: promise, send }
  }
}

function asQuery(wanted: ReadonlyMap<ServerName, WantedKeys>): WantedOfNotary {
  return Object.fromEntries(
    [...wanted].map(([server, keys]) => [
      server,
      Object.fromEntries([...keys].map(([keyId, at]) => [keyId, { minimum_valid_until_ts: at }])),
    ]),
  )
}
