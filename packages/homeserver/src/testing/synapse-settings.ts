/**
 * What Synapse is configured with where it stands beside this server, in tests and benchmarks.
 */
import { join } from 'node:path'

const noLimit = { per_second: 10_000, burst_count: 10_000 }

/** What Synapse is configured with: it finds servers on loopback, lets anybody register, and limits nobody. */
export function synapseSettings(name: string, port: number, folder: string): object {
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
    // A server that was away is tried again soon, and for as long as one takes to start on a busy machine: with nothing new to send
    // Synapse does not try again once it has given up.
    federation: {
      client_timeout: '20s',
      max_short_retries: 1,
      max_long_retries: 10,
      max_long_retry_delay: '2s',
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
