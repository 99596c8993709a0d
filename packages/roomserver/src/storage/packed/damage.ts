/**
 * A row that cannot be unpacked is named, and only whoever asked for it learns of it.
 */
import { RowDamaged } from '../storage.ts'

/** @throws {RowDamaged} naming table and row where decoding fails in any way */
export function decodeRow<T>(table: string, row: number, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    throw new RowDamaged(table, row, error)
  }
}
