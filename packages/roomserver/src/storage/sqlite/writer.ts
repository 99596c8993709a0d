/**
 * The only thing that writes: takes writes in groups, each group one transaction, and says how each write ended. Lives on
 * its own thread (writer-thread.ts); knows nothing of threads.
 *
 * What holds: a commit whose room has moved on is refused before any of it is written, and others in its group go on. After an
 * error the whole group is rolled back and its writes are tried one by one, each its own transaction. An error that leaves open
 * what is on disk ends everything: a failed sync is never trusted.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { RoomNid } from '../../types/index.ts'
import { applyCommit, readHead } from './commit.ts'
import { applyChanges, takenAlias } from './directory-changes.ts'
import { type Faults, sqliteFull, sqliteIoError } from './faults.ts'
import { ends, writeKinds } from './messages.ts'
import { numberKinds } from './number-kinds.ts'
import { purgeStep } from './purge.ts'
import { RoomUpdates } from './room-updates.ts'
import { primaryCode } from './sql.ts'
import type { TapeReader } from './tape.ts'
import { UnsavedNames } from './unsaved-names.ts'
import { prepareWriter, type WriterStatements } from './writer-statements.ts'

/** Errors after which it is not known what is on disk: I/O; the file cannot be opened, is no database, or has become read only. */
const fatalCodes = new Set([sqliteIoError, 14, 26, 8])

/** How a write ended: one of `ends`, and what belongs to it. */
type End = readonly [end: number, detail: number | string]

export class Writer {
  readonly #database: DatabaseSync
  readonly #sql: WriterStatements
  readonly #rooms: RoomUpdates
  readonly #faults: Faults | undefined
  readonly #epoch: number
  readonly names = new UnsavedNames()
  /** A sentence, once nothing is trusted any more. */
  #failure: string | undefined
  #lostTo: number | undefined
  /** The last position given out, and the next queue row (0: not looked up yet), within the transaction. */
  #position = 0
  #queueRow = 0

  constructor(database: DatabaseSync, epoch: number, faults?: Faults) {
    this.#database = database
    this.#epoch = epoch
    this.#faults = faults
    this.#sql = prepareWriter(database, faults)
    this.#rooms = new RoomUpdates(this.#sql)
  }

  /** The epoch of the process that has taken over, where one has. */
  get lostTo(): number | undefined {
    return this.#lostTo
  }
  get failure(): string | undefined {
    return this.#failure
  }

  /** Nothing is trusted from here on. */
  fail(reason: string): void {
    this.#failure ??= reason
  }

  /** Writes a group as one transaction, or one by one where that fails. @returns how each ended, in order */
  run(group: readonly TapeReader[]): End[] {
    if (this.#failure === undefined) {
      try {
        return this.#transaction(group)
      } catch (error) {
        if (fatalCodes.has(primaryCode(error))) this.fail(sentence(error))
        if (this.#failure === undefined) {
          if (group.length > 1) return group.flatMap(write => this.run([write]))
          return group.map(() => [primaryCode(error) === sqliteFull ? ends.full : ends.refused, sentence(error)])
        }
      }
    }
    const reason = this.#failure
    return group.map(() => [ends.failed, reason])
  }

  #transaction(group: readonly TapeReader[]): End[] {
    try {
      this.#sql.begin.run()
      const [epoch, position] = this.#sql.readPartition.get() as [number, number]
      this.#checkEpoch(epoch)
      this.#position = position
      this.#queueRow = 0
      this.names.write(this.#sql)
      const answers = group.map(write => this.#write(write))
      this.#rooms.write()
      if (this.#position !== position) this.#sql.movePosition.run(this.#position)
      if (this.#queueRow !== 0) this.#sql.setRange.run(numberKinds.queueRow.name, this.#queueRow)
      this.#sql.commit.run()
      this.#faults?.delaySync()
      this.#rooms.committed()
      this.names.saved()
      return answers
    } catch (error) {
      this.#rooms.rolledBack()
      this.#rollBack()
      throw error
    }
  }

  /** The transaction holds the write lock, so the epoch stays what it is until it ends. */
  #checkEpoch(epoch: number): void {
    if (epoch === this.#epoch) return
    this.#lostTo = epoch
    this.fail('another process has taken over')
    throw new Error(this.#failure)
  }

  #rollBack(): void {
    if (!this.#database.isTransaction) return
    try {
      this.#database.exec('ROLLBACK')
    } catch (error) {
      this.fail(`a transaction could not be rolled back: ${sentence(error)}`)
    }
  }

  #write(tape: TapeReader): End {
    tape.rewind()
    const kind = tape.number()
    switch (kind) {
      case writeKinds.commit:
        return this.#commit(tape)
      case writeKinds.enqueue:
        return this.#enqueue(tape)
      case writeKinds.retry:
        for (let left = tape.number(); left > 0; left--)
          this.#sql.retryQueueRow.run(tape.number(), tape.number(), tape.text(), tape.number())
        return [ends.done, 0]
      case writeKinds.dequeue:
        for (let left = tape.number(); left > 0; left--) this.#sql.deleteQueueRow.run(tape.number())
        return [ends.done, 0]
      case writeKinds.reserve:
        return this.#reserve(tape)
      case writeKinds.change:
        return this.#change(tape)
      case writeKinds.purge:
        return this.#purge(tape)
      default:
        throw new Error(`there is no write of kind ${kind}`)
    }
  }

  #commit(tape: TapeReader): End {
    const head = readHead(tape)
    const counter = this.#rooms.counter(head.room)
    if ((counter ?? 0) !== head.expects) return [ends.movedOn, counter ?? 0]
    const first = this.#position + 1
    this.#position += applyCommit(head, tape, this.#sql, this.#rooms, first)
    return [ends.done, first]
  }

  #change(tape: TapeReader): End {
    const taken = takenAlias(tape, this.#sql)
    if (taken !== undefined) return [ends.aliasTaken, taken]
    const first = this.#position + 1
    this.#position += applyChanges(tape, this.#sql, first)
    return [ends.done, first]
  }

  #purge(tape: TapeReader): End {
    const room = tape.number() as RoomNid
    const most = tape.number()
    if (this.#rooms.counter(room) !== undefined) this.#rooms.purge(room)
    return [ends.done, purgeStep(this.#sql, room, most, this.#position) ? 1 : 0]
  }

  #enqueue(tape: TapeReader): End {
    if (this.#queueRow === 0) [this.#queueRow] = this.#sql.readRange.get(numberKinds.queueRow.name) as [number]
    const first = this.#queueRow
    for (let left = tape.number(); left > 0; left--)
      this.#sql.insertQueueRow.run(this.#queueRow++, tape.text(), tape.text())
    return [ends.done, first]
  }

  /** Numbers are durably taken before the first of them is used, so that none is used twice whatever happens. */
  #reserve(tape: TapeReader): End {
    const kind = Object.values(numberKinds)[tape.number()]!
    const count = tape.number()
    const [next] = this.#sql.takeRange.get(kind.name, count) as [number]
    if (next - 1 > kind.last) throw new RangeError(`all numbers of this kind are used up: ${kind.name}`)
    return [ends.done, next - count]
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
