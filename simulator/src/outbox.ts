/**
 * Sends a server's events to the others, each until it is acknowledged: several at a time, so that a lost one is overtaken
 * by those after it. How far each other server has everything is kept across a kill; what comes after is sent again.
 */
import type { ServerName } from '@neurite/protocol'
import { RemoteServerError } from '@neurite/roomserver'
import type { MadeEvent } from '@neurite/roomserver/input/testing'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { Message } from './federation.ts'
import type { ServerUnderTest } from './server-under-test.ts'
import type { VirtualNetwork } from './virtual-network.ts'

/** Events on their way to one server at a time. */
const maxUnacknowledged = 8
/** Milliseconds until the next try: doubled with every failure, from one to the other. */
const [firstRetry, longestRetry] = [500, 30_000]

export class Outbox {
  readonly #us: ServerName
  readonly #others: readonly ServerName[]
  readonly #network: VirtualNetwork
  /** Up to which position each of the others has everything. */
  readonly #acknowledged = new Map<ServerName, number>()
  #underWay = 0

  constructor(us: ServerName, others: readonly ServerName[], network: VirtualNetwork) {
    this.#us = us
    this.#others = others
    this.#network = network
  }

  /** Whether everything that was given to send is acknowledged. */
  get isEmpty(): boolean {
    return this.#underWay === 0
  }

  /** Sends what the server's output holds, on and on until the signal aborts. */
  async run(server: ServerUnderTest, runtime: Runtime, signal: AbortSignal): Promise<void> {
    this.#underWay = 0
    await Promise.all(this.#others.map(other => this.#feed(other, server, runtime, signal)))
  }

  async #feed(to: ServerName, server: ServerUnderTest, runtime: Runtime, signal: AbortSignal): Promise<void> {
    const open = new Set<number>()
    let last = this.#acknowledged.get(to) ?? 0
    let ended = Promise.withResolvers<void>()
    for await (const { position, made } of server.toSend(last, signal)) {
      last = position
      open.add(position)
      void this.deliver(to, made, runtime, signal).then(acknowledged => {
        if (!acknowledged) return
        open.delete(position)
        this.#acknowledged.set(to, open.size === 0 ? last : Math.min(...open) - 1)
        ended.resolve()
        ended = Promise.withResolvers()
      })
      if (open.size >= maxUnacknowledged) await ended.promise
    }
  }

  /**
   * Sends one event to one server until it is acknowledged.
   * @returns false where the signal was aborted before that
   */
  async deliver(to: ServerName, { pdu, event }: MadeEvent, runtime: Runtime, signal: AbortSignal): Promise<boolean> {
    const { roomId, rules } = event
    const message: Message = { kind: 'transaction', roomId, roomVersion: rules.version, pdus: [pdu] }
    this.#underWay++
    for (let wait = firstRetry; !signal.aborted; wait = Math.min(wait * 2, longestRetry)) {
      try {
        await this.#network.request(this.#us, to, message, signal)
        this.#underWay--
        return true
      } catch (error) {
        if (!signal.aborted && !(error instanceof RemoteServerError)) throw error
      }
      await runtime.timers.sleep(wait)
    }
    return false
  }
}
