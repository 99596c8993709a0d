/**
 * Sends what users are to be notified of to their pushers: follows the rooms, and wakes those whose users it may concern. Client-server
 * API, "Push Notifications".
 */
import type { UserId } from '@neurite/protocol'
import type { PusherKey } from '../../storage/pushers.ts'
import type { ClientContext } from '../context.ts'
import type { PushGateway } from './push-gateway.ts'
import { PusherDelivery, type PusherDeliveryParts } from './pusher-delivery.ts'

export class PushSender {
  readonly #context: ClientContext
  readonly #parts: PusherDeliveryParts
  readonly #stopping = new AbortController()
  readonly #deliveries = new Map<string, PusherDelivery>()
  readonly #stops: (() => void)[] = []

  constructor(context: ClientContext, gateway: PushGateway, onError: (error: unknown) => void) {
    this.#context = context
    this.#parts = { context, gateway, onError, stopping: this.#stopping.signal }
  }

  /** Begins to send; what happened while nothing was sent is sent now. */
  start(): void {
    const { rooms, hasRead, tables } = this.#context
    this.#stops.push(
      rooms.listen(change => {
        const users = new Set([...change.rooms].flatMap(roomId => tables.pushers.usersIn(roomId)))
        for (const userId of [...users, ...change.users]) this.#wake(userId as UserId, 'events')
      }),
      hasRead.listen(userId => this.#wake(userId, 'reading')),
    )
    for (const userId of tables.pushers.users()) this.#wake(userId, 'events')
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop()
    this.#stopping.abort(new Error('the server stops'))
    await Promise.all([...this.#deliveries.values()].map(delivery => delivery.stop()))
  }

  #wake(userId: UserId, what: 'reading' | 'events'): void {
    for (const pusher of this.#context.tables.pushers.of(userId)) this.#to(pusher).wake(what)
  }

  #to({ userId, appId, pushkey }: PusherKey): PusherDelivery {
    const name = JSON.stringify([userId, appId, pushkey])
    let delivery = this.#deliveries.get(name)
    if (delivery === undefined) {
      delivery = new PusherDelivery({ userId, appId, pushkey }, this.#parts)
      this.#deliveries.set(name, delivery)
    }
    return delivery
  }
}
