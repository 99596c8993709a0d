/**
 * The main thread's end of the writer: gathers what is decided in one turn of the event loop into one message, and settles
 * each write's promise when the writer answers.
 */
import type { Worker } from 'node:worker_threads'
import { nodeRuntime } from '../../runtime/index.ts'
import type { StorageFailed } from '../storage.ts'
import type { FromWriter, ToWriter, WriteMessage } from './messages.ts'
import { TapeWriter } from './tape.ts'

/** A write that is not answered yet. */
interface Pending {
  done(detail: number): void
  /** Anything else: one of `ends` and its detail. */
  refused(end: number, detail: number | string): void
}

/** A message is sent at once where it has grown so large. */
const maxMessageBytes = 1_048_576
/** Milliseconds that a turn of the event loop takes at most where there is little to do. */
const quietTurn = 1
/** Milliseconds that a write waits at most for others: a few times what the writer needs for a commit. */
const longestGathering = 12

export class WriteQueue {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #nextWrite = 1
  readonly #writes = new TapeWriter()
  #starts: number[] = []
  readonly #eventTypes = new TapeWriter()
  readonly #stateKeys = new TapeWriter()
  #flushes = false
  #failure: StorageFailed | undefined

  constructor(worker: Worker) {
    this.#worker = worker
  }

  /** Why every write is refused. */
  get failure(): StorageFailed | undefined {
    return this.#failure
  }

  /**
   * @param fill writes the tape: its kind first
   * @param refusal makes an error of how the write ended
   * @returns the detail
   */
  write(fill: (tape: TapeWriter) => void, refusal: (end: number, detail: number | string) => Error): Promise<number> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const tape = this.#writes
    const start = tape.place
    try {
      fill(tape)
    } catch (error) {
      tape.cut(start)
      throw error
    }
    this.#starts.push(start.at)
    const number = this.#nextWrite++
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#pending.set(number, {
      done: resolve,
      refused: (end, detail) => reject(refusal(end, detail)),
    })
    if (tape.size >= maxMessageBytes) this.#flush()
    else this.#flushSoon()
    return promise
  }

  /** A name that later writes may use. */
  addEventType(nid: number, name: string | Uint8Array): void {
    this.#eventTypes.number(nid).text(name)
    this.#flushSoon()
  }
  addStateKey(nid: number, name: string | Uint8Array): void {
    this.#stateKeys.number(nid).text(name)
    this.#flushSoon()
  }

  settle(
    { answers, failure }: Extract<FromWriter, { kind: 'answers' }>,
    failed: (reason: string) => StorageFailed,
  ): void {
    if (failure !== undefined) this.#failure ??= failed(failure)
    for (let at = 0; at < answers.length; at += 3) {
      const number = answers[at] as number
      const pending = this.#pending.get(number)
      this.#pending.delete(number)
      const end = answers[at + 1] as number
      if (end === 0) pending?.done(answers[at + 2] as number)
      else pending?.refused(end, answers[at + 2]!)
    }
  }

  /** Refuses what is not answered, and everything from now on. */
  failAll(failure: StorageFailed): void {
    this.#failure ??= failure
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const write of pending) write.refused(3, failure.message)
  }

  send(message: ToWriter): void {
    this.#flush()
    this.#worker.postMessage(message)
  }

  /**
   * Not in a microtask: those of other events' work come after it, and each event would be a message and a commit of its own
   * (a third more processor time for events of a fork). Nor while turns of the event loop are long: there is work at hand, and its
   * writes go into the same commit.
   */
  #flushSoon(): void {
    if (this.#flushes) return
    this.#flushes = true
    void this.#flushWhenQuiet()
  }

  async #flushWhenQuiet(): Promise<void> {
    const { clock, timers } = nodeRuntime
    const since = clock.monotonic()
    for (let turn = since; ; ) {
      await timers.yieldNow()
      const now = clock.monotonic()
      if (now - turn < quietTurn || now - since >= longestGathering) break
      turn = now
    }
    this.#flush()
  }

  #flush(): void {
    this.#flushes = false
    if (this.#starts.length === 0 && this.#eventTypes.isEmpty && this.#stateKeys.isEmpty) return
    const message: WriteMessage = {
      kind: 'write',
      eventTypes: this.#eventTypes.take(),
      stateKeys: this.#stateKeys.take(),
      firstWrite: this.#nextWrite - this.#starts.length,
      writes: this.#writes.take(),
      starts: this.#starts,
    }
    this.#starts = []
    const { eventTypes, stateKeys, writes } = message
    this.#worker.postMessage(
      message,
      [eventTypes, stateKeys, writes].map(({ bytes }) => bytes.buffer),
    )
  }
}
