/**
 * A user of a server under test, with what these benchmarks need of the client-server API.
 */
import type { ServerUnderTest } from './server-under-test.ts'

export class Client {
  readonly #server: ServerUnderTest
  readonly #token: string
  #transactions = 0

  private constructor(server: ServerUnderTest, token: string) {
    this.#server = server
    this.#token = token
  }

  static async register(server: ServerUnderTest, username: string): Promise<Client> {
    const body = { username, password: 'a long password', auth: { type: 'm.login.dummy' } }
    const { access_token: token } = await call(server, 'POST', '/register', body)
    return new Client(server, String(token))
  }

  /** A room of a version that anybody may join. @returns its ID */
  async createRoom(version: string): Promise<string> {
    const wish = { preset: 'public_chat', room_version: version }
    return String((await call(this.#server, 'POST', '/createRoom', wish, this.#token))['room_id'])
  }

  async join(roomId: string): Promise<void> {
    await call(this.#server, 'POST', `/join/${encodeURIComponent(roomId)}`, {}, this.#token)
  }

  async say(roomId: string, body: string): Promise<void> {
    const path = `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${this.#transactions++}`
    await call(this.#server, 'PUT', path, { msgtype: 'm.text', body }, this.#token)
  }
}

async function call(
  { url, program }: ServerUnderTest,
  method: string,
  path: string,
  body: object,
  token?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${url}/_matrix/client/v3${path}`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  if (response.status === 200) return (await response.json()) as Readonly<Record<string, unknown>>
  throw new Error(`${program}: ${method} ${path}: ${response.status} ${await response.text()}`)
}
