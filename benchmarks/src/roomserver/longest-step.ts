/**
 * The longest of many short steps on this thread, told apart from the pauses of the garbage collector that happen to fall into one: these
 * depend on all that the process holds, here most of all on what the benchmark itself keeps.
 */
import { PerformanceObserver } from 'node:perf_hooks'

/** Milliseconds. */
export interface StepTimes {
  /** CPU time of this thread in the longest step, the collector's pauses in it apart. */
  readonly cpu: number
  /** The longest pause of the collector in any step. */
  readonly pause: number
}

interface Step {
  readonly cpu: number
  readonly start: number
  readonly end: number
}

/** Steps that are looked at again once the pauses are known. */
const longStepMs = 1

export class LongestStep {
  #long: Step[] = []
  #shortest = 0
  #pauses: { readonly start: number; readonly end: number }[] = []
  readonly #observer = new PerformanceObserver(list => this.#note(list.getEntries()))

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  #note(entries: readonly { readonly startTime: number; readonly duration: number }[]): void {
    for (const { startTime, duration } of entries) this.#pauses.push({ start: startTime, end: startTime + duration })
  }

  reset(): void {
    this.#note(this.#observer.takeRecords())
    this.#long = []
    this.#shortest = 0
    this.#pauses = []
  }

  /** @returns to be called at the end of the step */
  begin(): () => void {
    const start = performance.now()
    const before = process.threadCpuUsage()
    return () => {
      const { user, system } = process.threadCpuUsage(before)
      const cpu = (user + system) / 1000
      if (cpu > longStepMs) this.#long.push({ cpu, start, end: performance.now() })
      else if (cpu > this.#shortest) this.#shortest = cpu
    }
  }

  async longest(): Promise<StepTimes> {
    // Pauses are told of in a task of their own.
    await new Promise(resolve => setImmediate(resolve))
    this.#note(this.#observer.takeRecords())
    let cpu = this.#shortest
    let pause = 0
    for (const step of this.#long) {
      let paused = 0
      for (const { start, end } of this.#pauses) {
        const within = Math.min(end, step.end) - Math.max(start, step.start)
        if (within <= 0) continue
        paused += within
        pause = Math.max(pause, within)
      }
      cpu = Math.max(cpu, step.cpu - paused)
    }
    return { cpu, pause }
  }
}
