/**
 * Signed events as servers send them, for measurements: a room of some hundred members from several servers, and events of
 * about 1 kB by them, each different. Made from counters, so that every run measures the same bytes.
 */
import {
  type EventId,
  encodeBase64Url,
  hashAndSignEvent,
  type JsonObject,
  type JudgedEvent,
  type KeyId,
  nodeCrypto,
  type RoomEvent,
  type RoomVersionRules,
  readPdu,
  type ServerName,
  type Signer,
  type StateLookup,
  type VerifyKeys,
} from '@neurite/protocol'

const memberCount = 400
const serverCount = 20
const startTime = 1_760_000_000_000

/** A room whose state events of one type and key never changed. */
export interface MadeRoom {
  readonly rules: RoomVersionRules
  readonly lookup: StateLookup
  readonly keys: VerifyKeys
  /** The create event where the room ID implies it. */
  readonly create: JudgedEvent | undefined
  judged(id: EventId): JudgedEvent
  /** An event of a member as its server sends it: the object, signed. */
  signed(kind: EventKind, index: number): JsonObject
}

export type EventKind = 'message' | 'member'

export function makeRoom(rules: RoomVersionRules): MadeRoom {
  return new Room(rules)
}

/** 32 bytes that look random and are the same in every run. */
export function madeBytes(label: string): Uint8Array {
  return nodeCrypto.sha256(label)
}

class Room implements MadeRoom {
  readonly rules: RoomVersionRules
  readonly #signers: readonly Signer[]
  readonly #events = new Map<string, RoomEvent>()
  readonly #state = new Map<string, RoomEvent>()
  readonly #keysOf = new Map<string, { readonly publicKey: Uint8Array; validUntil: number; fetchedAt: number }>()
  readonly #roomId: string
  #last: EventId | undefined
  #depth = 0

  constructor(rules: RoomVersionRules) {
    this.rules = rules
    this.#signers = Array.from({ length: serverCount }, (_, index) => ({
      server: `matrix${index}.example.org` as ServerName,
      keyId: `ed25519:a_${encodeBase64Url(madeBytes(`key ${index}`))
        .replace(/\W/g, '')
        .slice(0, 4)}` as KeyId,
      seed: madeBytes(`seed ${index}`),
    }))
    for (const { server, keyId, seed } of this.#signers) {
      const publicKey = nodeCrypto.publicKeyOf(seed)
      const validUntil = startTime + 7 * 24 * 60 * 60 * 1000
      this.#keysOf.set(`${server} ${keyId}`, { publicKey, validUntil, fetchedAt: startTime })
    }
    const implied = rules.auth.createImpliedByRoomId
    const givenRoomId = '!DuGcnbhHGaSZQoNQR:matrix0.example.org'
    const creator = this.user(0)
    const create = this.#add({
      ...{ type: 'm.room.create', state_key: '', sender: creator, ...(!implied && { room_id: givenRoomId }) },
      content: { room_version: rules.version, ...(rules.auth.creatorInContent && { creator }) },
    })
    this.#roomId = create.roomId
    this.#addState('m.room.member', creator, { membership: 'join', displayname: 'Member 0' })
    this.#addState('m.room.power_levels', '', {
      ...{ ban: 50, kick: 50, redact: 50, invite: 0, state_default: 50, events_default: 0, users_default: 0 },
      events: { 'm.room.name': 50, 'm.room.power_levels': 100, 'm.room.tombstone': 150, 'm.room.server_acl': 100 },
      users: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [this.user(index + 1), index < 3 ? 100 : 50])),
    })
    this.#addState('m.room.join_rules', '', { join_rule: 'public' })
    for (let index = 1; index < memberCount; index++)
      this.#addState('m.room.member', this.user(index), { membership: 'join', displayname: `Member ${index}` })
  }

  user(index: number): string {
    return `@member-${index}:${this.#signerOf(index).server}`
  }

  get lookup(): StateLookup {
    return (type, stateKey) => this.#state.get(`${type} ${stateKey}`)
  }

  get keys(): VerifyKeys {
    return (server, keyId) => this.#keysOf.get(`${server} ${keyId}`)
  }

  get create(): JudgedEvent | undefined {
    const event = this.rules.auth.createImpliedByRoomId ? this.#state.get('m.room.create ') : undefined
    return event && { event, rejected: false }
  }

  judged(id: EventId): JudgedEvent {
    const event = this.#events.get(id)
    if (event === undefined) throw new Error(`no event ${id}`)
    return { event, rejected: false }
  }

  signed(kind: EventKind, index: number): JsonObject {
    const sender = this.user(index % memberCount)
    const own = kind === 'message' ? message(index) : { type: 'm.room.member', state_key: sender, content: join(index) }
    const unsigned = kind === 'message' ? { age: 40 + index } : profileChange(index)
    return this.#sign({ ...own, sender, unsigned }, index % memberCount, [made(`prev ${kind} ${index}`)])
  }

  #signerOf(index: number): Signer {
    return this.#signers[index % serverCount] as Signer
  }

  #addState(type: string, stateKey: string, content: JsonObject): void {
    this.#add({ type, state_key: stateKey, sender: type === 'm.room.member' ? stateKey : this.user(0), content })
  }

  #add(fields: JsonObject & { readonly sender: string }): RoomEvent {
    const member = Number(/\d+/.exec(fields.sender)?.[0])
    const json = this.#sign(fields, member, this.#last === undefined ? [] : [this.#last])
    const { event } = readPdu(JSON.stringify(json), this.rules, nodeCrypto)
    this.#events.set(event.eventId, event)
    this.#state.set(`${event.type} ${event.stateKey}`, event)
    this.#last = event.eventId
    return event
  }

  /** Fields in the order in which servers write them, which is not that of canonical JSON. */
  #sign(fields: JsonObject, member: number, prevEvents: readonly string[]): JsonObject {
    const { sender, type } = fields
    const names = [
      ...(this.rules.auth.createImpliedByRoomId ? [] : ['m.room.create ']),
      ...['m.room.power_levels ', `m.room.member ${sender}`],
      ...(type === 'm.room.member' ? ['m.room.join_rules '] : []),
    ]
    const depth = ++this.#depth
    const json: JsonObject = {
      auth_events: names.map(name => this.#state.get(name)?.eventId).filter(id => id !== undefined),
      prev_events: prevEvents,
      ...(this.#roomId && { room_id: this.#roomId }),
      ...fields,
      ...{ depth, origin_server_ts: startTime + depth * 1000, origin: this.#signerOf(member).server },
    }
    return hashAndSignEvent(json, this.#signerOf(member), this.rules, nodeCrypto)
  }
}

function made(label: string): string {
  return `$${encodeBase64Url(madeBytes(label))}`
}

function message(index: number): JsonObject & { readonly type: string } {
  const text = `Message number ${index}: the quick brown fox jumps over the lazy dog – and öfter als einmal.`
  return {
    type: 'm.room.message',
    content: {
      ...{ msgtype: 'm.text', body: text, format: 'org.matrix.custom.html', formatted_body: `<p>${text}</p>` },
      'm.mentions': {},
      'm.relates_to': { 'm.in_reply_to': { event_id: made(`reply ${index}`) } },
    },
  }
}

function join(index: number): JsonObject {
  return {
    membership: 'join',
    displayname: `Member number ${index} 🦊`,
    avatar_url: `mxc://example.org/${encodeBase64Url(madeBytes(`avatar ${index}`)).slice(0, 24)}`,
  }
}

function profileChange(index: number): JsonObject {
  return {
    age: 40 + index,
    replaces_state: made(`replaces ${index}`),
    prev_content: join(index + 1),
    prev_sender: `@member-${index}:example.org`,
  }
}
