/**
 * Names that have a NID but are not durable yet. They go first in every transaction until one succeeds: so they are written
 * before any commit that may use them, and those of a failed transaction are written again with the next.
 */
import type { StoredText } from '../packed/text.ts'
import { type Tape, TapeReader } from './tape.ts'
import type { WriterStatements } from './writer-statements.ts'

type Name = readonly [nid: number, name: StoredText]

export class UnsavedNames {
  #eventTypes: Name[] = []
  #stateKeys: Name[] = []
  #savedTypes = 0
  #savedKeys = 0

  get count(): number {
    return this.#eventTypes.length + this.#stateKeys.length
  }

  /** How many were made durable since the start, of both kinds. */
  get savedCounts(): readonly [eventTypes: number, stateKeys: number] {
    return [this.#savedTypes, this.#savedKeys]
  }

  /** @param eventTypes NID and name in turn, as `stateKeys` */
  add(eventTypes: Tape, stateKeys: Tape): void {
    this.#eventTypes.push(...names(eventTypes))
    this.#stateKeys.push(...names(stateKeys))
  }

  write(sql: WriterStatements): void {
    for (const [nid, name] of this.#eventTypes) sql.insertEventType.run(nid, name)
    for (const [nid, name] of this.#stateKeys) sql.insertStateKey.run(nid, name)
  }

  saved(): void {
    this.#savedTypes += this.#eventTypes.length
    this.#savedKeys += this.#stateKeys.length
    this.#eventTypes = []
    this.#stateKeys = []
  }
}

function* names(tape: Tape): Iterable<Name> {
  const reader = new TapeReader(tape)
  while (!reader.atEnd) yield [reader.number(), reader.text() ?? '']
}
