/**
 * A homeserver that is a script: it has users in rooms of the server under test, publishes its key over TLS on loopback, and sends what it
 * is told to. Its requests are signed; what it is asked besides its key it does not know.
 */

import { authorizationOf } from '@neurite/homeserver/federation/requests'
import { type Authority, byPath, json, ScriptedServer } from '@neurite/homeserver/federation/testing'
import {
  canonicalJson,
  encodeBase64,
  hashAndSignEvent,
  isJsonObject,
  type JsonObject,
  nodeCrypto,
  parseJson,
  readPdu,
  rulesOf,
  type ServerName,
  type Signer,
  signJson,
} from '@neurite/protocol'
import { signerOf } from '@neurite/roomserver/input/testing'
import { ScriptedRoom } from '../roomserver/scripted-room.ts'
import type { ServerUnderTest } from './server-under-test.ts'

/** PDUs of a transaction. Server-server API, "Transactions". */
const perTransaction = 50
/** Whether an event can be read is looked at after so many milliseconds, doubled each time up to the second. */
const [firstLook, longestLook] = [10, 320]
/** An event that cannot be read by then never can. Milliseconds. */
const readableWithin = 60_000
const day = 86_400_000

export class ScriptedHomeserver {
  readonly #signer: Signer
  readonly #server: ScriptedServer
  #transactions = 0

  private constructor(signer: Signer, server: ScriptedServer) {
    this.#signer = signer
    this.#server = server
  }

  static async start(authority: Authority): Promise<ScriptedHomeserver> {
    const server = await ScriptedServer.start(authority.issue(['localhost', '127.0.0.1']), json({}))
    const signer = signerOf(`localhost:${server.port}`, nodeCrypto)
    const keys = {
      server_name: signer.server,
      verify_keys: { [signer.keyId]: { key: encodeBase64(nodeCrypto.publicKeyOf(signer.seed)) } },
      old_verify_keys: {},
      valid_until_ts: Date.now() + day,
    }
    const known = byPath({ '/_matrix/key/v2/server': json(canonicalJson(signJson(keys, signer, nodeCrypto))) })
    server.script = (asked, response) =>
      asked.url.startsWith('/_matrix/federation/v1/send/')
        ? json({ pdus: {} })(asked, response)
        : known(asked, response)
    return new ScriptedHomeserver(signer, server)
  }

  /** A user of this server joins a room, as the first of those that the room will know. */
  async join(server: ServerUnderTest, roomId: string, name: string, version: string): Promise<ScriptedRoom> {
    const rules = rulesOf(version)
    const userId = `@member-0-of-${name}:${this.#signer.server}`
    const room = encodeURIComponent(roomId)
    const path = `/_matrix/federation/v1/make_join/${room}/${encodeURIComponent(userId)}?ver=${version}`
    const { event: template } = await this.#must(server, 'GET', path)
    if (!isJsonObject(template)) throw new Error(`${server.program} gave no template for a join`)
    const filled = { ...template, origin_server_ts: Date.now() }
    const event = hashAndSignEvent(filled, this.#signer, rules, nodeCrypto)
    const join = readPdu(canonicalJson(event), rules, nodeCrypto).event
    const send = `/_matrix/federation/v2/send_join/${room}/${encodeURIComponent(join.eventId)}`
    const { state } = await this.#must(server, 'PUT', send, event)
    const read = (pdu: unknown) => readPdu(canonicalJson(pdu as JsonObject), rules, nodeCrypto).event
    const before = (state as readonly unknown[]).map(read)
    return ScriptedRoom.joined({ name, roomId, rules, signer: this.#signer, state: before, join })
  }

  /** Sends events in transactions, each when the last event of the one before can be read. */
  async sendAll(server: ServerUnderTest, room: ScriptedRoom, pdus: readonly string[]): Promise<void> {
    for (let at = 0; at < pdus.length; at += perTransaction) {
      const part = pdus.slice(at, at + perTransaction)
      const body = {
        ...{ origin: this.#signer.server, origin_server_ts: Date.now() },
        pdus: part.map(pdu => parseJson(pdu, { mode: 'lenient' })),
      }
      const path = `/_matrix/federation/v1/send/${process.pid}-${this.#transactions++}`
      await this.#must(server, 'PUT', path, body)
      await this.#readable(server, readPdu(part.at(-1) as string, room.rules, nodeCrypto).event.eventId)
    }
  }

  async #readable(server: ServerUnderTest, eventId: string): Promise<void> {
    const path = `/_matrix/federation/v1/event/${encodeURIComponent(eventId)}`
    const end = performance.now() + readableWithin
    for (let wait = firstLook; performance.now() < end; wait = Math.min(2 * wait, longestLook)) {
      const { status } = await this.#ask(server, 'GET', path)
      if (status === 200) return
      await new Promise(resolve => setTimeout(resolve, wait))
    }
    throw new Error(`${eventId} cannot be read on ${server.program}`)
  }

  async #must(server: ServerUnderTest, method: string, uri: string, body?: JsonObject): Promise<JsonObject> {
    const { status, text } = await this.#ask(server, method, uri, body)
    const answer = parseJson(text, { mode: 'lenient' })
    if (status === 200 && isJsonObject(answer)) return answer
    throw new Error(`${server.program}: ${method} ${uri}: ${status} ${text}`)
  }

  async #ask(server: ServerUnderTest, method: string, uri: string, body?: JsonObject) {
    const content = body === undefined ? undefined : canonicalJson(body)
    const destination: ServerName = server.name
    const authorization = authorizationOf({ method, uri, destination, content }, this.#signer, nodeCrypto)
    const response = await fetch(`${server.url}${uri}`, {
      ...{ method, headers: { authorization, 'content-type': 'application/json' } },
      ...(content === undefined ? {} : { body: content }),
    })
    return { status: response.status, text: await response.text() }
  }

  close(): Promise<void> {
    return this.#server.close()
  }
}
