/** Neurite as a peer: the real program, as `npm start` runs it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Authority } from '../../src/federation/testing/index.ts'
import { freePort, ServerProcess } from '../../src/testing/index.ts'
import { Gateway } from './gateway.ts'
import type { Peer, Verdict } from './peer.ts'

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

export interface NeuriteOptions {
  /** Modules that its process loads before the program. */
  readonly imports?: readonly URL[]
  /** Whether it connects to addresses of its own machine and network; as its name has it where nothing is said. */
  readonly privateAddresses?: boolean
}

/** @param folder its own; made here */
export async function neuritePeer(
  folder: string,
  authority: Authority,
  { imports = [], privateAddresses }: NeuriteOptions = {},
): Promise<Peer> {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const gateway = await Gateway.open(authority.issue(['localhost', '127.0.0.1']), port)
  const name = `localhost:${gateway.port}`
  const configuration = join(folder, 'neurite.yaml')
  writeFileSync(join(folder, 'authority.pem'), authority.certificate)
  writeFileSync(configuration, settings(name, port, privateAddresses))
  const url = `http://127.0.0.1:${port}`
  const log = join(folder, 'log')
  const loaded = imports.flatMap(url => ['--import', url.href])
  const args = ['--disable-warning=ExperimentalWarning', ...loaded, cli, 'start', '--config', configuration]
  const running = `${url}/_matrix/client/versions`
  const server = new ServerProcess({ command: process.execPath, args, folder, log, url: running })
  return {
    ...{ program: 'neurite', name, gateway, url, log },
    start: () => server.start(),
    stop: () => server.stop(),
    kill: () => server.kill(),
    crash: () => server.crash(),
    verdicts: (roomId, eventIds) => verdicts(url, join(folder, 'data', 'room-server.secret'), roomId, eventIds),
  }
}

function settings(name: string, port: number, privateAddresses: boolean | undefined): string {
  return `server_name: "${name}"
data_directory: ./data
listen: [{ address: 127.0.0.1, port: ${port}, serve: [client, federation, room_server] }]
client:
  registration: { mode: open }
  passwords: { cost: 10 }
  rate_limits: { enabled: false }
federation:
  trusted_certificates: [../authority.pem]
  trusted_key_servers: []
  allow_private_addresses: ${privateAddresses ?? 'automatic'}
log: { level: debug }
`
}

/** By the room server's own contract. */
async function verdicts(url: string, secretFile: string, roomId: string, eventIds: readonly string[]) {
  const secret = readFileSync(secretFile, 'utf8').trim()
  const found = new Map<string, Verdict>()
  for (const eventId of eventIds) {
    const response = await fetch(`${url}/_neurite/v1/queryVerdict`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ roomId, eventId }),
    })
    if (response.status === 404) continue
    if (!response.ok) throw new Error(`queryVerdict of ${eventId}: ${response.status} ${await response.text()}`)
    const { status, outlier } = (await response.json()) as { status: Verdict; outlier: boolean }
    found.set(eventId, outlier ? 'outlier' : status)
  }
  return found
}
