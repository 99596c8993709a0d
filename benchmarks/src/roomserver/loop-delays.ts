/**
 * How long the event loop of this thread is held up: every millisecond is looked at the clock.
 */

/** Milliseconds between two looks at the clock; what is measured is by how much they are late. */
const resolution = 1

/**
 * How long other work waited for its turn: by the processor time that the loop's own thread took between two looks, since on a machine
 * that is shared the clock also shows the work of others; and by the clock.
 */
export class LoopDelays {
  readonly #cpu: number[] = []
  readonly #wall: number[] = []
  readonly #timer: NodeJS.Timeout
  #lastCpu = process.threadCpuUsage()
  #lastWall = performance.now()

  constructor() {
    this.#timer = setInterval(() => this.#look(), resolution)
  }

  #look(): void {
    const { user, system } = process.threadCpuUsage(this.#lastCpu)
    const now = performance.now()
    this.#cpu.push((user + system) / 1000)
    this.#wall.push(now - this.#lastWall - resolution)
    this.#lastCpu = process.threadCpuUsage()
    this.#lastWall = now
  }

  stop() {
    clearInterval(this.#timer)
    this.#look()
    return {
      p99: percentile(this.#cpu, 99),
      max: percentile(this.#cpu, 100),
      p99Wall: percentile(this.#wall, 99),
      maxWall: percentile(this.#wall, 100),
    }
  }
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0
}
