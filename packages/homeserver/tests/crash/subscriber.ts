/**
 * A subscriber as a careful one would be: it writes down what it was given, notes the last position now and then, and goes on from
 * that note after any death. So outputs come to it more than once, and must then be the same.
 */
import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import type { OutputLog } from '@neurite/roomserver'
import type { OutputRow, Reader } from '@neurite/roomserver/storage'

/** Positions are noted at every so manyth output. */
const noteEvery = 7

interface Seen {
  readonly position: number
  readonly text: string
}

/** Subscribes until the log is closed. @param path where it writes; goes on where it left off */
export async function follow(log: OutputLog, path: string): Promise<void> {
  cutTornLine(path)
  for await (const { position, ...rest } of log.subscribe(notedPosition(path))) {
    appendFileSync(path, `${position} ${JSON.stringify(rest)}\n`)
    if (position % noteEvery !== 0) continue
    // A file that is there is whole: renaming is at once.
    writeFileSync(`${path}.new`, `${position}`)
    renameSync(`${path}.new`, `${path}.position`)
  }
}

function notedPosition(path: string): number {
  return existsSync(`${path}.position`) ? Number(readFileSync(`${path}.position`, 'utf8')) : 0
}

/** What was being written down when it died was not dealt with. */
function cutTornLine(path: string): void {
  if (!existsSync(path)) return
  const text = readFileSync(path)
  truncateSync(path, text.lastIndexOf('\n') + 1)
}

/** The last position that was written down; 0 where none was. */
export function lastSeen(path: string): number {
  return existsSync(path) ? (seen(path).at(-1)?.position ?? 0) : 0
}

/** No position is missing, none was given with two contents, and what was given is what is stored. */
export async function assertSawAll(path: string, reader: Reader): Promise<void> {
  const contents = new Map<number, string>()
  for (const { position, text } of seen(path)) {
    const before = contents.get(position)
    if (before !== undefined) assert.equal(text, before, `position ${position} was given with two contents`)
    contents.set(position, text)
  }
  const last = await reader.lastPosition()
  for (let position = 1; position <= last; position++)
    assert.ok(contents.has(position), `position ${position} of ${last} was never given`)
  assert.equal(contents.size, last, 'positions were given that are not stored')
  for (let after = 0; ; ) {
    const rows: OutputRow[] = await reader.output(after, 500)
    for (const { position, payload } of rows) {
      const { output } = JSON.parse(contents.get(position) as string) as { output: unknown }
      assert.deepEqual(output, JSON.parse(payload), `position ${position} was given with another content`)
    }
    const lastRow = rows.at(-1)
    if (lastRow === undefined) return
    after = lastRow.position
  }
}

function seen(path: string): Seen[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map(line => ({ position: Number.parseInt(line, 10), text: line.slice(line.indexOf(' ') + 1) }))
}
