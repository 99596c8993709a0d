/**
 * How far the room server's output was taken in: its position, and ours, which counts outputs. Written in the transaction of what was
 * taken in, so that nothing is taken in twice.
 */
import type { Database, Statement } from './database.ts'

export interface IndexPosition {
  /** The room server's: opaque. */
  readonly output: string
  /** Ours: how many outputs were taken in. */
  readonly position: number
}

export class IndexPositions {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  read(): IndexPosition {
    const row = this.#database.get<{ output_position: string; position: number }>('SELECT * FROM room_index')
    if (row === undefined) throw new Error('the position of the room index is gone')
    return { output: row.output_position, position: row.position }
  }

  write({ output, position }: IndexPosition): Statement {
    return { sql: 'UPDATE room_index SET output_position = ?, position = ?', values: [output, position] }
  }
}
