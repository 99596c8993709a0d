/**
 * Synapse as a peer: the real program on SQLite, configured to find servers on loopback and not to slow down tests. Its word on an event
 * is read from its database, for no interface of it tells.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Authority } from '../../src/federation/testing/index.ts'
import { freePort, ServerProcess, synapseSettings } from '../../src/testing/index.ts'
import { Gateway } from './gateway.ts'
import type { Peer, Verdict } from './peer.ts'

/**
 * @param python one that has Synapse
 * @param folder its own; made here
 */
export async function synapsePeer(python: string, folder: string, authority: Authority): Promise<Peer> {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const gateway = await Gateway.open(authority.issue(['localhost', '127.0.0.1']), port)
  const name = `localhost:${gateway.port}`
  writeFileSync(join(folder, 'authority.pem'), authority.certificate)
  writeFileSync(
    join(folder, 'signing.key'),
    `ed25519 a_1 ${Buffer.alloc(32, name).toString('base64').replace('=', '')}\n`,
  )
  writeFileSync(join(folder, 'log.yaml'), JSON.stringify(logging))
  // YAML takes JSON as it is.
  writeFileSync(join(folder, 'homeserver.yaml'), JSON.stringify(synapseSettings(name, port, folder), undefined, 2))
  const url = `http://127.0.0.1:${port}`
  const log = join(folder, 'log')
  const args = ['-m', 'synapse.app.homeserver', '-c', join(folder, 'homeserver.yaml')]
  const server = new ServerProcess({ command: python, args, folder, log, url: `${url}/_matrix/client/versions` })
  return {
    ...{ program: 'synapse', name, gateway, url, log },
    start: () => server.start(),
    stop: () => server.stop(),
    kill: () => server.kill(),
    crash: () => server.crash(),
    verdicts: async roomId => verdicts(join(folder, 'homeserver.db'), roomId),
  }
}

const logging = {
  version: 1,
  formatters: { line: { format: '%(asctime)s %(name)s %(levelname)s %(request)s %(message)s' } },
  handlers: { console: { class: 'logging.StreamHandler', formatter: 'line' } },
  loggers: { 'synapse.handlers.federation': { level: 'DEBUG' } },
  root: { level: 'INFO', handlers: ['console'] },
}

interface VerdictRow {
  readonly event_id: string
  readonly outlier: number
  readonly rejected: number
  readonly soft_failed: number | null
}

function verdicts(file: string, roomId: string): ReadonlyMap<string, Verdict> {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  try {
    const rows = database
      .prepare(
        `SELECT event_id, outlier, rejection_reason IS NOT NULL AS rejected,
           json_extract(internal_metadata, '$.soft_failed') AS soft_failed
         FROM events JOIN event_json USING (event_id) WHERE events.room_id = ?`,
      )
      .all(roomId) as unknown as VerdictRow[]
    return new Map(rows.map(row => [row.event_id, verdictOf(row)]))
  } finally {
    database.close()
  }
}

function verdictOf({ outlier, rejected, soft_failed: softFailed }: VerdictRow): Verdict {
  if (outlier !== 0) return 'outlier'
  if (rejected !== 0) return 'rejected'
  return softFailed === 1 ? 'soft-failed' : 'accepted'
}
