/**
 * Turns true answers into wrong ones. The answers are lists of events; what comes out is what another server may send:
 * text that is an event or looks like one.
 */
import { canonicalJson, isJsonObject, type JsonObject, serverNameOf } from '@neurite/protocol'
import type { SeededRandomness } from '../../runtime/index.ts'
import type { EventMaker, MadeEvent } from './event-maker.ts'
import type { Fault } from './faults.ts'
import type { RoomWorld } from './room-world.ts'

/** What a liar has to lie with. */
export interface LiarsMeans {
  readonly random: SeededRandomness
  /** The room that was asked about. */
  readonly world: RoomWorld
  readonly otherRooms: readonly RoomWorld[]
  /** Makes events in the name of the liar's own users. Undefined: it has no key that anybody knows. */
  readonly maker: EventMaker | undefined
  /** A user of the liar's. */
  readonly sender: string
}

/** Events made up for one endless answer. */
const endlessAnswer = 50
/** How much more than the true answer `too-many` gives. */
const tooManyEvents = 5_000

/** A wrong answer in place of a list of events; the true one where the fault does not apply to such. */
export function lie(fault: Fault | undefined, truth: readonly MadeEvent[], means: LiarsMeans): string[] {
  const texts = truth.map(({ pdu }) => pdu)
  const { random } = means
  const chosen = truth.length === 0 ? undefined : random.nextInt(truth.length)
  const instead = (text: string | undefined) =>
    chosen === undefined || text === undefined ? texts : texts.with(chosen, text)
  const original = chosen === undefined ? undefined : truth[chosen]
  switch (fault) {
    case 'incomplete':
      return texts.filter(() => random.chance(0.7))
    case 'wrong-event':
      return instead(anyEvent([means.world], random)?.pdu)
    case 'other-room':
      return instead(anyEvent(means.otherRooms, random)?.pdu)
    case 'forged-signature':
      return instead(original && withForgedSignature(original, random))
    case 'altered-content':
      return instead(original && withAlteredContent(original))
    case 'garbage':
      return instead(random.pick(['', 'null', '[]', '{"type":', '{"type":"m.room.member"}', '{"a":1,"a":2}', '\u0000']))
    case 'too-many':
      return [...texts, ...manyEvents(means, tooManyEvents)]
    case 'endless':
      return truth.length === 0 ? texts : madeUpChain(means, endlessAnswer)
    default:
      return texts
  }
}

/** A state that lacks some, has others in their place, and two events for one key. */
export function contradict(state: readonly MadeEvent[], { random, world }: LiarsMeans): MadeEvent[] {
  const keyOf = ({ event }: MadeEvent) => `${event.type}\t${event.stateKey}`
  const older = Map.groupBy(
    [...world.events()].filter(({ event }) => event.stateKey !== undefined),
    keyOf,
  )
  return state.flatMap(made => {
    const others = older.get(keyOf(made)) ?? []
    const other = others.length > 0 ? [random.pick(others)] : []
    return random.weighted<MadeEvent[]>([
      [5, [made]],
      [1, []],
      [2, other],
      [2, [made, ...other]],
    ])
  })
}

function anyEvent(worlds: readonly RoomWorld[], random: SeededRandomness): MadeEvent | undefined {
  const filled = worlds.filter(({ size }) => size > 0)
  return filled.length === 0 ? undefined : random.pick([...random.pick(filled).events()])
}

/** The same event, its sender's server's signatures replaced by nonsense. */
export function withForgedSignature({ event }: MadeEvent, random: SeededRandomness): string {
  const server = serverNameOf(event.sender)
  const { signatures } = event.json
  const ofServer = isJsonObject(signatures) ? signatures[server] : undefined
  const keyIds = isJsonObject(ofServer) ? Object.keys(ofServer) : ['ed25519:1']
  const forged = Object.fromEntries(
    keyIds.map(keyId => [keyId, Buffer.from(random.bytes(64)).toString('base64').slice(0, 86)]),
  )
  return canonicalJson({ ...event.json, signatures: { ...(signatures as JsonObject), [server]: forged } })
}

/** The same event with something in its content that redaction removes: its ID and signatures stay right. */
export function withAlteredContent({ event }: MadeEvent): string {
  return canonicalJson({ ...event.json, content: { ...event.content, 'example.altered': true } })
}

function* manyEvents({ world, random }: LiarsMeans, count: number): Iterable<string> {
  const all = [...world.events()]
  if (all.length > 0) for (let i = 0; i < count; i++) yield random.pick(all).pdu
}

/** Events of the liar's own that lead from one to the next; newest last. */
function madeUpChain({ world, maker, sender, random }: LiarsMeans, length: number): string[] {
  const create = [...world.events()][0]
  if (maker === undefined || create === undefined) return []
  const roomId = create.event.roomId
  const texts: string[] = []
  let previous: MadeEvent | undefined
  for (let i = 0; i < length; i++) {
    previous = maker.make({
      ...{ roomId, type: 'm.room.message', sender, authEvents: [] },
      content: { body: `made up ${random.word()}` },
      prevEvents: previous === undefined ? [] : [previous.event],
      timestamp: Number(create.event.originServerTs) + i,
      ...(previous === undefined && { depth: 1 + random.nextInt(1000) }),
    })
    texts.push(previous.pdu)
  }
  return texts
}
