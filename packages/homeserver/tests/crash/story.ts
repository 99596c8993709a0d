/**
 * A short life of a room with one of each kind of event: a fork that is resolved, a rejected and a soft-failed event, one whose
 * content does not fit its hash, redactions before and after what they name, an outlier, history, and batches through the durable
 * queue.
 */
import { canonicalJson, nodeCrypto } from '@neurite/protocol'
import { member, message, RoomTeller, redaction, stateEvent, type Told } from '@neurite/roomserver/input/testing'
import type { Life, Step } from './life.ts'

const roomVersion = '10'
const ann = '@ann:a'
const bob = '@bob:b'
const cat = '@cat:c'

/**
 * The same room in every run.
 * @param large how many large messages follow: a few megabytes make the log grow until it is copied into the database
 */
export function story(large = 0): Life {
  const teller = new RoomTeller({ roomVersion, roomId: '!story:a', servers: ['a', 'b', 'c'], crypto: nodeCrypto })
  return { keys: teller.keys, rooms: [steps(teller, large)] }
}

const largeBody = 'x'.repeat(50_000)
const largeAtOnce = 10

function steps(teller: RoomTeller, large: number): Step[] {
  const receive = (...told: readonly Told[]): Step => ({ kind: 'receive', items: told.map(one => teller.item(one)) })
  const enqueue = (...told: readonly Told[]): Step => ({ kind: 'enqueue', items: told.map(one => teller.item(one)) })

  const create = teller.tell(stateEvent('m.room.create', ann, { creator: ann, room_version: roomVersion }))
  const joined = teller.tell(member(ann, 'join'), create)
  const power = teller.tell(stateEvent('m.room.power_levels', ann, { users: { [ann]: 100, [bob]: 50 } }), joined)
  const rule = teller.tell(stateEvent('m.room.join_rules', ann, { join_rule: 'public' }), power)
  const bobIn = teller.tell(member(bob, 'join'), rule)
  const catIn = teller.tell(member(cat, 'join'), bobIn)
  const hello = teller.tell(message(cat, 'hello'), catIn)
  const redacted = teller.tell(redaction(bob, hello), hello)
  // Two branches that disagree, and an event that brings them together.
  const banned = teller.tell(member(cat, 'ban', bob), redacted)
  const named = teller.tell(stateEvent('m.room.name', ann, { name: 'one' }), banned)
  const topic = teller.tell(stateEvent('m.room.topic', ann, { topic: 'other' }), redacted)
  const renamed = teller.tell(stateEvent('m.room.name', bob, { name: 'two' }), topic)
  const late = teller.tell(message(cat, 'still here'), renamed)
  const merged = teller.tell(message(ann, 'together'), named, renamed)
  // From before the ban, after it in time: allowed by its place, not by what is now.
  const powerless = teller.tell(stateEvent('m.room.topic', cat, { topic: 'mine' }), redacted)
  const tampered = changed(teller.tell(message(bob, 'what was signed'), merged))
  // A redaction that comes before what it names.
  const regretted = teller.tell(message(ann, 'a secret'), merged)
  const forgets = teller.tell(redaction(ann, regretted), tampered)
  const history = teller.tell(message(bob, 'found later'), bobIn)
  const apart = teller.tell(member('@dan:a', 'join'), merged)
  const leaves = teller.tell(member(bob, 'leave'), forgets, regretted)
  const last = teller.tell(message(ann, 'alone'), leaves)
  const messages: Told[] = []
  for (let at = 0; at < large; at++)
    messages.push(teller.tell(message(ann, `${at} ${largeBody}`), messages.at(-1) ?? last))

  return [
    receive(create, joined, power),
    enqueue(rule, bobIn, catIn),
    receive(hello, redacted),
    receive(banned, named),
    enqueue(topic, renamed, late),
    receive(merged, powerless),
    enqueue(tampered, forgets),
    receive(regretted),
    { kind: 'receive', items: [teller.item(history, 'old'), teller.item(apart, 'outlier')] },
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
