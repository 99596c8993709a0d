/**
 * Changes that are no commit on their way to the writer, as commits in commit.ts: written to a tape, and read from it statement by
 * statement.
 */
import type { DirectoryChange } from '../directory-change.ts'
import { areNumbers, rowChangeKinds, valuesOf } from '../directory-columns.ts'
import { toStored } from '../packed/text.ts'
import type { SqlValue } from './sql.ts'
import type { TapeReader, TapeWriter } from './tape.ts'
import type { WriterStatements } from './writer-statements.ts'

/** On the tape a change begins with its place in the list of kinds; an output, which is none of them, with this. */
const outputPlace = -1
const numbersOf = new Map(rowChangeKinds.map(kind => [kind, areNumbers(kind)]))

/** @param aliases those that must be free */
export function writeChanges(tape: TapeWriter, aliases: readonly string[], changes: readonly DirectoryChange[]): void {
  tape.number(aliases.length)
  for (const alias of aliases) tape.text(toStored(alias))
  tape.number(changes.length)
  for (const change of changes) {
    if (change.kind === 'output') {
      tape.number(outputPlace).text(toStored(change.roomId)).text(toStored(change.payload))
      continue
    }
    tape.number(rowChangeKinds.indexOf(change.kind))
    for (const value of valuesOf(change)) {
      if (typeof value === 'string') tape.text(toStored(value))
      else tape.maybe(value)
    }
  }
}

/** The first of the aliases to be free that is taken, by its place among them; undefined where all are free. */
export function takenAlias(tape: TapeReader, sql: WriterStatements): number | undefined {
  let taken: number | undefined
  const count = tape.number()
  for (let at = 0; at < count; at++) {
    const row = sql.readAlias.get(tape.text())
    if (row !== undefined) taken ??= at
  }
  return taken
}

/** Applies what follows the aliases. @returns how many outputs it gave, numbered from `firstPosition` on */
export function applyChanges(tape: TapeReader, sql: WriterStatements, firstPosition: number): number {
  let outputs = 0
  for (let left = tape.number(); left > 0; left--) {
    const place = tape.number()
    if (place === outputPlace) {
      const [room] = (sql.readRoomById.get(tape.text()) ?? [0]) as [room: number]
      sql.insertOutput.run(firstPosition + outputs++, room, tape.text())
      continue
    }
    const kind = rowChangeKinds[place]!
    const values = numbersOf.get(kind)!.map((isNumber): SqlValue => (isNumber ? tape.maybe() : tape.text()))
    sql[kind].run(...values)
  }
  return outputs
}
