/**
 * A user of one of the servers, who does all through the client-server API: the same calls, whichever program answers.
 */
import type { Peer } from './peer.ts'
import { until } from './until.ts'

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is for the scenario that asked to say
export type Json = any

export interface Answer {
  readonly status: number
  readonly body: Json
}

/** A request that was not answered with a success. */
export class Refused extends Error {
  readonly status: number
  readonly errcode: string

  constructor(what: string, { status, body }: Answer) {
    super(`${what}: ${status} ${JSON.stringify(body)}`)
    this.status = status
    this.errcode = String(body?.errcode)
  }
}

export class User {
  readonly peer: Peer
  readonly id: string
  readonly #token: string
  #transactions = 0

  private constructor(peer: Peer, id: string, token: string) {
    this.peer = peer
    this.id = id
    this.#token = token
  }

  static async register(peer: Peer, username: string): Promise<User> {
    const body = { username, password: 'a long password', auth: { type: 'm.login.dummy' } }
    const answer = await call(peer, 'POST', '/register', body, undefined)
    if (answer.status !== 200) throw new Refused(`register ${username}`, answer)
    return new User(peer, answer.body.user_id, answer.body.access_token)
  }

  /** Whatever the answer. */
  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    return call(this.peer, method, path, body, this.#token)
  }

  /** @throws {Refused} */
  async must(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await this.ask(method, path, body)
    if (answer.status !== 200) throw new Refused(`${this.id}: ${method} ${path}`, answer)
    return answer.body
  }

  async createRoom(wish: object): Promise<string> {
    return (await this.must('POST', '/createRoom', wish)).room_id
  }

  /** @param via a server that is in the room */
  async join(roomId: string, via: Peer): Promise<void> {
    await this.must('POST', `/join/${encodeURIComponent(roomId)}?${viaOf(via)}`, {})
  }

  async knock(roomId: string, via: Peer): Promise<void> {
    await this.must('POST', `/knock/${encodeURIComponent(roomId)}?${viaOf(via)}`, { reason: 'may I?' })
  }

  async leave(roomId: string): Promise<void> {
    await this.must('POST', `${room(roomId)}/leave`, {})
  }

  /** Invites, kicks, bans or unbans. */
  async moderate(what: 'invite' | 'kick' | 'ban' | 'unban', roomId: string, target: User): Promise<void> {
    await this.must('POST', `${room(roomId)}/${what}`, { user_id: target.id })
  }

  /** @returns the event's ID */
  async send(roomId: string, type: string, content: object): Promise<string> {
    const path = `${room(roomId)}/send/${type}/${this.#transactions++}`
    return (await this.must('PUT', path, content)).event_id
  }

  /** @returns the event's ID */
  say(roomId: string, text: string): Promise<string> {
    return this.send(roomId, 'm.room.message', { msgtype: 'm.text', body: text })
  }

  /** @returns the ID of the redaction */
  async redact(roomId: string, eventId: string): Promise<string> {
    const path = `${room(roomId)}/redact/${encodeURIComponent(eventId)}/${this.#transactions++}`
    return (await this.must('PUT', path, { reason: 'out with it' })).event_id
  }

  /** @returns the event's ID */
  async setState(roomId: string, type: string, content: object, stateKey = ''): Promise<string> {
    return (await this.must('PUT', `${room(roomId)}/state/${type}/${encodeURIComponent(stateKey)}`, content)).event_id
  }

  /** The content of a state event; undefined where there is none. */
  async stateContent(roomId: string, type: string, stateKey = ''): Promise<Json | undefined> {
    const path = `${room(roomId)}/state/${type}/${encodeURIComponent(stateKey)}`
    const answer = await this.ask('GET', path)
    if (answer.status === 404) return undefined
    if (answer.status !== 200) throw new Refused(`${this.id}: GET ${path}`, answer)
    return answer.body
  }

  /** The whole current state, as clients get it. */
  state(roomId: string): Promise<readonly Json[]> {
    return this.must('GET', `${room(roomId)}/state`)
  }

  /** An event; undefined where this user cannot see it. */
  async event(roomId: string, eventId: string): Promise<Json | undefined> {
    const { status, body } = await this.ask('GET', `${room(roomId)}/event/${encodeURIComponent(eventId)}`)
    return status === 200 ? body : undefined
  }

  /** Resolves with the event once it has arrived here. */
  sees(roomId: string, eventId: string): Promise<Json> {
    return until(`${eventId} is seen by ${this.id}`, () => this.event(roomId, eventId))
  }

  /** Resolves once that is somebody's membership here, as this member of the room sees it. */
  async seesMembership(roomId: string, user: User, membership: string): Promise<void> {
    await until(`${this.id} sees that ${user.id} is: ${membership}`, async () => {
      const content = await this.stateContent(roomId, 'm.room.member', user.id)
      return (content?.membership ?? 'leave') === membership
    })
  }

  /** Resolves once somebody has that power level here. */
  async seesLevel(roomId: string, user: User, level: number): Promise<void> {
    await until(`${this.id} sees that ${user.id} has power level ${level}`, async () => {
      const levels = await this.stateContent(roomId, 'm.room.power_levels')
      return (levels?.users?.[user.id] ?? 0) === level
    })
  }

  /** Changes of the power levels, on top of those there are. @returns the event's ID */
  async changeLevels(roomId: string, change: (levels: Json) => object): Promise<string> {
    const levels = await this.stateContent(roomId, 'm.room.power_levels')
    return this.setState(roomId, 'm.room.power_levels', { ...levels, ...change(levels) })
  }

  /** The rooms of a first answer of /sync, by how this user stands to them. */
  async rooms(): Promise<{
    readonly join?: Json
    readonly invite?: Json
    readonly knock?: Json
    readonly leave?: Json
  }> {
    const filter = encodeURIComponent(JSON.stringify({ room: { include_leave: true } }))
    return (await this.must('GET', `/sync?timeout=0&filter=${filter}`)).rooms ?? {}
  }

  /** Resolves with the state that comes with an invite or a knock. */
  isToldOf(kind: 'invite' | 'knock', roomId: string): Promise<readonly Json[]> {
    return until(
      `${this.id} is told of the ${kind}`,
      async () => (await this.rooms())[kind]?.[roomId]?.[`${kind}_state`].events,
    )
  }

  /** Resolves once the invite or knock is gone. */
  async isToldNoMoreOf(kind: 'invite' | 'knock', roomId: string): Promise<void> {
    await until(`the ${kind} of ${this.id} is gone`, async () => (await this.rooms())[kind]?.[roomId] === undefined)
  }

  /** Resolves once this user is told that he is in the room no more. */
  async isPutOutOf(roomId: string): Promise<void> {
    await until(`${this.id} is put out`, async () => (await this.rooms()).join?.[roomId] === undefined)
  }

  /** All events of the room that this user can see, newest first, by pages to the beginning. */
  async history(roomId: string, limit = 100): Promise<readonly Json[]> {
    const events: Json[] = []
    for (let from: string | undefined; ; ) {
      const start = from === undefined ? '' : `&from=${encodeURIComponent(from)}`
      const page = await this.must('GET', `${room(roomId)}/messages?dir=b&limit=${limit}${start}`)
      events.push(...page.chunk)
      if (page.end === undefined || page.end === from) return events
      from = page.end
    }
  }
}

/** A room in a path. */
export function room(roomId: string): string {
  return `/rooms/${encodeURIComponent(roomId)}`
}

/** Under both names: the older one is what older servers know. */
function viaOf({ name }: Peer): string {
  return new URLSearchParams({ via: name, server_name: name }).toString()
}

async function call(
  peer: Peer,
  method: string,
  path: string,
  body: unknown,
  token: string | undefined,
): Promise<Answer> {
  const response = await fetch(`${peer.url}/_matrix/client/${path.startsWith('/v1/') ? path.slice(1) : `v3${path}`}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}
