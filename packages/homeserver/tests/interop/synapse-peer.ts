/**
 * Synapse as a peer: the real program on SQLite, configured to find servers on loopback and not to slow down tests. Its word on an event
 * is read from its database, for no interface of it tells.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Authority } from '../../src/federation/testing/index.ts'
import { Gateway } from './gateway.ts'
import type { Peer, Verdict } from './peer.ts'
import { freePort, ServerProcess } from './server-process.ts'

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
  writeFileSync(join(folder, 'homeserver.yaml'), JSON.stringify(settings(name, port, folder), undefined, 2))
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

const noLimit = { per_second: 10_000, burst_count: 10_000 }

function settings(name: string, port: number, folder: string): object {
  return {
    server_name: name,
    listeners: [
      {
        ...{ port, type: 'http', tls: false, x_forwarded: true, bind_addresses: ['127.0.0.1'] },
        resources: [{ names: ['client', 'federation'] }],
      },
    ],
    database: { name: 'sqlite3', args: { database: join(folder, 'homeserver.db') } },
    log_config: join(folder, 'log.yaml'),
    pid_file: join(folder, 'pid'),
    media_store_path: join(folder, 'media'),
    signing_key_path: join(folder, 'signing.key'),
    macaroon_secret_key: 'for tests only',
    form_secret: 'for tests only',
    report_stats: false,
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    enable_registration: true,
    enable_registration_without_verification: true,
    // The least that bcrypt can cost: tests make many accounts.
    bcrypt_rounds: 4,
    // Else the first answer of /sync is the answer for two minutes.
    caches: { sync_response_cache_duration: 0 },
    federation_custom_ca_list: [join(folder, 'authority.pem')],
    ip_range_blacklist: [],
    federation_ip_range_blacklist: [],
    // A server that was away is tried again soon.
    federation: {
      client_timeout: '20s',
      max_short_retries: 1,
      max_long_retries: 1,
      destination_min_retry_interval: 500,
      destination_retry_multiplier: 1,
      destination_max_retry_interval: 1_000,
    },
    rc_message: noLimit,
    rc_registration: noLimit,
    rc_login: { address: noLimit, account: noLimit, failed_attempts: noLimit },
    rc_joins: { local: noLimit, remote: noLimit },
    rc_joins_per_room: noLimit,
    rc_room_creation: noLimit,
    rc_admin_redaction: noLimit,
    rc_invites: { per_room: noLimit, per_user: noLimit, per_issuer: noLimit },
    rc_federation: { window_size: 1_000, sleep_limit: 10_000, sleep_delay: 1, reject_limit: 10_000, concurrent: 100 },
    rc_presence: { per_user: noLimit },
    rc_key_requests: noLimit,
  }
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
