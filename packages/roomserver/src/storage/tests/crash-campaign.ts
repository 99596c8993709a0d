/**
 * Stops the writer before and after every statement and sync in turn, starts again, and compares the end with that of an
 * undisturbed life.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { SqliteStorage } from '../sqlite/index.ts'
import { live, tell } from './scripted-life.ts'
import { type SqlitePlace, sqlitePlace } from './sqlite-place.ts'

const program = new URL('./life-until-killed.ts', import.meta.url).pathname

/** How many points an undisturbed life passes, and how it ends. */
export async function undisturbed(): Promise<{ points: readonly string[]; end: unknown }> {
  return inPlace(async place => {
    const storage = await place.open({ faults: { record: true } })
    await live(storage, () => undefined)
    const { faultPoints } = await storage.report()
    const end = await tell(storage)
    await storage.close()
    return { points: faultPoints, end }
  })
}

/** The process is killed at a point; another goes on. */
export function killedAt(point: number, end: unknown): Promise<void> {
  return inPlace(async place => {
    const plan = JSON.stringify({ at: { [point]: 'kill' } })
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, place.path, plan], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', chunk => chunks.push(chunk))
    const [code, signal] = await once(child, 'close')
    // Groups form by chance, so a late point may not be reached.
    assert.ok(signal === 'SIGKILL' || code === 0, `it ended with ${code} ${signal}`)
    await goOn(place, linesOf(Buffer.concat(chunks)), end)
  })
}

/** The statement at a point fails as a disk does; storage is opened again in the same process. */
export function failedAt(point: number, end: unknown): Promise<void> {
  return inPlace(async place => {
    const storage = await place.open({ faults: { at: { [point]: 'io-error' } } })
    const acknowledged: [number, string][] = []
    try {
      await live(storage, (position, payload) => acknowledged.push([position, payload]))
    } catch (error) {
      assert.equal((error as Error).name, 'StorageFailed')
    }
    await storage.close()
    await goOn(place, acknowledged, end)
  })
}

async function goOn(place: SqlitePlace, acknowledged: readonly (readonly [number, string])[], end: unknown) {
  const storage: SqliteStorage = await place.open()
  try {
    const output = await storage.reader.output(0, 1_000)
    for (const [position, payload] of acknowledged) assert.equal(output[position - 1]?.payload, payload)
    await live(storage, () => undefined)
    assert.deepEqual(await tell(storage), end)
    // What was given out once stays under its position.
    assert.deepEqual((await storage.reader.output(0, 1_000)).slice(0, output.length), output)
  } finally {
    await storage.close()
  }
}

function linesOf(text: Buffer): [number, string][] {
  const lines = text.toString().split('\n').slice(0, -1)
  return lines.map(line => [Number.parseInt(line, 10), line.slice(line.indexOf(' ') + 1)])
}

async function inPlace<T>(run: (place: SqlitePlace) => Promise<T>): Promise<T> {
  const place = await sqlitePlace()
  try {
    return await run(place)
  } finally {
    await place.remove()
  }
}
