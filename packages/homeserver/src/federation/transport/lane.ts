/**
 * So many at once and no more; the others wait in line. One server that is slow holds up no more than its own line.
 */
export class LaneFull extends Error {
  constructor(waiting: number) {
    super(`${waiting} requests wait for it already`)
    this.name = 'LaneFull'
  }
}

export class Lane {
  readonly #maxWaiting: number
  #free: number
  /** In order of arrival: a set forgets any member in constant time. */
  readonly #waiting = new Set<() => void>()

  constructor(atOnce: number, maxWaiting: number) {
    this.#free = atOnce
    this.#maxWaiting = maxWaiting
  }

  /**
   * Waits for a place.
   * @returns gives the place to the next in line; counts once
   * @throws {LaneFull}; the signal's reason
   */
  async enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    if (this.#free > 0) this.#free--
    else await this.#wait(signal)
    let isInside = true
    return () => {
      if (isInside) this.#leave()
      isInside = false
    }
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#maxWaiting) throw new LaneFull(this.#waiting.size)
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      }
      const aborted = () => {
        this.#waiting.delete(enter)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', aborted, { once: true })
      this.#waiting.add(enter)
    })
  }

  #leave(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#free++
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
