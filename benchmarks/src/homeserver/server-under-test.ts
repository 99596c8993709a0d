/**
 * A homeserver that is measured: a process of its own, as its operators run it, on an empty database. Neurite, and Synapse beside it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Authority } from '@neurite/homeserver/federation/testing'
import { freePort, ServerProcess, synapseSettings } from '@neurite/homeserver/testing'
import type { ServerName } from '@neurite/protocol'

const cli = fileURLToPath(new URL('../../../packages/homeserver/src/cli.ts', import.meta.url))
/** What the kernel counts CPU time in: 100 a second on every Linux that Node runs on. Milliseconds. */
const tick = 10
/** The server has nothing left to do when it has used no more than so much in {@link lookEvery}. Milliseconds. */
const idle = tick
const lookEvery = 200
/** A server that never comes to rest is not waited for any longer. Milliseconds. */
const restsWithin = 5_000

export class ServerUnderTest {
  readonly program: 'neurite' | 'synapse'
  readonly name: ServerName
  /** Clients and other servers reach it here: TLS is ended elsewhere. */
  readonly url: string
  readonly #process: ServerProcess

  private constructor(program: ServerUnderTest['program'], name: string, url: string, process: ServerProcess) {
    this.program = program
    this.name = name as ServerName
    this.url = url
    this.#process = process
  }

  static async neurite(folder: string, authority: Authority): Promise<ServerUnderTest> {
    const port = await freePort()
    const file = writtenIn(folder, authority, 'neurite.yaml', neuriteSettings('neurite.bench', port))
    // Under the flags of this process: scripts/run.mjs starts benchmarks with those of `npm start`.
    const program = { command: process.execPath, args: [...process.execArgv, cli, 'start', '--config', file] }
    return ServerUnderTest.#start('neurite', 'neurite.bench', port, folder, program)
  }

  /** @param python one that has Synapse */
  static async synapse(folder: string, authority: Authority, python: string): Promise<ServerUnderTest> {
    const port = await freePort()
    const file = writtenIn(folder, authority, 'homeserver.yaml', synapseSettings('synapse.bench', port, folder))
    const key = Buffer.alloc(32, 'synapse.bench').toString('base64').replace('=', '')
    writeFileSync(join(folder, 'signing.key'), `ed25519 a_1 ${key}\n`)
    writeFileSync(join(folder, 'log.yaml'), JSON.stringify(quietLog))
    const program = { command: python, args: ['-m', 'synapse.app.homeserver', '-c', file] }
    return ServerUnderTest.#start('synapse', 'synapse.bench', port, folder, program)
  }

  static async #start(
    program: ServerUnderTest['program'],
    name: string,
    port: number,
    folder: string,
    { command, args }: { readonly command: string; readonly args: readonly string[] },
  ): Promise<ServerUnderTest> {
    const url = `http://127.0.0.1:${port}`
    const log = join(folder, 'log')
    const running = new ServerProcess({ command, args, folder, log, url: `${url}/_matrix/client/versions` })
    await running.start()
    process.once('exit', () => running.kill())
    return new ServerUnderTest(program, name, url, running)
  }

  /** The CPU time that it has used, over all its threads. Milliseconds. */
  cpu(): number {
    // The second field is the program's name, which may hold anything, in parentheses.
    const stat = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [user, system] = [fields[11], fields[12]].map(Number) as [number, number]
    return (user + system) * tick
  }

  /** Resolves when it has done what its callers did not wait for. */
  async rest(): Promise<void> {
    const end = performance.now() + restsWithin
    for (let before = this.cpu(); performance.now() < end; ) {
      await new Promise(resolve => setTimeout(resolve, lookEvery))
      const after = this.cpu()
      if (after - before <= idle) return
      before = after
    }
  }

  stop(): Promise<void> {
    return this.#process.stop()
  }
}

/** Whether CPU time of other processes can be read here. */
export function canReadCpu(): boolean {
  return process.platform === 'linux'
}

/** A folder of its own with what a server reads. JSON is YAML. @returns the path of the settings */
function writtenIn(folder: string, authority: Authority, file: string, settings: object): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'authority.pem'), authority.certificate)
  writeFileSync(join(folder, file), JSON.stringify(settings))
  return join(folder, file)
}

function neuriteSettings(name: string, port: number): object {
  return {
    server_name: name,
    listen: [{ port, serve: ['client', 'federation'] }],
    client: { registration: { mode: 'open' }, rate_limits: { enabled: false } },
    federation: {
      allow_private_addresses: true,
      trusted_certificates: ['../authority.pem'],
      trusted_key_servers: [],
    },
    log: { level: 'warn' },
  }
}

const quietLog = {
  version: 1,
  handlers: { console: { class: 'logging.StreamHandler' } },
  root: { level: 'WARNING', handlers: ['console'] },
}
