/**
 * Virtual time, driven from one seed: nothing waits, an hour passes in the instant that nothing is left to do before its
 * end. What happens, and in which order, depends on the seed and the code alone, as long as the code waits for nothing
 * but promises and these timers; work in the real world (a thread, a disk) goes through {@link SimulatedRuntime.outside},
 * for which virtual time stands still.
 */
import type { Clock } from './clock.ts'
import { EventQueue } from './event-queue.ts'
import type { Runtime } from './runtime.ts'
import { SeededRandomness } from './seeded-randomness.ts'
import { sleepBy, type Timer, type Timers } from './timers.ts'

/** Virtual time begins here: 2026-01-01T00:00:00Z. */
const beginning = 1_767_225_600_000
/** So many steps without virtual time moving on are a loop that never ends. */
const maxStepsAtOneTime = 1_000_000

/** Nothing is left to do, and still what was waited for has not happened: a promise that nobody will settle. */
export class NothingLeftToDo extends Error {
  constructor(at: number) {
    super(`nothing is left to do at ${at} ms of virtual time, and what is waited for has not happened`)
    this.name = 'NothingLeftToDo'
  }
}

export class SimulatedRuntime implements Runtime {
  readonly clock: Clock
  readonly timers: Timers
  readonly randomness: SeededRandomness
  readonly #queue = new EventQueue()
  /** Milliseconds of virtual time passed. */
  #time = 0
  #outside = 0
  #stepsAtThisTime = 0
  #running = false

  constructor(seed: number) {
    this.randomness = new SeededRandomness(seed)
    const process = this.process()
    this.clock = process.clock
    this.timers = process.timers
  }

  /** Milliseconds of virtual time that have passed. */
  get time(): number {
    return this.#time
  }

  /**
   * A process of its own in the same virtual time: its timers can be stopped all at once, its clock may be off, and what
   * it draws disturbs nobody else.
   * @param skew how far its clock is ahead, in milliseconds
   */
  process(skew = 0): SimulatedProcess {
    const randomness = this.randomness.fork()
    return new SimulatedProcess(this.#queue, () => this.#time, beginning + skew, randomness)
  }

  /** Work in the real world: virtual time stands still until it ends. */
  async outside<T>(work: Promise<T>): Promise<T> {
    this.#outside++
    try {
      return await work
    } finally {
      this.#outside--
    }
  }

  /**
   * Lets virtual time pass until the promise is settled.
   * @returns what it resolves to
   * @throws what it rejects with; {@link NothingLeftToDo} where nothing can settle it any more
   */
  async run<T>(until: Promise<T>): Promise<T> {
    let settled = false
    const note = () => {
      settled = true
    }
    until.then(note, note)
    await this.#drive(() => settled)
    return until
  }

  /** Lets virtual time pass until the condition holds; it is asked after every step. */
  runUntil(condition: () => boolean): Promise<void> {
    return this.#drive(condition)
  }

  /** Lets so much virtual time pass. */
  async advance(ms: number): Promise<void> {
    let over = false
    this.#queue.add(this.#time + ms, () => {
      over = true
    })
    await this.#drive(() => over)
  }

  /** Runs whatever is ready, without any virtual time passing. */
  settle(): Promise<void> {
    return this.advance(0)
  }

  async #drive(done: () => boolean): Promise<void> {
    if (this.#running) throw new Error('virtual time is driven from one place at a time')
    this.#running = true
    try {
      for (;;) {
        await this.#drainMicrotasks()
        if (done()) return
        this.#step()
      }
    } finally {
      this.#running = false
    }
  }

  /** Everything that promises make ready has run after one turn of the event loop; the outside may take more. */
  async #drainMicrotasks(): Promise<void> {
    do await new Promise(resolve => setImmediate(resolve))
    while (this.#outside > 0)
  }

  #step(): void {
    const at = this.#queue.nextAt()
    const run = this.#queue.take()
    if (at === undefined || run === undefined) throw new NothingLeftToDo(this.#time)
    this.#stepsAtThisTime = at > this.#time ? 0 : this.#stepsAtThisTime + 1
    if (this.#stepsAtThisTime > maxStepsAtOneTime)
      throw new Error(`virtual time stands at ${at} ms for ${maxStepsAtOneTime} steps: a loop that never ends`)
    this.#time = at
    run()
  }
}

/** One of several processes in the same virtual time. */
export class SimulatedProcess implements Runtime {
  readonly clock: Clock
  readonly timers: Timers
  readonly randomness: SeededRandomness
  readonly #queue: EventQueue
  readonly #waiting = new Set<Timer>()
  #stopped = false

  constructor(queue: EventQueue, time: () => number, beginsAt: number, randomness: SeededRandomness) {
    this.#queue = queue
    this.randomness = randomness
    this.clock = { now: () => beginsAt + Math.floor(time()), monotonic: () => time() }
    const setTimer = (ms: number, run: () => void) => this.#setTimer(time() + Math.max(0, ms), run)
    this.timers = {
      sleep: (ms, signal) => sleepBy(setTimer, ms, signal),
      setTimer,
      yieldNow: () => sleepBy(setTimer, 0, undefined),
    }
  }

  /** As if the process were killed: none of its timers ever fires, whoever sleeps never wakes. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#waiting) timer.cancel()
    this.#waiting.clear()
  }

  #setTimer(at: number, run: () => void): Timer {
    if (this.#stopped) return { cancel: () => undefined }
    const due = this.#queue.add(at, () => {
      this.#waiting.delete(timer)
      run()
    })
    const timer: Timer = {
      cancel: () => {
        this.#waiting.delete(timer)
        this.#queue.cancel(due)
      },
    }
    this.#waiting.add(timer)
    return timer
  }
}
