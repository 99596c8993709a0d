/**
 * Sends one pusher what it is to be told of, in order, and waits longer after each failure. Push gateway API, "Homeserver behaviour".
 *
 * Where it is stands in the database with each notification that was taken: after a crash at most the last one is sent again, under the
 * same event ID, by which apps know it. What is looked at again after a pause is what is still unread then.
 */
import type { PusherKey, StoredPusher } from '../../storage/pushers.ts'
import type { ClientContext } from '../context.ts'
import { objectIn } from '../events/event-json.ts'
import { countsBody, notificationBody } from './notification-body.ts'
import { notificationsOf } from './notifications.ts'
import { type PushGateway, PushGatewayFailed } from './push-gateway.ts'
import { unreadTotal } from './unread-total.ts'

/** After the first failure, and at most. Milliseconds. */
const firstWait = 1_000
const longestWait = 3_600_000
/** A gateway that has failed for so long is told of nothing that was before: nobody wants to hear of it by now. Milliseconds. */
const givesUpAfter = 24 * 3_600_000

export interface PusherDeliveryParts {
  readonly context: ClientContext
  readonly gateway: PushGateway
  readonly stopping: AbortSignal
  readonly onError: (error: unknown) => void
}

export class PusherDelivery {
  readonly #key: PusherKey
  readonly #parts: PusherDeliveryParts
  /** Further than the database says where nothing notified. */
  #position = 0
  /** What it was told last; undefined: nothing yet. */
  #unread: number | undefined
  #failures = 0
  /** Monotonic milliseconds. */
  #failingSince = 0
  #isWoken = false
  /** The user has read something that it was not told of. */
  #hasRead = false
  #running: Promise<void> | undefined

  constructor(key: PusherKey, parts: PusherDeliveryParts) {
    this.#key = key
    this.#parts = parts
  }

  /** Something has happened. @param what `reading`: the user has read something */
  wake(what: 'reading' | 'events'): void {
    this.#isWoken = true
    if (what === 'reading') this.#hasRead = true
    this.#running ??= this.#run()
  }

  /** Resolves when nothing is under way any more; where it is was written down. */
  async stop(): Promise<void> {
    await this.#running
    const { database, tables } = this.#parts.context
    if (this.#position > 0) await database.write(tables.pushers.reached(this.#key, this.#position))
  }

  async #run(): Promise<void> {
    const { stopping, onError } = this.#parts
    while (this.#isWoken && !stopping.aborted) {
      this.#isWoken = false
      try {
        await this.#pass()
        this.#failures = 0
      } catch (error) {
        if (stopping.aborted) break
        this.#isWoken = true
        // A gateway that is down is the business of whoever runs it.
        if (!(error instanceof PushGatewayFailed)) onError(error)
        await this.#pause()
      }
    }
    // In the turn in which the loop ends: a wake after it begins anew.
    this.#running = undefined
  }

  async #pass(): Promise<void> {
    const { context } = this.#parts
    const pusher = context.tables.pushers.find(this.#key)
    if (pusher === undefined) return
    const upTo = context.rooms.position
    const after = Math.max(this.#position, pusher.position)
    const { userId } = this.#key
    for (const notification of await notificationsOf(context, userId, after, upTo)) {
      const unread = await unreadTotal(context, userId)
      const body = await notificationBody(context, pusher, notification, unread)
      if (!(await this.#send(pusher, body))) return
      this.#unread = unread
      this.#position = notification.position
      await context.database.write(context.tables.pushers.reached(this.#key, notification.position))
    }
    this.#position = upTo
    if (!this.#hasRead) return
    // What is read from here on is told of by another pass.
    this.#hasRead = false
    try {
      await this.#sendCounts(pusher)
    } catch (error) {
      this.#hasRead = true
      throw error
    }
  }

  async #sendCounts(pusher: StoredPusher): Promise<void> {
    const unread = await unreadTotal(this.#parts.context, this.#key.userId)
    if (unread === this.#unread) return
    if (await this.#send(pusher, countsBody(pusher, unread))) this.#unread = unread
  }

  /** @returns whether the pusher is still good; where it is not it is removed */
  async #send(pusher: StoredPusher, body: string): Promise<boolean> {
    const { gateway, stopping, context } = this.#parts
    const rejected = await gateway.notify(`${objectIn(pusher.pusher, 'data')['url']}`, body, stopping)
    if (!rejected.includes(pusher.pushkey)) return true
    await context.database.write(context.tables.pushers.remove(this.#key))
    return false
  }

  async #pause(): Promise<void> {
    const { stopping, context } = this.#parts
    const { clock, timers } = context.runtime
    if (this.#failures === 0) this.#failingSince = clock.monotonic()
    if (clock.monotonic() - this.#failingSince > givesUpAfter) this.#position = context.rooms.position
    try {
      await timers.sleep(Math.min(firstWait * 2 ** this.#failures++, longestWait), stopping)
    } catch (error) {
      if (!stopping.aborted) throw error
    }
  }
}
