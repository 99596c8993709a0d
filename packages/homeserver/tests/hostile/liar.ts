/**
 * A homeserver that is a script and means ill: its requests are signed with its own key and otherwise what a test wants, and it
 * answers what a test wants. Its users join rooms of the server under attack as honest ones would.
 */
import assert from 'node:assert/strict'
import {
  canonicalJson,
  type EventId,
  encodeBase64,
  hashAndSignEvent,
  isJsonObject,
  type JsonObject,
  nodeCrypto,
  parseJson,
  type RoomEvent,
  readPdu,
  rulesOf,
  type Signer,
  signJson,
} from '@neurite/protocol'
import { RoomTeller, signerOf, type Told } from '@neurite/roomserver/input/testing'
import { authorizationOf } from '../../src/federation/requests/index.ts'
import {
  type Asked,
  type Authority,
  byPath,
  json,
  type Script,
  ScriptedServer,
} from '../../src/federation/testing/index.ts'
import type { Peer } from '../interop/peer.ts'

export const roomVersion = '11'
const rules = rulesOf(roomVersion)
const day = 86_400_000
const federation = '/_matrix/federation/v1'

/** An answer, with its body read as JSON. */
export interface LiarsAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is for the test that asked to say
  readonly body: any
}

/** A room of the server under attack with one of the liar's users in it. */
export interface AttackedRoom {
  readonly roomId: string
  /** The liar's user. */
  readonly eve: string
  readonly teller: RoomTeller
  /** Eve's join, with the state after it. */
  readonly joined: Told
}

export class Liar {
  readonly name: string
  readonly signer: Signer
  readonly server: ScriptedServer
  readonly #target: Peer
  readonly #key: Script
  #transactions = 0

  private constructor(server: ScriptedServer, target: Peer) {
    this.server = server
    this.#target = target
    this.name = `localhost:${server.port}`
    this.signer = signerOf(this.name, nodeCrypto)
    this.#key = json(canonicalJson(signJson(this.keyAnswer(), this.signer, nodeCrypto)))
    this.answer({})
  }

  static async start(authority: Authority, target: Peer): Promise<Liar> {
    return new Liar(await ScriptedServer.start(authority.issue(['localhost', '127.0.0.1']), json({})), target)
  }

  /** What a server says of its keys, unsigned. */
  keyAnswer(): JsonObject {
    return {
      server_name: this.signer.server,
      verify_keys: { [this.signer.keyId]: { key: encodeBase64(nodeCrypto.publicKeyOf(this.signer.seed)) } },
      old_verify_keys: {},
      valid_until_ts: Date.now() + day,
    }
  }

  /** From now on it answers so, by the path behind the version; transactions it swallows, its key it tells. All else is not found. */
  answer(scripts: Readonly<Record<string, Script>>, otherwise?: Script): void {
    const known = byPath({ '/_matrix/key/v2/server': this.#key })
    this.server.script = (asked, response) => {
      const path = asked.url.split('?', 1)[0] as string
      if (path.startsWith(`${federation}/send/`)) return json({ pdus: {} })(asked, response)
      if (!path.startsWith(federation)) return known(asked, response)
      const rest = decodeURIComponent(path.slice(federation.length + 1))
      const found = Object.entries(scripts).find(([prefix]) => rest.startsWith(prefix))?.[1] ?? otherwise
      return (found ?? known)(asked, response)
    }
  }

  /** What it was asked under a path since it was started. */
  asked(path: string): Asked[] {
    return this.server.asked.filter(({ url }) => decodeURIComponent(url).startsWith(`${federation}/${path}`))
  }

  /** A signed request; as another server where one is given. */
  async ask(method: string, uri: string, body?: JsonObject | string, as: Signer = this.signer): Promise<LiarsAnswer> {
    const content = body === undefined || typeof body === 'string' ? body : canonicalJson(body)
    const request = { method, uri, destination: this.#target.name as never, content }
    const authorization = authorizationOf(request, as, nodeCrypto)
    const response = await fetch(`${this.#target.url}${uri}`, {
      ...{ method, headers: { authorization, 'content-type': 'application/json' } },
      ...(content === undefined ? {} : { body: content }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  async must(method: string, uri: string, body?: JsonObject): Promise<LiarsAnswer['body']> {
    const { status, body: answer } = await this.ask(method, uri, body)
    assert.equal(status, 200, `${method} ${uri}: ${JSON.stringify(answer)}`)
    return answer
  }

  /** A user of the liar joins, by the book. */
  async join(roomId: string, localpart = 'eve'): Promise<AttackedRoom> {
    const eve = `@${localpart}:${this.name}`
    const room = encodeURIComponent(roomId)
    const path = `${federation}/make_join/${room}/${encodeURIComponent(eve)}?ver=${roomVersion}`
    const { event: template } = await this.must('GET', path)
    const event = hashAndSignEvent({ ...template, origin_server_ts: Date.now() }, this.signer, rules, nodeCrypto)
    const { event: join } = readPdu(canonicalJson(event), rules, nodeCrypto)
    const send = `/_matrix/federation/v2/send_join/${room}/${encodeURIComponent(join.eventId)}`
    const { state } = await this.must('PUT', send, event)
    const events = [...(state as JsonObject[]).map(pdu => readPdu(canonicalJson(pdu), rules, nodeCrypto).event), join]
    const after = new Map(events.map(one => [`${one.type} ${one.stateKey}`, one] as const))
    const teller = new RoomTeller({ roomVersion, roomId, servers: [this.name], crypto: nodeCrypto })
    return { roomId, eve, teller, joined: { event: join, pdu: canonicalJson(event), state: after } }
  }

  /** @returns what became of each event: an error, or nothing wrong */
  async send(
    ...pdus: readonly (string | { readonly pdu: string })[]
  ): Promise<Readonly<Record<string, { error?: string }>>> {
    const { status, body } = await this.sendTransaction(`t${this.#transactions++}`, { pdus: pdus.map(pduOf) })
    assert.equal(status, 200, JSON.stringify(body))
    return body.pdus
  }

  /** @param more what the transaction holds besides its origin */
  sendTransaction(id: string, more: JsonObject): Promise<LiarsAnswer> {
    const body = { origin: this.name, origin_server_ts: Date.now(), pdus: [], ...more }
    return this.ask('PUT', `${federation}/send/${id}`, body)
  }

  /** Whether the server under attack gives an event out. */
  async has(eventId: EventId): Promise<boolean> {
    return (await this.ask('GET', `${federation}/event/${encodeURIComponent(eventId)}`)).status === 200
  }

  close(): Promise<void> {
    return this.server.close()
  }
}

function pduOf(one: string | { readonly pdu: string }): JsonObject {
  const pdu = parseJson(typeof one === 'string' ? one : one.pdu, { mode: 'lenient' })
  if (!isJsonObject(pdu)) throw new Error('a PDU is an object')
  return pdu
}

/** A PDU with something changed after it was signed. */
export function changed({ pdu }: { readonly pdu: string }, change: (pdu: Record<string, unknown>) => void): string {
  const json = JSON.parse(pdu) as Record<string, unknown>
  change(json)
  return JSON.stringify(json)
}

export function idOf(pdu: string): EventId {
  return readPdu(pdu, rules, nodeCrypto).event.eventId
}

/** The federation form of events, as answers hold them. */
export function asJson(events: readonly { readonly pdu: string }[]): string {
  return `[${events.map(({ pdu }) => pdu).join(',')}]`
}

/** The state after an event, without itself. */
export function stateOf({ state, event }: Told): readonly RoomEvent[] {
  return [...state.values()].filter(one => one !== event)
}
