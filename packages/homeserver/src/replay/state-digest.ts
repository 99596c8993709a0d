/**
 * The digest of a state: for each entry the line "type TAB state key TAB event ID LF", sorted by their UTF-8 bytes and
 * hashed. See docs/room-files.md.
 */
import { createHash } from 'node:crypto'
import { codePointCompare } from '@neurite/protocol'
import type { StateRow } from './room-file.ts'

/** @returns lower-case hexadecimal SHA-256. */
export function stateDigest(rows: readonly StateRow[]): string {
  const lines = rows.map(row => `${row.join('\t')}\n`)
  const hash = createHash('sha256')
  for (const line of lines.sort(codePointCompare)) hash.update(line)
  return hash.digest('hex')
}
