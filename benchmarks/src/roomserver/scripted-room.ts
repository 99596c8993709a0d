/**
 * A room's events as other servers send them, signed, made beforehand: joins, messages, forks. Made from counters, so that
 * every run measures the same bytes.
 */
import {
  authEventKeys,
  canonicalJson,
  encodeBase64Url,
  type JsonObject,
  nodeCrypto,
  type RoomEvent,
  type RoomVersionRules,
  readPdu,
  rulesOf,
  type SelectingEvent,
  type Signer,
  type UserId,
} from '@neurite/protocol'
import { EventMaker, InMemoryKeyRing, signerOf } from '@neurite/roomserver/input/testing'

/** The servers that members are from, in turn, unless a room is told to have others. */
const serverCount = 20
const startTime = 1_760_000_000_000
/** Members who say something after they have joined; the events of all others are forgotten as soon as they are made. */
const speakers = 1_000

const signers = signersOf(serverCount)

function signersOf(servers: number): readonly Signer[] {
  return Array.from({ length: servers }, (_, index) => signerOf(serverOf(index), nodeCrypto))
}

function serverOf(index: number): string {
  return `matrix${index}.example.org`
}

/** The keys of all servers that the rooms' users are from. */
export function scriptedKeys(servers: number = serverCount): InMemoryKeyRing {
  const keys = new InMemoryKeyRing()
  for (const { server, keyId, seed } of signersOf(servers)) keys.add(server, keyId, nodeCrypto.publicKeyOf(seed))
  return keys
}

/** The key that a server signs with. */
export function publicKeyOf(server: string): Uint8Array {
  const signer = signers.find(known => known.server === server)
  if (signer === undefined) throw new Error(`${server} has no key`)
  return nodeCrypto.publicKeyOf(signer.seed)
}

const noSignature = new Uint8Array(64)

/** A room between two processes. Events are JSON text. */
export interface SavedRoom {
  readonly name: string
  readonly version: string
  /** Absent in those that were saved before rooms could have others: {@link serverCount}. */
  readonly servers?: number
  readonly members: number
  readonly made: number
  readonly extremities: readonly string[]
  readonly state: readonly (readonly [tuple: string, pdu: string])[]
}

/** A room that was opened elsewhere, as a user who has joined it knows it. */
export interface JoinedRoom {
  /** Also the name that its users are called by. */
  readonly name: string
  readonly roomId: string
  readonly rules: RoomVersionRules
  /** Of all users that are made up from here on. */
  readonly signer: Signer
  /** Before the join. */
  readonly state: readonly RoomEvent[]
  /** The join of {@link ScriptedRoom.user}(0). */
  readonly join: RoomEvent
}

/** Where a room's users are from, and what it is called. */
interface RoomOptions {
  readonly sign?: 'signed' | 'unsigned'
  readonly roomId?: string
  readonly signers?: readonly Signer[]
  /** How many servers users are from, where these are made up as well. */
  readonly servers?: number
}

/** A state by type and state key. */
type State = ReadonlyMap<string, RoomEvent>

/** Events of a fork's branch, or of one member. */
interface Parts {
  readonly type: string
  readonly sender: string
  readonly stateKey?: string
  readonly content: JsonObject
  readonly prevEvents: readonly RoomEvent[]
  readonly state: State
}

export class ScriptedRoom {
  readonly rules: RoomVersionRules
  readonly roomId: string
  readonly #name: string
  readonly #signers: readonly Signer[]
  readonly #maker: EventMaker
  readonly #state = new Map<string, RoomEvent>()
  #extremities: readonly RoomEvent[] = []
  #members = 0
  #made = 0

  /** @param options.sign the signatures of rooms so large that nobody checks them need not be real */
  constructor(name: string, rules: RoomVersionRules, options: RoomOptions = {}) {
    const { sign = 'signed', roomId = `!${name}:matrix0.example.org`, servers = serverCount } = options
    const { signers: own = servers === serverCount ? signers : signersOf(servers) } = options
    this.rules = rules
    this.#name = name
    this.roomId = roomId
    this.#signers = own
    const crypto = sign === 'signed' ? nodeCrypto : { ...nodeCrypto, sign: () => noSignature }
    this.#maker = new EventMaker(rules, crypto, own)
  }

  /** Goes on with a room that a server under test has opened. */
  static joined({ name, roomId, rules, signer, state, join }: JoinedRoom): ScriptedRoom {
    const room = new ScriptedRoom(name, rules, { roomId, signers: [signer] })
    for (const event of [...state, join]) room.#state.set(tuple(event.type, event.stateKey ?? ''), event)
    room.#extremities = [join]
    room.#members = 1
    return room
  }

  /** What another process needs to go on with the room. */
  save(): SavedRoom {
    const text = ({ json }: RoomEvent) => canonicalJson(json)
    const state = Array.from(this.#state, ([name, event]) => [name, text(event)] as const)
    const extremities = this.#extremities.map(text)
    return {
      name: this.#name,
      version: this.rules.version,
      servers: this.#signers.length,
      members: this.#members,
      made: this.#made,
      extremities,
      state,
    }
  }

  static load(saved: SavedRoom, sign: 'signed' | 'unsigned' = 'unsigned'): ScriptedRoom {
    const { name, version, servers, members, made, extremities, state } = saved
    const room = new ScriptedRoom(name, rulesOf(version), { sign, servers: servers ?? serverCount })
    const read = (pdu: string) => readPdu(pdu, room.rules, nodeCrypto).event
    room.#members = members
    room.#made = made
    room.#extremities = extremities.map(read)
    for (const [tuple, pdu] of state) room.#state.set(tuple, read(pdu))
    return room
  }

  /** The names of the servers that its members are from. */
  get servers(): readonly string[] {
    return this.#signers.map(({ server }) => server)
  }

  get memberCount(): number {
    return this.#members
  }

  user(index: number): string {
    return `@member-${index}-of-${this.#name}:${(this.#signers[index % this.#signers.length] as Signer).server}`
  }

  /** The events that open the room: its creator is the first member, anyone may join. */
  open(): string[] {
    const creator = this.user(0)
    const create = this.#addState('m.room.create', '', creator, { room_version: this.rules.version, creator })
    const join = this.join()
    const levels = this.powerLevels()
    const rules = this.#addState('m.room.join_rules', '', creator, { join_rule: 'public' })
    const visibility = this.#addState('m.room.history_visibility', '', creator, { history_visibility: 'shared' })
    return [create, join, levels, rules, visibility]
  }

  /** The creator says who may do what. Each time builds on the one before, so auth chains grow. */
  powerLevels(): string {
    const creator = this.user(0)
    return this.#addState('m.room.power_levels', '', creator, {
      ...{ ban: 50, kick: 50, redact: 50, invite: 0, state_default: 0, events_default: 0, users_default: 0 },
      events: { 'm.room.power_levels': 100, 'm.room.tombstone': 150, 'm.room.server_acl': 100 },
      users: { [creator]: 100 },
    })
  }

  /** The next member joins. */
  join(): string {
    const user = this.user(this.#members++)
    return this.#addState('m.room.member', user, user, this.#profile(user))
  }

  /** A member says something. */
  message(): string {
    const number = this.#made
    const text = `Message number ${number}: the quick brown fox jumps over the lazy dog – and öfter als einmal.`
    const { pdu } = this.#add({
      type: 'm.room.message',
      sender: this.#speaker(number),
      content: {
        ...{ msgtype: 'm.text', body: text, format: 'org.matrix.custom.html', formatted_body: `<p>${text}</p>` },
        'm.mentions': {},
      },
      prevEvents: this.#extremities,
      state: this.#state,
    })
    return pdu
  }

  /**
   * A round of a fork: branches of some state events each, one branch after the other, and a message that merges them. Each of the
   * events changes the name of another member, so the branches conflict on as many keys as they have events.
   */
  fork(branches: number, steps = 2): string[] {
    return [...this.branches(branches, steps).flat(), this.message()]
  }

  /** The branches of a fork, which the room's next event merges. */
  branches(branches: number, steps: number): string[][] {
    const base = this.#extremities
    const before = new Map(this.#state)
    const made: string[][] = []
    const ends: RoomEvent[] = []
    for (let branch = 0; branch < branches; branch++) {
      const state = new Map(before)
      const pdus: string[] = []
      let prevEvents = base
      for (let step = 0; step < steps; step++) {
        const user = this.#speaker(this.#made * 7)
        const type = 'm.room.member'
        const content = this.#profile(user)
        const { event, pdu } = this.#add({ type, sender: user, stateKey: user, content, prevEvents, state })
        prevEvents = [event]
        state.set(tuple(type, user), event)
        this.#state.set(tuple(type, user), event)
        pdus.push(pdu)
      }
      ends.push(...prevEvents)
      made.push(pdus)
    }
    this.#extremities = ends
    return made
  }

  #speaker(number: number): string {
    return this.user(number % Math.min(this.#members, speakers))
  }

  #profile(user: string): JsonObject {
    const avatar = encodeBase64Url(nodeCrypto.sha256(`${user} ${this.#made}`)).slice(0, 24)
    return { membership: 'join', displayname: `Name ${this.#made} 🦊`, avatar_url: `mxc://example.org/${avatar}` }
  }

  #addState(type: string, stateKey: string, sender: string, content: JsonObject): string {
    const { pdu, event } = this.#add({
      ...{ type, stateKey, sender, content },
      ...{ prevEvents: this.#extremities, state: this.#state },
    })
    if (type !== 'm.room.member' || this.#members <= speakers) this.#state.set(tuple(type, stateKey), event)
    return pdu
  }

  #add({ state, ...parts }: Parts) {
    const names = authEventKeys({
      ...{ type: parts.type, sender: parts.sender as UserId, stateKey: parts.stateKey },
      ...{ content: parts.content, rules: this.rules },
    } satisfies SelectingEvent)
    const authEvents = names.flatMap(([type, stateKey]) => state.get(tuple(type, stateKey)) ?? [])
    const timestamp = startTime + this.#made++ * 1000
    const made = this.#maker.make({ ...parts, roomId: this.roomId, authEvents, timestamp })
    this.#extremities = [made.event]
    // A string of its own, flat, as it comes out of a request's body.
    return { event: made.event, pdu: Buffer.from(made.pdu).toString() }
  }
}

function tuple(type: string, stateKey: string): string {
  return `${type} ${stateKey}`
}
