/**
 * Starting a life in a process of its own, killing it, and learning how far it came.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import type { ChildOptions } from './child.ts'
import type { Progress } from './life.ts'

const program = fileURLToPath(new URL('./child.ts', import.meta.url))

export interface Death {
  /** Whether it was killed, and did not end by itself. */
  readonly killed: boolean
  readonly progress: Progress
  /** From its start to its end. Milliseconds. */
  readonly lasted: number
}

/**
 * @param killAfter milliseconds; undefined: it is not killed from outside
 * @throws where it ended by itself and not well
 */
export async function liveInChild(options: ChildOptions, rooms: number, killAfter?: number): Promise<Death> {
  const { clock, timers } = nodeRuntime
  const start = clock.monotonic()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: Buffer[] = []
  const errors: Buffer[] = []
  child.stdout.on('data', chunk => said.push(chunk))
  child.stderr.on('data', chunk => errors.push(chunk))
  const timer = killAfter === undefined ? undefined : timers.setTimer(killAfter, () => child.kill('SIGKILL'))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  timer?.cancel()
  if (signal !== 'SIGKILL' && code !== 0)
    throw new Error(`a life ended with ${code ?? signal}: ${Buffer.concat(errors)}`)
  const progress = progressOf(Buffer.concat(said).toString(), options.from ?? Array.from({ length: rooms }, () => 0))
  return { killed: signal === 'SIGKILL', progress, lasted: clock.monotonic() - start }
}

function progressOf(text: string, from: Progress): Progress {
  const progress = [...from]
  for (const line of text.split('\n').slice(0, -1)) {
    const [room = 0, step = 0] = line.split(' ').map(Number)
    progress[room] = step + 1
  }
  return progress
}

/** A folder that goes when the work is done; it stays where the work fails, to be looked at. */
export async function inFolder<T>(work: (path: (name: string) => string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'neurite-crash-'))
  try {
    const result = await work(name => join(folder, name))
    await rm(folder, { recursive: true })
    return result
  } catch (error) {
    if (error instanceof Error) error.message += `\n(see ${folder})`
    throw error
  }
}
