/**
 * Opening a database to look at it only: without a writer and without its lock, also while another process has it open. What is
 * read is the database as it was at one moment, however long the reading takes; until it is closed, the writer's log grows.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { EventTypeNid, StateKeyNid } from '../../types/index.ts'
import type { Inventory } from '../inventory.ts'
import type { Reader } from '../reader.ts'
import { CannotOpenStorage } from '../storage.ts'
import { KeptEventIds } from './kept-event-ids.ts'
import { KeptRooms } from './kept-rooms.ts'
import { migrations, readMark, whyNot } from './migrations/index.ts'
import { Names } from './names.ts'
import { NumberRange } from './number-range.ts'
import { SqliteInventory } from './read-inventory.ts'
import { connect } from './sql.ts'
import { Readings, SqliteReader } from './sqlite-reader.ts'

/** A database that can be read and not written. */
export interface SqliteReading {
  readonly reader: Reader
  readonly inventory: Inventory
  close(): void
}

const readCacheBytes = 64 * 1_048_576

/** @throws {CannotOpenStorage} where there is none, it is of another version or program, or no database */
export function openSqliteForReading(path: string): SqliteReading {
  let database: DatabaseSync | undefined
  try {
    database = connect(path, { readOnly: true, cacheBytes: readCacheBytes })
    const mark = readMark(database)
    const reason = whyNot(mark) ?? tooOld(mark.version)
    if (reason !== undefined) throw new CannotOpenStorage(path, reason)
    // The moment is that of the first read within the transaction.
    database.exec('BEGIN')
    readMark(database)
    return readingOf(database)
  } catch (error) {
    database?.close()
    if (error instanceof CannotOpenStorage) throw error
    throw new CannotOpenStorage(path, error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Only a writer brings a database up to date. */
function tooOld(version: number): string | undefined {
  if (version === 0) return 'nothing has been written to it yet'
  if (version === migrations.length) return undefined
  return `its schema is ${version}, this program reads ${migrations.length}; it is brought up to date when the server starts`
}

function readingOf(database: DatabaseSync): SqliteReading {
  const readings = new Readings(database)
  const open = () => readings
  const eventTypes = new Names<EventTypeNid>(() => readings.eventTypes, noNumbers, refuse)
  const stateKeys = new Names<StateKeyNid>(() => readings.stateKeys, noNumbers, refuse)
  return {
    reader: new SqliteReader(open, eventTypes, stateKeys, new KeptEventIds(), new KeptRooms()),
    inventory: new SqliteInventory(database),
    close: () => database.close(),
  }
}

const refuse = () => {
  throw new Error('the database was opened for reading only')
}
const noNumbers = new NumberRange(refuse)
