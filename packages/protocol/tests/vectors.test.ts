/**
 * The test vectors in fixtures/: rooms of ruma-state-res with the state that must come out (their licence is beside them),
 * and the cryptographic examples of the specification's appendices. Those of canonical JSON are in canonical-json.test.ts.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  codePointCompare,
  contentHash,
  decodeBase64,
  hashAndSignEvent,
  type JsonObject,
  nodeCrypto,
  parseJson,
  resolveStates,
  rulesOf,
  type Signer,
  type StateMap,
  signedJsonText,
  signedText,
  signJson,
  verifyJson,
} from '@neurite/protocol'
import { rememberingCrypto, TestRoom } from './random-rooms/test-room.ts'
import { permutations } from './story/resolution.ts'

const fixtures = new URL('fixtures/', import.meta.url)

// State resolution.

interface Pdu {
  readonly event_id: string
  readonly room_id?: string
  readonly type: string
  readonly state_key?: string
  readonly sender: string
  readonly content: JsonObject
  readonly origin_server_ts: number
  readonly prev_events: readonly string[]
  readonly auth_events: readonly string[]
}

interface Vector {
  readonly name: string
  readonly room_version: string
  readonly events: readonly Pdu[]
  /** States to resolve, as event IDs. Without them: the states at the leaves of the graph. */
  readonly state_sets?: readonly (readonly string[])[]
  readonly expected: readonly { readonly event_id: string }[]
}

const folder = new URL('state-resolution/', fixtures)
const files = readdirSync(folder).filter(name => name.endsWith('.json'))

for (const file of files) {
  const vector: Vector = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  const expected = vector.expected.map(({ event_id }) => event_id).sort(codePointCompare)

  if (vector.state_sets !== undefined) {
    const { state_sets } = vector
    for (const chains of ['with-state-events', 'letter'] as const)
      test(`${vector.name}: the state sets resolve as expected, chains read ${chains}`, () => {
        const room = roomOf(vector, (told, parts) => told.add(parts))
        const resolution = { graph: room, rules: room.rules, crypto: rememberingCrypto, options: { chains } }
        for (const sets of permutations(state_sets)) {
          const states = sets.map(set => stateOf(room, set))
          assert.deepEqual(idsIn(room, resolveStates(states, resolution)), expected)
        }
      })
    continue
  }

  test(`${vector.name}: the states at the leaves resolve as expected`, () => {
    const room = roomOf(vector, (told, parts) => told.receive(parts))
    const named = new Set(vector.events.flatMap(({ prev_events }) => prev_events))
    const leaves = vector.events.map(({ event_id }) => event_id).filter(id => !named.has(id))
    for (const order of permutations(leaves))
      assert.deepEqual(idsIn(room, room.resolveAfter(order.map(id => numberOf(room, id)))), expected)
  })

  test(`${vector.name}: fed one by one, the room ends as expected, and no event is rejected by its auth events`, () => {
    let current: StateMap = new Map()
    const leaves = new Set<number>()
    const room = roomOf(vector, (told, parts) => {
      const number = told.receive(parts)
      assert.equal(told.isRejectedByAuthEvents(number), false, parts.eventId)
      for (const prevEvent of parts.prevEvents ?? []) leaves.delete(prevEvent)
      leaves.add(number)
      current = told.resolveAfter([...leaves])
      return number
    })
    assert.deepEqual(idsIn(room, current), expected)
  })
}

test('there are as many rooms as came with the fixtures', () => assert.equal(files.length, 9))

function roomOf(vector: Vector, add: (room: TestRoom, parts: Parameters<TestRoom['add']>[0]) => number): TestRoom {
  const room = new TestRoom(rulesOf(vector.room_version))
  for (const pdu of vector.events)
    add(room, {
      ...{ eventId: pdu.event_id, type: pdu.type, sender: pdu.sender, stateKey: pdu.state_key, content: pdu.content },
      roomId: pdu.room_id ?? `!${pdu.event_id.slice(1)}`,
      timestamp: pdu.origin_server_ts,
      prevEvents: pdu.prev_events.map(id => numberOf(room, id)),
      authEvents: pdu.auth_events.map(id => numberOf(room, id)),
    })
  return room
}

function numberOf(room: TestRoom, id: string): number {
  const number = room.numberOf(id)
  assert.ok(number !== undefined, `${id} comes after an event that names it`)
  return number
}

function stateOf(room: TestRoom, ids: readonly string[]): StateMap {
  return new Map(ids.map(id => [room.keyOf(numberOf(room, id)), numberOf(room, id)]))
}

function idsIn(room: TestRoom, state: StateMap): string[] {
  return Array.from(state.values(), number => room.event(number).eventId).sort(codePointCompare)
}

// Signing.

interface Example {
  readonly input: JsonObject
  readonly signed: JsonObject & { readonly signatures: Record<string, Record<string, string>> }
}

const signing = parseJson(readFileSync(new URL('signing.json', fixtures)), { mode: 'strict' }) as unknown as {
  readonly signing_key_seed: string
  readonly server_name: Signer['server']
  readonly key_id: Signer['keyId']
  readonly json_signing: readonly Example[]
  readonly event_signing: readonly Example[]
}
const signer: Signer = {
  server: signing.server_name,
  keyId: signing.key_id,
  seed: decodeBase64(signing.signing_key_seed, 'standard') ?? assert.fail('the seed is no base64'),
}
const publicKey = nodeCrypto.publicKeyOf(signer.seed)

for (const [index, { input, signed }] of signing.json_signing.entries())
  test(`the specification's JSON ${index + 1} is signed as there, and its signature fits`, () => {
    const ours = signJson(input, signer, nodeCrypto)
    assert.equal(JSON.stringify(ours['signatures']), JSON.stringify(signed.signatures))
    assert.equal(signedJsonText(ours), signedJsonText(signed))
    const { server, keyId } = signer
    assert.equal(verifyJson(signed, signedJsonText(signed), server, keyId, publicKey, nodeCrypto), true)
    assert.equal(verifyJson(signed, `${signedJsonText(signed)} `, server, keyId, publicKey, nodeCrypto), false)
  })

for (const [index, { input, signed }] of signing.event_signing.entries())
  test(`the specification's event ${index + 1} is hashed and signed as there`, () => {
    const rules = rulesOf('1')
    const ours = hashAndSignEvent(input, signer, rules, nodeCrypto)
    assert.equal(contentHash(input, nodeCrypto), (signed['hashes'] as JsonObject)['sha256'])
    assert.deepEqual({ ...(ours['hashes'] as JsonObject) }, { ...(signed['hashes'] as JsonObject) })
    assert.equal(JSON.stringify(ours['signatures']), JSON.stringify(signed.signatures))
    assert.equal(signedText(ours, rules), signedText(signed, rules))
  })

test('there are as many examples as in the appendices', () => {
  assert.deepEqual([signing.json_signing.length, signing.event_signing.length], [2, 2])
})
