/**
 * A short life of a room with one of each kind of event: a fork that is resolved, a rejected and a soft-failed event, one whose
 * content does not fit its hash, redactions before and after what they name, an outlier, history, and batches through the durable
 * queue.
 */
import {
  authEventKeys,
  canonicalJson,
  type JsonObject,
  nodeCrypto,
  type RoomEvent,
  rulesOf,
  type VerifyKeys,
} from '@neurite/protocol'
import type { InputItem } from '@neurite/roomserver'
import { EventMaker, signerOf } from '@neurite/roomserver/input/testing'
import type { Life, Step } from './life.ts'

const roomVersion = '10'
const roomId = '!story:a'
const ann = '@ann:a'
const bob = '@bob:b'
const cat = '@cat:c'
const signers = ['a', 'b', 'c'].map(server => signerOf(server, nodeCrypto))

interface Told {
  readonly event: RoomEvent
  readonly pdu: string
  /** What the teller takes for the state after it: good enough to choose auth events from. */
  readonly state: ReadonlyMap<string, RoomEvent>
}

interface Draft {
  readonly type: string
  readonly sender: string
  readonly stateKey?: string
  readonly content?: JsonObject
  readonly redacts?: string
}

class Teller {
  readonly #maker = new EventMaker(rulesOf(roomVersion), nodeCrypto, signers)
  #time = 1_000_000

  tell(draft: Draft, ...prev: readonly Told[]): Told {
    const state = new Map(prev.flatMap(told => [...told.state]))
    const rules = rulesOf(roomVersion)
    const keys = authEventKeys({ stateKey: undefined, content: {}, ...draft, rules } as never)
    const authEvents = keys.flatMap(([type, stateKey]) => state.get(`${type} ${stateKey}`) ?? [])
    const prevEvents = prev.map(({ event }) => event)
    const made = this.#maker.make({ roomId, ...draft, prevEvents, authEvents, timestamp: this.#time++ })
    if (draft.stateKey !== undefined) state.set(`${draft.type} ${draft.stateKey}`, made.event)
    return { ...made, state }
  }
}

/**
 * The same room in every run.
 * @param large how many large messages follow: a few megabytes make the log grow until it is copied into the database
 */
export function story(large = 0): Life {
  return { keys, rooms: [steps(large)] }
}

const largeBody = 'x'.repeat(50_000)
const largeAtOnce = 10

const keys: VerifyKeys = (server, keyId) => {
  const signer = signers.find(candidate => candidate.server === server && candidate.keyId === keyId)
  const forever = Number.MAX_SAFE_INTEGER
  return signer && { publicKey: nodeCrypto.publicKeyOf(signer.seed), validUntil: forever, fetchedAt: forever }
}

function steps(large: number): Step[] {
  const teller = new Teller()
  const member = (user: string, membership: string, sender = user): Draft => ({
    ...{ type: 'm.room.member', sender, stateKey: user, content: { membership } },
  })
  const state = (type: string, sender: string, content: JsonObject): Draft => ({ type, sender, stateKey: '', content })
  const says = (sender: string, body: string): Draft => ({ type: 'm.room.message', sender, content: { body } })

  const create = teller.tell(state('m.room.create', ann, { creator: ann, room_version: roomVersion }))
  const joined = teller.tell(member(ann, 'join'), create)
  const power = teller.tell(state('m.room.power_levels', ann, { users: { [ann]: 100, [bob]: 50 } }), joined)
  const rule = teller.tell(state('m.room.join_rules', ann, { join_rule: 'public' }), power)
  const bobIn = teller.tell(member(bob, 'join'), rule)
  const catIn = teller.tell(member(cat, 'join'), bobIn)
  const hello = teller.tell(says(cat, 'hello'), catIn)
  const redacted = teller.tell({ type: 'm.room.redaction', sender: bob, redacts: hello.event.eventId }, hello)
  // Two branches that disagree, and an event that brings them together.
  const banned = teller.tell(member(cat, 'ban', bob), redacted)
  const named = teller.tell(state('m.room.name', ann, { name: 'one' }), banned)
  const topic = teller.tell(state('m.room.topic', ann, { topic: 'other' }), redacted)
  const renamed = teller.tell(state('m.room.name', bob, { name: 'two' }), topic)
  const late = teller.tell(says(cat, 'still here'), renamed)
  const merged = teller.tell(says(ann, 'together'), named, renamed)
  // From before the ban, after it in time: allowed by its place, not by what is now.
  const powerless = teller.tell(state('m.room.topic', cat, { topic: 'mine' }), redacted)
  const tampered = changed(teller.tell(says(bob, 'what was signed'), merged))
  // A redaction that comes before what it names.
  const regretted = teller.tell(says(ann, 'a secret'), merged)
  const forgets = teller.tell({ type: 'm.room.redaction', sender: ann, redacts: regretted.event.eventId }, tampered)
  const history = teller.tell(says(bob, 'found later'), bobIn)
  const apart = teller.tell(member('@dan:a', 'join'), merged)
  const leaves = teller.tell(member(bob, 'leave'), forgets, regretted)
  const last = teller.tell(says(ann, 'alone'), leaves)
  const messages: Told[] = []
  for (let at = 0; at < large; at++)
    messages.push(teller.tell(says(ann, `${at} ${largeBody}`), messages.at(-1) ?? last))

  return [
    receive(create, joined, power),
    enqueue(rule, bobIn, catIn),
    receive(hello, redacted),
    receive(banned, named),
    enqueue(topic, renamed, late),
    receive(merged, powerless),
    enqueue(tampered, forgets),
    receive(regretted),
    { kind: 'receive', items: [item(history, 'old'), item(apart, 'outlier')] },
    receive(leaves, last),
    ...Array.from({ length: Math.ceil(large / largeAtOnce) }, (_, at) =>
      receive(...messages.slice(at * largeAtOnce, (at + 1) * largeAtOnce)),
    ),
  ]
}

/** The same event with another content: its ID stays, its hash does not fit. */
function changed(told: Told): Told {
  return { ...told, pdu: canonicalJson({ ...told.event.json, content: { body: 'what came' } }) }
}

function receive(...told: readonly Told[]): Step {
  return { kind: 'receive', items: told.map(one => item(one, 'new')) }
}

function enqueue(...told: readonly Told[]): Step {
  return { kind: 'enqueue', items: told.map(one => item(one, 'new')) }
}

function item({ event, pdu }: Told, kind: InputItem['kind']): InputItem {
  return { kind, roomId, roomVersion, pdu, origin: event.sender.slice(event.sender.indexOf(':') + 1) }
}
