/**
 * Checks a SQLite database by its path, without writing to it: one that a running server has open can be checked as well.
 */
import type { Crypto } from '@neurite/protocol'
import { openSqliteForReading } from '../storage/index.ts'
import type { Finding } from './check.ts'
import { type Examination, type ExamineOptions, examine } from './doctor.ts'

export interface ExamineSqliteParts {
  readonly crypto: Crypto
  /** Lets other work run: see runtime/. */
  readonly yieldNow: () => Promise<void>
}

/**
 * @param tell is given each finding as it is found
 * @throws {CannotOpenStorage} where it cannot be opened
 * @example
 * const { findings } = await examineSqlite('neurite.db', { crypto: nodeCrypto, yieldNow }, finding => console.log(finding))
 */
export async function examineSqlite(
  path: string,
  parts: ExamineSqliteParts,
  tell: (finding: Finding) => void,
  options: ExamineOptions = {},
): Promise<Examination> {
  const { reader, inventory, close } = openSqliteForReading(path)
  try {
    return await examine({ ...parts, reader, inventory }, tell, options)
  } finally {
    close()
  }
}
