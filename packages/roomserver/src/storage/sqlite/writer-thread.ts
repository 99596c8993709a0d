/**
 * The writer's thread: opens the database, takes all messages that wait, writes them in groups, answers, and copies the log
 * into the database between groups.
 */
import type { DatabaseSync } from 'node:sqlite'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { nodeRuntime } from '../../runtime/index.ts'
import { Checkpoints } from './checkpoints.ts'
import { type FaultPlan, Faults } from './faults.ts'
import type { FromWriter, ToWriter, WriterReport } from './messages.ts'
import { openForWriting } from './open-for-writing.ts'
import { type Tape, TapeReader } from './tape.ts'
import { Writer } from './writer.ts'

/** What the main thread starts this one with. */
export interface WriterOptions {
  readonly path: string
  readonly cacheBytes: number
  readonly faults: FaultPlan | undefined
}

/** A group is one transaction: bounded, so that none is long and the log does not grow by much at once. */
const maxGroupWrites = 128
const maxGroupBytes = 1_048_576
/** Names are written without a commit, too, where so many wait. */
const maxUnsavedNames = 1_000

const { clock } = nodeRuntime

interface WaitingWrite {
  readonly id: number
  readonly tape: TapeReader
  /** About how many bytes it brings: its part of the message's. */
  readonly size: number
}

function sizeOf({ bytes, texts }: Tape): number {
  return texts.reduce((size, text) => size + text.length, bytes.length)
}

class WriterThread {
  readonly #port: MessagePort
  readonly #database: DatabaseSync
  readonly #faults: Faults | undefined
  readonly #writer: Writer
  readonly #checkpoints: Checkpoints
  /** Taken from messages and not yet done. */
  readonly #waiting: WaitingWrite[] = []
  #closed = false
  readonly #report = { groups: 0, writes: 0, checkpoints: 0, longestGroup: 0, longestCheckpoint: 0 }

  constructor(port: MessagePort, database: DatabaseSync, epoch: number, faults: Faults | undefined) {
    this.#port = port
    this.#database = database
    this.#faults = faults
    this.#writer = new Writer(database, epoch, faults)
    this.#checkpoints = new Checkpoints(database, faults)
  }

  /** Works off a message and all that wait behind it. */
  work(first: ToWriter): void {
    this.#take(first)
    while (!this.#closed) {
      // Whatever has come in meanwhile joins the group.
      while (this.#waiting.length < maxGroupWrites && !this.#closed) {
        const next = receiveMessageOnPort(this.#port)
        if (next === undefined) break
        this.#take(next.message as ToWriter)
      }
      if (this.#waiting.length > 0 || this.#writer.names.count >= maxUnsavedNames) this.#writeGroup()
      if (!this.#closed) this.checkpointIfDue()
      if (this.#waiting.length === 0) return
    }
  }

  #take(message: ToWriter): void {
    switch (message.kind) {
      case 'write': {
        const { firstWrite, writes, starts } = message
        this.#writer.names.add(message.eventTypes, message.stateKeys)
        const size = sizeOf(writes) / starts.length
        for (const [at, start] of starts.entries())
          this.#waiting.push({ id: firstWrite + at, tape: new TapeReader(writes, start), size })
        break
      }
      case 'faults':
        this.#writeAll()
        if (this.#faults !== undefined) this.#faults.plan = message.faults
        break
      case 'report':
        this.#writeAll()
        this.#say({ kind: 'report', report: this.#reportNow() })
        break
      case 'close':
        this.#writeAll()
        this.#close()
        break
    }
  }

  #writeAll(): void {
    while (this.#waiting.length > 0) this.#writeGroup()
  }

  #writeGroup(): void {
    let size = 0
    let count = 0
    while (count < this.#waiting.length && count < maxGroupWrites && size < maxGroupBytes)
      size += this.#waiting[count++]!.size
    const group = this.#waiting.splice(0, count)
    const start = clock.monotonic()
    const answers = this.#writer.run(group.map(write => write.tape))
    this.#report.longestGroup = Math.max(this.#report.longestGroup, clock.monotonic() - start)
    this.#report.groups++
    this.#report.writes += count
    const flat: (number | string)[] = []
    for (const [at, [end, detail]] of answers.entries()) flat.push(group[at]!.id, end, detail)
    const { lostTo } = this.#writer
    const savedNames = this.#writer.names.savedCounts
    this.#say({ kind: 'answers', answers: flat, savedNames, failure: this.#writer.failure, lostTo })
  }

  /** After a crash, too: the log may be long then. */
  checkpointIfDue(): void {
    if (this.#writer.failure !== undefined) return
    try {
      const start = clock.monotonic()
      if (!this.#checkpoints.runIfDue(this.#waiting.length > 0)) return
      this.#report.longestCheckpoint = Math.max(this.#report.longestCheckpoint, clock.monotonic() - start)
      this.#report.checkpoints++
    } catch (error) {
      // The failed sync may have been of commits that were answered long ago.
      this.#writer.fail(`a checkpoint failed: ${error instanceof Error ? error.message : error}`)
      const { failure } = this.#writer
      const savedNames = this.#writer.names.savedCounts
      this.#say({ kind: 'answers', answers: [], savedNames, failure, lostTo: undefined })
    }
  }

  #close(): void {
    this.#closed = true
    // Nothing that failed is copied into the database.
    if (this.#writer.failure === undefined) this.#checkpoints.empty()
    this.#database.close()
    this.#say({ kind: 'closed' })
    this.#port.close()
  }

  #reportNow(): WriterReport {
    return { ...this.#report, faultPoints: this.#faults?.labels ?? [] }
  }

  #say(message: FromWriter): void {
    this.#port.postMessage(message)
  }
}

function start(port: MessagePort, { path, cacheBytes, faults: plan }: WriterOptions): void {
  const faults = plan === undefined ? undefined : new Faults(plan)
  const opened = openForWriting(path, cacheBytes)
  if (opened.kind === 'refused') {
    port.postMessage({ kind: 'cannot-open', reason: opened.reason } satisfies FromWriter)
    port.close()
    return
  }
  const thread = new WriterThread(port, opened.database, opened.epoch, faults)
  port.on('message', (message: ToWriter) => thread.work(message))
  port.postMessage({ kind: 'ready', epoch: opened.epoch } satisfies FromWriter)
  thread.checkpointIfDue()
}

if (parentPort !== null) start(parentPort, workerData as WriterOptions)
