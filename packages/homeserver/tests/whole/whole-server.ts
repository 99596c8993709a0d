/**
 * A whole homeserver on loopback, as `neurite start` makes it, that others like it can find: named by its address and port, with a
 * certificate of a made-up authority. For tests that clients of several servers take part in.
 */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { Agent, request } from 'undici'
import { loadConfiguration } from '../../src/config/index.ts'
import { Authority } from '../../src/federation/testing/certificates.ts'
import { type Homeserver, openHomeserver } from '../../src/server/open-homeserver.ts'

export const authority = new Authority('made-up authority of whole servers')
const address = '127.0.0.1'

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is for the test that asked to say
type Json = any

export class WholeServer {
  readonly name: string
  /** Lines of its log that are no mere information: a test that is done with it finds none. */
  readonly complaints: string[]
  readonly #start: () => Promise<Homeserver>
  #homeserver: Homeserver
  readonly #agent = new Agent({ connect: { ca: authority.certificate } })

  private constructor(name: string, start: () => Promise<Homeserver>, homeserver: Homeserver, complaints: string[]) {
    this.name = name
    this.#start = start
    this.#homeserver = homeserver
    this.complaints = complaints
  }

  /** @param settings more of the configuration, as YAML */
  static async open(folder: string, settings = ''): Promise<WholeServer> {
    const port = await freePort()
    const name = `${address}:${port}`
    const directory = join(folder, `${port}`)
    mkdirSync(directory)
    const { cert, key } = authority.issue([address])
    writeFileSync(join(directory, 'tls.crt'), cert)
    writeFileSync(join(directory, 'tls.key'), key)
    writeFileSync(join(directory, 'authority.crt'), authority.certificate)
    const file = join(directory, 'neurite.yaml')
    writeFileSync(
      file,
      `server_name: "${name}"
data_directory: .
listen: [{ port: ${port}, serve: [client, federation, metrics], tls: { certificate: tls.crt, key: tls.key } }]
client: { registration: { mode: open }, passwords: { cost: 10 }, rate_limits: { enabled: false } }
federation: { trusted_certificates: [authority.crt], trusted_key_servers: [] }
${settings}
`,
    )
    const complaints: string[] = []
    const log = pino({ level: 'warn' }, { write: line => void complaints.push(line) })
    const start = () => openHomeserver(loadConfiguration(file, {}, directory), log)
    return new WholeServer(name, start, await start(), complaints)
  }

  /** @returns the body of the answer, which must be a success */
  async call(method: string, path: string, token?: string, body?: unknown): Promise<Json> {
    const answer = await request(`https://${this.name}${path}`, {
      ...{ method: method as 'GET', dispatcher: this.#agent },
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    assert.equal(answer.statusCode, 200, `${method} ${path}: ${text}`)
    return JSON.parse(text)
  }

  /** What Prometheus reads: each figure with its labels, by the text before its value. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const answer = await request(`https://${this.name}/metrics`, { dispatcher: this.#agent })
    const lines = (await answer.body.text()).split('\n').filter(line => line !== '' && !line.startsWith('#'))
    return new Map(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
  }

  async user(name: string): Promise<WholeServerUser> {
    const body = { username: name, password: 'a long password', auth: { type: 'm.login.dummy' } }
    const session = await this.call('POST', '/_matrix/client/v3/register', undefined, body)
    return new WholeServerUser(this, session.user_id, session.access_token)
  }

  /** Stops it, and starts it again on what it left. */
  async restart(): Promise<void> {
    await this.#homeserver.close()
    this.#homeserver = await this.#start()
  }

  async close(): Promise<void> {
    await this.#agent.close()
    await this.#homeserver.close()
  }
}

/** Whoever calls with a token. */
export class WholeServerUser {
  readonly server: WholeServer
  readonly userId: string
  readonly token: string
  #transactions = 0

  constructor(server: WholeServer, userId: string, token: string) {
    this.server = server
    this.userId = userId
    this.token = token
  }

  get(path: string): Promise<Json> {
    return this.server.call('GET', path, this.token)
  }

  post(path: string, body: unknown = {}): Promise<Json> {
    return this.server.call('POST', path, this.token, body)
  }

  put(path: string, body: unknown = {}): Promise<Json> {
    return this.server.call('PUT', path, this.token, body)
  }

  async createRoom(wish: object = {}): Promise<string> {
    return (await this.post('/_matrix/client/v3/createRoom', wish)).room_id
  }

  async join(roomId: string, via: WholeServer): Promise<void> {
    await this.post(`/_matrix/client/v3/join/${encodeURIComponent(roomId)}?via=${encodeURIComponent(via.name)}`)
  }

  /** @returns the event's ID */
  async say(roomId: string, text: string, query = ''): Promise<string> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${this.#transactions++}${query}`
    return (await this.server.call('PUT', path, this.token, { msgtype: 'm.text', body: text })).event_id
  }

  sync(query = ''): Promise<Json> {
    return this.get(`/_matrix/client/v3/sync?timeout=0${query}`)
  }
}

/** A port that nobody listens at; the system gives another one to whoever asks next. */
function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer().once('error', reject)
  server.listen(0, address, () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resolve(port))
  })
  return promise
}
