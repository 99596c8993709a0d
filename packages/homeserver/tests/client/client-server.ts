/**
 * The client head on a room server in memory, driven over HTTP without a network. Answers are held against their schemas. For tests.
 */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { MemoryDisk } from '@neurite/roomserver/storage'
import Fastify, { type FastifyInstance } from 'fastify'
import { ServerInMemory, type ServerInMemoryOptions } from '../../../roomserver/tests/server-in-memory.ts'
import { type ClientHead, clientHead } from '../../src/client/index.ts'
import { blocksInvites } from '../../src/client/rooms/blocks-invites.ts'
import { loadConfiguration } from '../../src/config/index.ts'
import { AccountData } from '../../src/storage/account-data.ts'
import { Database } from '../../src/storage/database.ts'
import { migrations } from '../../src/storage/migrations/index.ts'

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is for the test that asked to say
export type Json = any

export interface Answer {
  readonly status: number
  readonly body: Json
}

/** The least that scrypt can cost: tests make many accounts. */
const environment = {
  NEURITE_SERVER_NAME: 'here.example',
  NEURITE_CLIENT__REGISTRATION__MODE: 'open',
  NEURITE_CLIENT__PASSWORDS__COST: '10',
  NEURITE_CLIENT__RATE_LIMITS__ENABLED: 'false',
  NEURITE_CLIENT__MEDIA__MAX_UPLOAD: '3 MiB',
  NEURITE_CLIENT__SERVER_NOTICES__LOCALPART: 'notices',
}

export class ClientServer {
  readonly rooms: ServerInMemory
  readonly head: ClientHead
  /** What was unexpected: a test that is done with it finds none. */
  readonly errors: unknown[]
  readonly #fastify: FastifyInstance
  readonly #database: Database
  readonly #folder: string

  private constructor(
    rooms: ServerInMemory,
    head: ClientHead,
    errors: unknown[],
    fastify: FastifyInstance,
    database: Database,
    folder: string,
  ) {
    this.rooms = rooms
    this.head = head
    this.errors = errors
    this.#fastify = fastify
    this.#database = database
    this.#folder = folder
  }

  /**
   * @param before a server that was stopped: this one goes on with what it has left
   * @param others what its room server is to know of other servers
   */
  static async open(before?: ClientServer, others: ServerInMemoryOptions = {}): Promise<ClientServer> {
    const folder = before === undefined ? mkdtempSync(join(tmpdir(), 'neurite-client-')) : before.#folder
    const errors: unknown[] = []
    const database = await Database.open(join(folder, 'heads.db'), migrations)
    const accountData = new AccountData(database)
    const rooms = await ServerInMemory.open({
      ...others,
      disk: before?.rooms.disk ?? new MemoryDisk(),
      parts: { blocksInvites: user => blocksInvites({ accountData }, user) },
    })
    const head = clientHead({
      ...{ database, runtime: nodeRuntime, roomServer: rooms.server.api },
      configuration: loadConfiguration(undefined, environment, folder),
      registrationSecret: 'secret',
      mediaDirectory: join(folder, 'media'),
      onError: (error, where) => errors.push({ error, where }),
      checkAnswers: true,
    })
    const fastify = Fastify({ routerOptions: { maxParamLength: 2_048 } })
    await fastify.register(head.plugin)
    await head.start()
    return new ClientServer(rooms, head, errors, fastify, database, folder)
  }

  async call(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
    const response = await this.#fastify.inject({
      method: method as 'GET',
      url: path.startsWith('/_') || path.startsWith('/.') ? path : `/_matrix/client/v3${path}`,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    if (response.body === '') return { status: response.statusCode, body: undefined }
    // Without a charset, as the specification has it.
    assert.equal(response.headers['content-type'], 'application/json')
    return { status: response.statusCode, body: response.json() }
  }

  /** A request that is no JSON, or whose answer is none. */
  async bytes(method: 'GET' | 'POST' | 'PUT', path: string, token?: string, payload?: Buffer, contentType?: string) {
    const response = await this.#fastify.inject({
      ...{ method, url: path },
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: response.statusCode, headers: response.headers, bytes: response.rawPayload }
  }

  async user(name: string): Promise<ClientUser> {
    const body = { username: name, password: 'a long password', auth: { type: 'm.login.dummy' } }
    const { status, body: session } = await this.call('POST', '/register', body)
    if (status !== 200) throw new Error(`${name} could not register: ${JSON.stringify(session)}`)
    return new ClientUser(this, session.user_id, session.access_token, session.device_id)
  }

  /** An administrator, by the registration secret. */
  async administrator(name: string): Promise<ClientUser> {
    const path = '/_synapse/admin/v1/register'
    const { nonce } = (await this.call('GET', path)).body
    const password = 'a long password'
    const mac = createHmac('sha1', 'secret').update([nonce, name, password, 'admin'].join('\0')).digest('hex')
    const { status, body } = await this.call('POST', path, { nonce, username: name, password, admin: true, mac })
    if (status !== 200) throw new Error(`${name} could not register: ${JSON.stringify(body)}`)
    return new ClientUser(this, body.user_id, body.access_token, body.device_id)
  }

  /** Stops it, and leaves what it has stored. */
  async stop(): Promise<void> {
    await this.#fastify.close()
    await this.head.stop()
    await this.rooms.close()
    await this.#database.close()
  }

  async close(): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true })
  }
}

/** A user with a device. */
export class ClientUser {
  readonly server: ClientServer
  readonly userId: string
  readonly token: string
  readonly deviceId: string
  #transactions = 0

  constructor(server: ClientServer, userId: string, token: string, deviceId: string) {
    this.server = server
    this.userId = userId
    this.token = token
    this.deviceId = deviceId
  }

  get(path: string): Promise<Answer> {
    return this.server.call('GET', path, undefined, this.token)
  }

  put(path: string, body: unknown = {}): Promise<Answer> {
    return this.server.call('PUT', path, body, this.token)
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    return this.server.call('POST', path, body, this.token)
  }

  delete(path: string): Promise<Answer> {
    return this.server.call('DELETE', path, undefined, this.token)
  }

  /** @returns the room's ID */
  async createRoom(wish: object = {}): Promise<string> {
    return (await must(this.post('/createRoom', wish))).room_id
  }

  /** @returns the event's ID */
  async say(roomId: string, text: string): Promise<string> {
    const path = `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${this.deviceId}-${this.#transactions++}`
    return (await must(this.put(path, { msgtype: 'm.text', body: text }))).event_id
  }

  async join(roomId: string): Promise<void> {
    await must(this.post(`/join/${encodeURIComponent(roomId)}`))
  }

  /** One answer of /sync. */
  async sync(since?: string, query: Readonly<Record<string, string>> = {}): Promise<Json> {
    const parameters = new URLSearchParams({ timeout: '0', ...(since === undefined ? {} : { since }), ...query })
    return must(this.get(`/sync?${parameters}`))
  }
}

/** The body of an answer that must be a success. */
export async function must(answer: Promise<Answer>): Promise<Json> {
  const { status, body } = await answer
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body
}

/** A room in a path. */
export function room(roomId: string): string {
  return `/rooms/${encodeURIComponent(roomId)}`
}
