/**
 * A server as a process of its own: started until it answers, stopped as operators stop it, its log in a file.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { nodeRuntime } from '@neurite/roomserver/runtime'

/** A start takes seconds; more says that it never will. Milliseconds. */
const startsWithin = 90_000
/** From the polite signal to the one that cannot be refused. Milliseconds. */
const stopsWithin = 20_000
const askAgainAfter = 100
/** Of the log of a server that does not start. */
const linesShown = 20

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly folder: string
  /** What it says goes to the end of this file. */
  readonly log: string
  /** Answers once it is up. */
  readonly url: string
}

export class ServerProcess {
  readonly #program: Program
  #child: ChildProcess | undefined

  constructor(program: Program) {
    this.#program = program
  }

  /** Undefined: it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Resolves when it answers. @throws where it ends before, or takes too long */
  async start(): Promise<void> {
    const { command, args, folder, log, url } = this.#program
    const { clock, timers } = nodeRuntime
    const output = openSync(log, 'a')
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', output, output] })
    closeSync(output)
    let failure: Error | undefined
    child.once('error', error => (failure = error))
    this.#child = child
    const end = clock.monotonic() + startsWithin
    while (!(await answers(url))) {
      if (failure !== undefined) throw failure
      if (hasEnded(child) || clock.monotonic() > end) throw new Error(`${command} did not start:\n${endOf(log)}`)
      await timers.sleep(askAgainAfter)
    }
  }

  async stop(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || hasEnded(child)) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const giveUp = nodeRuntime.timers.setTimer(stopsWithin, () => child.kill('SIGKILL'))
    await ended
    giveUp.cancel()
  }

  /** At once, for whoever ends himself. */
  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  /** `kill -9`. Resolves when it is gone. */
  async crash(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || hasEnded(child)) throw new Error('it had ended before it was killed')
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

function endOf(log: string): string {
  return readFileSync(log, 'utf8').split('\n').slice(-linesShown).join('\n')
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
