/**
 * Storage in one SQLite file: reads here, writes on the writer's thread.
 */

import type { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import type { EventTypeNid, QueueRowNid, RoomNid, StateKeyNid } from '../../types/index.ts'
import { aliasesToBeFree, type DirectoryChange } from '../directory-change.ts'
import { toStored } from '../packed/text.ts'
import type { Reader } from '../reader.ts'
import type { CommitResult, QueueItem, QueueRetry, RoomCommit } from '../room-commit.ts'
import { AliasTaken, OwnershipLost, RoomMovedOn, type Storage, StorageFailed, StorageFull } from '../storage.ts'
import { writeCommit } from './commit.ts'
import { writeChanges } from './directory-changes.ts'
import type { FaultPlan } from './faults.ts'
import { KeptEventIds } from './kept-event-ids.ts'
import { KeptRooms } from './kept-rooms.ts'
import { ends, type FromWriter, type WriterReport, writeKinds } from './messages.ts'
import { Names } from './names.ts'
import { numberKinds } from './number-kinds.ts'
import { NumberRange } from './number-range.ts'
import { ReadingMoment } from './reading-moment.ts'
import { Readings, SqliteReader } from './sqlite-reader.ts'
import { WriteQueue } from './write-queue.ts'

/** What it is put together from, by open.ts. */
export interface SqliteParts {
  readonly worker: Worker
  readonly epoch: number
  /** Cannot write. */
  readonly reading: DatabaseSync
  /** Lets go of what else is held, after the connections are closed. */
  readonly release: () => void
}

export class SqliteStorage implements Storage {
  readonly reader: Reader
  readonly #epoch: number
  readonly #reading: DatabaseSync
  readonly #release: () => void
  readonly #queue: WriteQueue
  readonly #readings: Readings
  readonly #moment: ReadingMoment
  readonly #rooms = this.#numbers('room')
  readonly #eventTypes: Names<EventTypeNid>
  readonly #stateKeys: Names<StateKeyNid>
  readonly #eventIds = new KeptEventIds()
  readonly #keptRooms = new KeptRooms()
  readonly #reports: ((report: WriterReport) => void)[] = []
  #closing: Promise<void> | undefined
  #closed: (() => void) | undefined

  constructor({ worker, epoch, reading, release }: SqliteParts) {
    this.#epoch = epoch
    this.#reading = reading
    this.#release = release
    this.#queue = new WriteQueue(worker)
    this.#readings = new Readings(reading)
    this.#moment = new ReadingMoment(reading, () => this.#keptRooms.forget())
    this.#eventTypes = new Names(
      () => this.#open().eventTypes,
      this.#numbers('eventType'),
      (nid, name) => this.#queue.addEventType(nid, name),
    )
    this.#stateKeys = new Names(
      () => this.#open().stateKeys,
      this.#numbers('stateKey'),
      (nid, name) => this.#queue.addStateKey(nid, name),
    )
    this.reader = new SqliteReader(
      () => this.#open(),
      this.#eventTypes,
      this.#stateKeys,
      this.#eventIds,
      this.#keptRooms,
    )
    worker.on('message', (message: FromWriter) => this.#hear(message))
    worker.on('error', error => this.#queue.failAll(new StorageFailed('the writer has stopped', error)))
    worker.on('exit', () => {
      this.#queue.failAll(new StorageFailed('the writer has stopped'))
      this.#closed?.()
    })
  }

  async commit(commit: RoomCommit): Promise<CommitResult> {
    const first = await this.#queue.write(
      tape => writeCommit(tape.number(writeKinds.commit), commit),
      (end, detail) =>
        end === ends.movedOn
          ? new RoomMovedOn(commit.room, commit.expects, detail as number | 'purged')
          : this.#refusal(end, detail),
    )
    return { counter: commit.expects + 1, positions: commit.outputs.map((_, at) => first + at) }
  }

  async change(changes: readonly DirectoryChange[]): Promise<number[]> {
    const aliases = aliasesToBeFree(changes)
    const first = await this.#queue.write(
      tape => writeChanges(tape.number(writeKinds.change), aliases, changes),
      (end, detail) =>
        end === ends.aliasTaken ? new AliasTaken(aliases[Number(detail)] as string) : this.#refusal(end, detail),
    )
    return changes.filter(({ kind }) => kind === 'output').map((_, at) => first + at)
  }

  async purge(room: RoomNid, most: number): Promise<'more' | 'done'> {
    const isLeft = await this.#write(tape => tape.number(writeKinds.purge).number(room).number(most))
    this.#eventIds.clear()
    return isLeft === 1 ? 'more' : 'done'
  }

  async enqueue(items: readonly QueueItem[]): Promise<QueueRowNid[]> {
    const first = await this.#write(tape => {
      tape.number(writeKinds.enqueue).number(items.length)
      for (const { roomId, item } of items) tape.text(toStored(roomId)).text(toStored(item))
    })
    return items.map((_, at) => (first + at) as QueueRowNid)
  }

  async retryLater(retries: readonly QueueRetry[]): Promise<void> {
    await this.#write(tape => {
      tape.number(writeKinds.retry).number(retries.length)
      for (const { row, notBefore, attempts, waitsFor } of retries)
        tape.number(notBefore).number(attempts).text(toStored(waitsFor)).number(row)
    })
  }

  async dequeue(rows: readonly QueueRowNid[]): Promise<void> {
    await this.#write(tape => {
      tape.number(writeKinds.dequeue).number(rows.length)
      for (const row of rows) tape.number(row)
    })
  }

  async allotRoom(): Promise<RoomNid> {
    for (;;) {
      const room = this.#rooms.give()
      if (room !== undefined) return room as RoomNid
      await this.#rooms.ready()
    }
  }

  internEventTypes(types: readonly string[]): Promise<EventTypeNid[]> {
    return this.#eventTypes.intern(types)
  }

  internStateKeys(keys: readonly string[]): Promise<StateKeyNid[]> {
    return this.#stateKeys.intern(keys)
  }

  /** Another plan of faults; only where storage was opened with one. For tests. */
  inject(faults: FaultPlan): void {
    this.#queue.send({ kind: 'faults', faults })
  }

  /** What the writer has done, once it has done all that was given to it before. */
  report(): Promise<WriterReport> {
    return new Promise(resolve => {
      this.#reports.push(resolve)
      this.#queue.send({ kind: 'report' })
    })
  }

  /** Waits for what was given to it before; all that comes later is refused. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // The last connection to go copies the log into the database: the writer, unless what is in the log is not trusted.
    if (this.#queue.failure === undefined) this.#reading.close()
    await new Promise<void>(resolve => {
      this.#closed = resolve
      this.#queue.send({ kind: 'close' })
    })
    if (this.#reading.isOpen) this.#reading.close()
    this.#release()
  }

  #hear(message: FromWriter): void {
    switch (message.kind) {
      case 'answers':
        this.#moment.end()
        this.#eventTypes.saved(message.savedNames[0])
        this.#stateKeys.saved(message.savedNames[1])
        this.#queue.settle(message, reason =>
          message.lostTo === undefined ? new StorageFailed(reason) : new OwnershipLost(this.#epoch, message.lostTo),
        )
        break
      case 'report':
        this.#reports.shift()?.(message.report)
        break
      default:
        break
    }
  }

  #write(fill: Parameters<WriteQueue['write']>[0]): Promise<number> {
    return this.#queue.write(fill, (end, detail) => this.#refusal(end, detail))
  }

  #refusal(end: number, detail: number | string): Error {
    if (end === ends.full) return new StorageFull(new Error(String(detail)))
    if (end === ends.failed) return this.#queue.failure ?? new StorageFailed(String(detail))
    return new Error(`a write was refused, and nothing of it written: ${detail}`)
  }

  #numbers(kind: keyof typeof numberKinds): NumberRange {
    const count = numberKinds[kind].rangeSize
    return new NumberRange(async () => {
      const place = Object.keys(numberKinds).indexOf(kind)
      const from = await this.#write(tape => tape.number(writeKinds.reserve).number(place).number(count))
      return { from, count }
    })
  }

  #open(): Readings {
    if (this.#queue.failure !== undefined) throw this.#queue.failure
    if (this.#closing !== undefined) throw new Error('storage is closed')
    this.#moment.open()
    return this.#readings
  }
}
