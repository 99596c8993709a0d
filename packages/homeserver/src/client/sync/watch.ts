/**
 * Waiting for something that a user wants to hear of. It listens from the beginning, so that nothing falls between looking and waiting.
 */
import type { Caller } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'

export class Watch {
  readonly #caller: Caller
  readonly #timers: ClientContext['runtime']['timers']
  readonly #stops: readonly (() => void)[]
  /** Undefined: not known yet, so that any room may be one of theirs. */
  #rooms: ReadonlySet<string> | undefined
  #changed = Promise.withResolvers<void>()

  constructor(context: ClientContext, caller: Caller) {
    this.#caller = caller
    this.#timers = context.runtime.timers
    this.#stops = [
      context.rooms.listen(({ rooms, users }) => {
        if (users.has(caller.userId) || this.#rooms === undefined || !rooms.isDisjointFrom(this.#rooms)) this.#wake()
      }),
      context.streams.listen(({ stream, about }) => {
        if (this.#concerns(stream, about)) this.#wake()
      }),
    ]
  }

  /** To be called before looking: what happens from now on ends the next wait. */
  again(): void {
    this.#changed = Promise.withResolvers()
  }

  /** The rooms that the user is in, as has just been found. */
  inRooms(rooms: ReadonlySet<string>): void {
    this.#rooms = rooms
  }

  /** Resolves when something has changed since {@link again}, the time is over, or nobody waits any longer. @param ms milliseconds */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const over = Promise.withResolvers<void>()
    const timer = this.#timers.setTimer(ms, () => over.resolve())
    const aborted = () => over.resolve()
    signal.addEventListener('abort', aborted, { once: true })
    await Promise.race([this.#changed.promise, over.promise])
    timer.cancel()
    signal.removeEventListener('abort', aborted)
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }

  #wake(): void {
    this.#changed.resolve()
  }

  #concerns(stream: string, about: readonly string[]): boolean {
    switch (stream) {
      case 'typing':
      case 'receipts':
        return about.some(roomId => this.#rooms?.has(roomId) ?? true)
      case 'account_data':
      case 'to_device':
        return about.includes(this.#caller.userId)
      default:
        // Whether the user shares a room with them is looked at when looking.
        return true
    }
  }
}
