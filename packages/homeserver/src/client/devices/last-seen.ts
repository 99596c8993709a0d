/**
 * When and from where devices were seen last. Written now and then: not every request is worth a write.
 */
import type { Clock } from '@neurite/roomserver/runtime'
import type { Database } from '../../storage/database.ts'
import type { Devices } from '../../storage/devices.ts'
import type { Caller } from '../authenticate.ts'

/** The specification allows a few minutes. Milliseconds. */
const writtenEvery = 3 * 60 * 1_000
/** Devices that are remembered; others are written at their next request. */
const maxRemembered = 100_000

export class LastSeen {
  readonly #database: Database
  readonly #devices: Devices
  readonly #clock: Clock
  readonly #onError: (error: unknown) => void
  /** When it was written last, monotonic milliseconds. */
  readonly #written = new Map<string, number>()

  constructor(database: Database, devices: Devices, clock: Clock, onError: (error: unknown) => void) {
    this.#database = database
    this.#devices = devices
    this.#clock = clock
    this.#onError = onError
  }

  /** A device has made a request. Nobody waits for it to be written. */
  note({ userId, deviceId }: Caller, ip: string): void {
    if (deviceId === undefined) return
    const key = `${userId} ${deviceId} ${ip}`
    const now = this.#clock.monotonic()
    const before = this.#written.get(key)
    if (before !== undefined && now - before < writtenEvery) return
    this.#written.delete(key)
    this.#written.set(key, now)
    if (this.#written.size > maxRemembered) this.#written.delete(this.#written.keys().next().value as string)
    this.#database.write(this.#devices.seen(userId, deviceId, this.#clock.now(), ip)).catch(this.#onError)
  }
}
