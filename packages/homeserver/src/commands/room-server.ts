/**
 * How commands reach a room server: the one that runs by its contract over HTTP; where none runs, its database is opened for
 * reading by the command itself.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type RoomServerApi, RoomServerError } from '@neurite/roomserver/api'
import { httpRoomServer } from '@neurite/roomserver/inthttp'
import type { Command } from 'commander'
import { type Configuration, ConfigurationError, loadConfiguration } from '../config/index.ts'
import { openForQueries, type QueryApi } from '../server/open-for-queries.ts'

/** What every command that asks a room server takes. */
export interface ReachOptions {
  readonly config?: string
  readonly url?: string
  readonly secret?: string
  readonly database?: string
  readonly json: boolean
}

export interface CommandOutput {
  /** Results: a line each. */
  line(text: string): void
  /** What went wrong: a line each. */
  problem(text: string): void
}

/** Exit status: done; refused or not there; the command line, the configuration or the server cannot be used. */
export type Status = 0 | 1 | 2

export const standardOutput: CommandOutput = {
  line: text => process.stdout.write(`${text}\n`),
  problem: text => process.stderr.write(`neurite: ${text}\n`),
}

/** Adds the options by which a room server is found. */
export function withReachOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration (default: neurite.yaml, else defaults)')
    .option('--url <url>', 'ask the room server that answers here')
    .option('--secret <file>', 'the file with its secret')
    .option('--database <path>', 'read this database, whether a server runs on it or not')
    .option('--json', 'JSON, for scripts', false)
}

/** Milliseconds: on the same machine an answer comes at once, but for very large rooms. */
const callTimeout = 60_000

/** Runs a command against a room server. @returns the exit status */
export async function ask(
  options: ReachOptions,
  output: CommandOutput,
  run: (roomServer: QueryApi) => Promise<Status>,
): Promise<Status> {
  try {
    const reached = await reach(options)
    try {
      return await run(reached.api)
    } finally {
      await reached.close()
    }
  } catch (error) {
    if (error instanceof RoomServerError) output.problem(`${error.message} (${error.errcode})`)
    else if (error instanceof ConfigurationError || (error instanceof Error && error.name === 'CannotOpenStorage'))
      output.problem(error.message)
    else throw error
    return error instanceof RoomServerError && error.status < 500 ? 1 : 2
  }
}

interface Reached {
  readonly api: QueryApi
  close(): Promise<void>
}

async function reach(options: ReachOptions): Promise<Reached> {
  const configuration = loadConfiguration(options.config, process.env, process.cwd())
  const { server_name, data_directory, room_server, database } = configuration
  if (options.database !== undefined) return openForQueries(options.database, server_name)
  const url = options.url ?? urlOf(configuration)
  const secretFile = options.secret ?? resolve(data_directory, room_server.secret)
  const path = resolve(data_directory, database.path)
  const running = url === undefined ? undefined : await runningAt(url, secretFile, options)
  return running ?? openForQueries(path, server_name)
}

/** The room server that answers at a URL; undefined where none does and none was named. */
async function runningAt(url: string, secretFile: string, options: ReachOptions): Promise<Reached | undefined> {
  let secret: string
  try {
    secret = readFileSync(secretFile, 'utf8').trim()
  } catch (error) {
    if (options.url === undefined && options.secret === undefined) return undefined
    throw new ConfigurationError('', `the secret cannot be read: ${(error as Error).message}`, secretFile)
  }
  const server = httpRoomServer({ url, secret, timeout: callTimeout, retries: 0 })
  try {
    await server.queryCapabilities({})
    return { api: server satisfies RoomServerApi, close: () => server.close() }
  } catch (error) {
    await server.close()
    if (options.url === undefined && error instanceof RoomServerError && error.errcode === 'M_UNREACHABLE')
      return undefined
    throw error
  }
}

/** Where the server of a configuration answers room server calls; undefined where it does not. */
export function urlOf(configuration: Configuration): string | undefined {
  return partUrl(configuration, 'room_server')
}

/** Where a part of the server of a configuration answers; undefined where it does not. */
export function partUrl(
  { listen }: Configuration,
  part: Configuration['listen'][number]['serve'][number],
): string | undefined {
  const listener = listen.find(({ serve, port }) => serve.includes(part) && port !== 0)
  if (listener === undefined) return undefined
  const { address, port, tls } = listener
  const host = address.includes(':') ? `[${address}]` : address
  return `${tls === undefined ? 'http' : 'https'}://${host}:${port}`
}

/** A room by ID or local alias. */
export async function roomIdOf(roomServer: QueryApi, roomIdOrAlias: string): Promise<string> {
  if (!roomIdOrAlias.startsWith('#')) return roomIdOrAlias
  return (await roomServer.queryAlias({ alias: roomIdOrAlias })).roomId
}
