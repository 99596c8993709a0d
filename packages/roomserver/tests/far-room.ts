/**
 * A room on another server, told event by event, and that server's answers about it. For tests of what this server asks others.
 */
import { canonicalJson, type EventId, type JsonObject, readPdu, rulesOf } from '@neurite/protocol'
import {
  type Draft,
  InMemoryServers,
  idsOf,
  inlineCrypto,
  member,
  message,
  RoomTeller,
  RoomWorld,
  stateEvent,
  type Told,
} from '../src/input/testing/index.ts'
import type { JoinedRoom, PeerRequests } from '../src/perform/index.ts'
import { nodeRuntime, SeededRandomness } from '../src/runtime/index.ts'
import { far, here } from './server-in-memory.ts'

export const eve = `@eve:${far}`
export const bob = `@bob:${here}`

export class FarRoom {
  readonly roomVersion: string
  readonly world: RoomWorld
  /** What the server is asked by the pipeline. */
  readonly remoteServers: InMemoryServers
  readonly #teller: RoomTeller
  readonly #stateBefore = new Map<string, EventId[]>()
  #newest: Told

  /** A public room that eve made. */
  constructor(roomVersion = '11') {
    this.roomVersion = roomVersion
    const rules = rulesOf(roomVersion)
    this.world = new RoomWorld(rules, inlineCrypto, eventId => this.#stateBefore.get(eventId))
    this.remoteServers = new InMemoryServers({
      worlds: [this.world],
      servers: new Map([[far, { latency: [0, 0] }]]),
      runtime: nodeRuntime,
      random: new SeededRandomness(1),
    })
    this.#teller = new RoomTeller({
      ...{ roomVersion, roomId: `!room:${far}`, servers: [far, here, 'third.example'], crypto: inlineCrypto },
    })
    const creator = rules.auth.creatorInContent ? { creator: eve } : {}
    this.#newest = this.#tellOn(stateEvent('m.room.create', eve, { room_version: roomVersion, ...creator }))
    this.tell(member(eve, 'join'))
    this.tell(stateEvent('m.room.join_rules', eve, { join_rule: 'public' }))
  }

  get roomId(): string {
    return this.#teller.roomId
  }

  get newest(): Told {
    return this.#newest
  }

  /** One more event on top of the newest. */
  tell(draft: Draft): Told {
    this.#newest = this.#tellOn(draft, this.#newest)
    return this.#newest
  }

  say(sender: string, body: string): Told {
    return this.tell(message(sender, body))
  }

  /** The state before an event, and what leads to it, as JSON texts. */
  roomBefore({ event }: { readonly event: { readonly eventId: EventId } }): JoinedRoom {
    const found = this.world.state(event.eventId)
    if (found === undefined) throw new Error(`${event.eventId} is not of this room`)
    return {
      event: undefined,
      state: found.state.map(({ pdu }) => pdu),
      authChain: found.authChain.map(({ pdu }) => pdu),
      membersOmitted: false,
      serversInRoom: [],
    }
  }

  /** The answers of the server to single requests; each may be replaced. */
  peers(instead: Partial<PeerRequests> = {}): PeerRequests {
    const answers: Partial<PeerRequests> = {
      make: async (_server, membership, _roomId, userId) => {
        const { event } = this.#teller.tell(member(userId, membership), this.#newest)
        return { roomVersion: this.roomVersion, event: event.json }
      },
      sendJoin: async (_server, { event }) => this.roomBefore(this.#tookIn(event)),
      backfill: async (_server, _roomId, from, limit) =>
        this.world.missingEvents({ earliest: [], latest: from, limit, minDepth: 0 }).map(({ pdu }) => pdu),
      ...instead,
    }
    return new Proxy(answers as PeerRequests, {
      get: (_, name: keyof PeerRequests) => {
        const answer = answers[name]
        if (answer === undefined) throw new Error(`the other server was asked to ${name}`)
        return answer
      },
    })
  }

  /** An event that was made on top of the newest. */
  #tookIn(json: JsonObject): Told {
    const pdu = canonicalJson(json)
    const { event } = readPdu(pdu, rulesOf(this.roomVersion), inlineCrypto)
    const { state } = this.#newest
    this.add({ event, pdu }, idsOf(state.values()))
    this.#newest = { event, pdu, state: new Map([...state, [`${event.type} ${event.stateKey}`, event]]) }
    return this.#newest
  }

  #tellOn(draft: Draft, ...prev: Told[]): Told {
    const told = this.#teller.tell(draft, ...prev)
    this.add(
      told,
      prev.flatMap(({ state }) => idsOf(state.values())),
    )
    return told
  }

  /** An event that somebody else made. */
  add(made: Pick<Told, 'event' | 'pdu'>, stateBefore: EventId[]): void {
    this.world.addMade(made)
    this.#stateBefore.set(made.event.eventId, stateBefore)
  }
}
