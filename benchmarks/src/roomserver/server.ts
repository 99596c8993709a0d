/**
 * A room server on a SQLite database in the system's folder for temporary files, with full durability, that verifies
 * signatures and asks nobody: all it needs is given.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Crypto, nodeCrypto, type ServerName } from '@neurite/protocol'
import { type InputItem, RemoteServerError, type RemoteServers, RoomServer } from '@neurite/roomserver'
import { signerOf } from '@neurite/roomserver/input/testing'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { openSqliteStorage, type SqliteOptions, type SqliteStorage } from '@neurite/roomserver/storage'
import { type ScriptedRoom, scriptedKeys } from './scripted-room.ts'

/** Events given at once, as a federation transaction brings them. */
export const batchSize = 50

const nobody = (server: ServerName) =>
  Promise.reject(new RemoteServerError(server, 'unreachable', 'there is no other server in a benchmark'))
const noServers: RemoteServers = {
  event: nobody,
  missingEvents: nobody,
  eventAuth: nobody,
  stateIds: nobody,
  state: nobody,
}

const folders: string[] = []

/** A folder that is gone when the process ends. */
export function temporaryFolder(within = tmpdir()): string {
  if (folders.length === 0)
    process.once('exit', () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    })
  const folder = mkdtempSync(join(within, 'neurite-bench-'))
  folders.push(folder)
  return folder
}

const outsider = 'bench.invalid'

export interface BenchServerOptions extends SqliteOptions {
  readonly crypto?: Crypto
  readonly cacheBytes?: number
  /** How many servers' keys it knows; as many as a room has that is not told otherwise. */
  readonly servers?: number
  /** One of those that members are from; without it nobody of this server is in any room. */
  readonly serverName?: string
}

export interface BenchServer {
  readonly server: RoomServer
  readonly storage: SqliteStorage
  readonly path: string
}

/** Opens a server on a database; a new one in a folder of its own where no path is given. */
export async function openServer(
  path = join(temporaryFolder(), 'neurite.db'),
  { crypto = nodeCrypto, servers, serverName = outsider, cacheBytes, ...options }: BenchServerOptions = {},
): Promise<BenchServer> {
  const storage = await openSqliteStorage(path, options)
  const key = signerOf(serverName, nodeCrypto)
  const server = await RoomServer.open({
    serverName: key.server,
    signer: () => key,
    storage,
    remoteServers: noServers,
    keyRing: scriptedKeys(servers),
    runtime: nodeRuntime,
    crypto,
    ...(cacheBytes === undefined ? {} : { cacheBytes }),
    onError: error => {
      throw error
    },
  })
  return { server, storage, path }
}

/** An event on its way in. */
export interface Arriving {
  readonly roomId: string
  readonly roomVersion: string
  readonly pdu: string
}

export function arriving(room: ScriptedRoom, pdu: string): Arriving {
  return { roomId: room.roomId, roomVersion: room.rules.version, pdu }
}

/** Takes every signature for valid: for rooms so large that making the signatures would take longer than all the rest. */
export const acceptingCrypto: Crypto = { ...nodeCrypto, verifyAsync: () => Promise.resolve(true) }

/** Gives events in batches, the next when all of the one before are decided and on disk. @throws where one is not accepted */
export async function giveAll(server: RoomServer, events: readonly Arriving[], atOnce = batchSize): Promise<void> {
  for (let at = 0; at < events.length; at += atOnce) {
    const batch = events.slice(at, at + atOnce)
    const items = batch.map((event): InputItem => ({ kind: 'new', origin: 'matrix0.example.org', ...event }))
    for (const result of await server.receive(items))
      if (result.kind !== 'accepted') throw new Error(`an event was not accepted: ${JSON.stringify(result)}`)
  }
}
