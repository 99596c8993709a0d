/**
 * How long each stage of an event's way takes, for whoever wants to watch: the operator's metrics. Without an observer nothing is timed.
 */
import type { Clock } from '../runtime/index.ts'
import type { InputResult } from './item.ts'
import { fullSteps } from './steps.ts'

/** Told of what goes on in the pipeline. It must not throw. */
export interface PipelineObserver {
  /** @param stage one of {@link stages}. @param duration milliseconds */
  stage(stage: string, duration: number): void
  /** What became of an event, each time that it was looked at. */
  event(result: InputResult['kind']): void
}

/**
 * In the order in which an event goes through them. `queue`: waiting for its room's turn; `checks`: form, hashes and signatures, waiting
 * for keys included; `fetch`: what it misses, from other servers; the steps by their names; `commit`: from the verdict to the disk;
 * `output`: reading a page of outputs.
 */
export const stages: readonly string[] = [
  ...['queue', 'checks', 'fetch'],
  ...fullSteps.map(({ name }) => name),
  ...['commit', 'output'],
]

export class Stages {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #observer: PipelineObserver | undefined

  constructor(clock: Pick<Clock, 'monotonic'>, observer: PipelineObserver | undefined) {
    this.#clock = clock
    this.#observer = observer
  }

  /** Does the work, and tells how long it took, whether it succeeded or not. */
  async timed<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const end = this.begin(stage)
    try {
      return await work()
    } finally {
      end()
    }
  }

  /** @returns to be called at the end of the stage */
  begin(stage: string): () => void {
    const observer = this.#observer
    if (observer === undefined) return nothing
    const begun = this.#clock.monotonic()
    return () => observer.stage(stage, this.#clock.monotonic() - begun)
  }

  /** What became of an event. */
  ended(result: InputResult['kind']): void {
    this.#observer?.event(result)
  }
}

const nothing = () => undefined
