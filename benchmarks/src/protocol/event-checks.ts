/**
 * What the checks on a federated event cost, against the floor: the work that nobody can do without. Server-server API,
 * "Checks performed on receipt of a PDU", 1 to 5.
 *
 * The floor is the strictest that can be meant: JSON.parse, SHA-256 over the bytes that the two hashes cover, as if these
 * were given, and one Ed25519 verification by a key object that is at hand. Writing canonical JSON is not in it.
 */
import { hash, type KeyObject, verify } from 'node:crypto'
import {
  authorizeByAuthEvents,
  authorizeByState,
  contentHashText,
  defaultRoomVersion,
  nodeCrypto,
  readPdu,
  requiredSigners,
  rulesOf,
  verifyEvent,
} from '@neurite/protocol'
import { type Benchmark, type Figure, timeFigure } from '../figure.ts'
import { measure, ratioOf, type Subject, type Times } from '../measure.ts'
import { type EventKind, type MadeRoom, makeRoom } from './made-events.ts'
import { publicKeyObject, signatureOf } from './raw-signatures.ts'

const eventCount = 500
const kinds = ['message', 'member'] as const
const mustBeTimesFloor = 1.5

export const eventChecksBenchmark: Benchmark = {
  name: 'protocol/event-checks',
  measures: `the checks on a federated event of 1 kB, against the floor (${eventCount} events, 400 members, 20 servers)`,
  run() {
    const room = makeRoom(rulesOf(defaultRoomVersion))
    const subjects = kinds.flatMap(kind => [floor(kind, room), ...checks(kind, room)])
    const times = measure(subjects)
    const timesOf = (name: string) => times[subjects.findIndex(subject => subject.name === name)] as Times
    return kinds.flatMap(kind => figuresOf(kind, timesOf))
  },
}

function figuresOf(kind: EventKind, timesOf: (name: string) => Times): Figure[] {
  const micros = (name: string) => timeFigure(name, 'µs', timesOf(name))
  const ratio = ratioOf(timesOf(`${kind}: all checks`), timesOf(`${kind}: floor`))
  return [
    micros(`${kind}: floor`),
    micros(`${kind}: all checks`),
    { name: `${kind}: all checks / floor`, unit: '×', value: ratio, must: mustBeTimesFloor },
    micros(`${kind}: of these, form, hashes and ID`),
    micros(`${kind}: of these, the signature`),
    micros(`${kind}: of these, authorisation, twice`),
  ]
}

/** An event with what the floor needs of it. */
interface Prepared {
  readonly bytes: Buffer
  readonly contentText: string
  readonly signedText: string
  readonly key: KeyObject
  readonly signature: Uint8Array
}

function floor(kind: EventKind, room: MadeRoom): Subject {
  const events = Array.from({ length: eventCount }, (_, index): Prepared => {
    const json = room.signed(kind, index)
    const { event } = readPdu(JSON.stringify(json), room.rules, nodeCrypto)
    const { server, keyId, signature } = signatureOf(json)
    const key = publicKeyObject(room.keys(server, keyId)?.publicKey as Uint8Array)
    const { signedText } = event
    return { bytes: bytesOf(json), contentText: contentHashText(json), signedText, key, signature }
  })
  return {
    name: `${kind}: floor`,
    operations: eventCount,
    run() {
      let last: unknown
      for (const { bytes, contentText, signedText, key, signature } of events) {
        last = [
          JSON.parse(bytes.toString()),
          hash('sha256', contentText, 'buffer'),
          hash('sha256', signedText, 'buffer'),
        ]
        if (!verify(null, Buffer.from(signedText), key, signature)) throw new Error('the signature does not fit')
      }
      return last
    },
  }
}

/** All checks together, and their parts each by itself. */
function checks(kind: EventKind, room: MadeRoom): Subject[] {
  const bytes = Array.from({ length: eventCount }, (_, index) => bytesOf(room.signed(kind, index)))
  const read = (input: Uint8Array) => {
    const { event, contentHashMatches } = readPdu(input, room.rules, nodeCrypto)
    if (!contentHashMatches) throw new Error('the content hash does not fit')
    return event
  }
  const events = bytes.map(read)
  const checkSignature = (event: (typeof events)[0]) => {
    if (!verifyEvent(event, room.keys, nodeCrypto).valid) throw new Error('a signature does not fit')
    return event
  }
  const authorize = (event: (typeof events)[0]) => {
    const authEvents = event.authEvents.map(id => room.judged(id))
    const first = authorizeByAuthEvents(event, authEvents, room.create, nodeCrypto)
    const second = authorizeByState(event, room.lookup, nodeCrypto)
    if (!first.allowed || !second.allowed) throw new Error('the event is not allowed')
    return second
  }
  const subject = <T>(name: string, inputs: readonly T[], work: (input: T) => unknown): Subject => ({
    name: `${kind}: ${name}`,
    operations: eventCount,
    run() {
      let last: unknown
      for (const input of inputs) last = work(input)
      return last
    },
  })
  if (events.some(event => requiredSigners(event).size !== 1)) throw new Error('the floor is one signature an event')
  return [
    subject('all checks', bytes, input => authorize(checkSignature(read(input)))),
    subject('of these, form, hashes and ID', bytes, read),
    subject('of these, the signature', events, checkSignature),
    subject('of these, authorisation, twice', events, authorize),
  ]
}

function bytesOf(json: unknown): Buffer {
  return Buffer.from(JSON.stringify(json))
}
