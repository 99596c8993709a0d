import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addEventSignature,
  type Crypto,
  canonicalJson,
  type JsonObject,
  nodeCrypto,
  type RoomEvent,
  readPdu,
  rulesOf,
  type ServerName,
} from '@neurite/protocol'
import { SimulatedRuntime } from '../runtime/index.ts'
import type { KeyRing } from './key-ring.ts'
import { SignatureChecks } from './signature-checks.ts'
import { EventMaker, signerOf } from './testing/event-maker.ts'
import { InMemoryKeyRing } from './testing/in-memory-key-ring.ts'
import { inlineCrypto } from './testing/inline-crypto.ts'

const rules = rulesOf('11')
const alpha = signerOf('alpha.example', nodeCrypto)
const beta = signerOf('beta.example', nodeCrypto)
const maker = new EventMaker(rules, nodeCrypto, [alpha, beta])
const timestamp = 1_700_000_000_000

function message(sender = '@ann:alpha.example', body = 'hello'): RoomEvent {
  const none = { prevEvents: [], authEvents: [] }
  const content = { body }
  return maker.make({ roomId: '!r:alpha.example', type: 'm.room.message', sender, content, timestamp, ...none }).event
}

function changed(event: RoomEvent, changes: JsonObject): RoomEvent {
  return readPdu(canonicalJson({ ...event.json, ...changes }), rules, nodeCrypto).event
}

function setUp(crypto: Crypto = inlineCrypto, atOnce?: number) {
  const runtime = new SimulatedRuntime(1)
  const keyRing = new InMemoryKeyRing(runtime.timers)
  for (const { server, keyId, seed } of [alpha, beta]) keyRing.add(server, keyId, nodeCrypto.publicKeyOf(seed))
  const checks = new SignatureChecks({ keyRing, crypto, ...(atOnce !== undefined && { atOnce }) })
  return { runtime, keyRing, checks }
}

test('each event gets its own verdict, in order, and nobody is asked for keys that are known', async () => {
  const { keyRing, checks } = setUp()
  const wrong = changed(message(), { signatures: { 'alpha.example': { 'ed25519:1': 'A'.repeat(86) } } })
  const verdicts = await checks.verifyAll([message(), wrong, message('@bob:beta.example')])
  assert.deepEqual(
    verdicts.map(({ kind }) => kind),
    ['valid', 'invalid', 'valid'],
  )
  assert.match((verdicts[1] as { reason: string }).reason, /does not fit/)
  assert.equal(keyRing.asked.length, 0)
})

test('nothing is verified on the calling thread', async () => {
  const { checks } = setUp({ ...nodeCrypto, verify: () => assert.fail('on the calling thread') })
  assert.deepEqual(await checks.verify(message()), { kind: 'valid' })
})

test('an event that its sender’s server has not signed is invalid', async () => {
  const { checks } = setUp()
  const unsigned = changed(message(), { signatures: { 'gamma.example': { 'ed25519:1': 'A'.repeat(86) } } })
  const verdict = await checks.verify(unsigned)
  assert.deepEqual([verdict.kind, (verdict as { server?: string }).server], ['invalid', 'alpha.example'])
})

test('an event whose keys are late delays no other', async () => {
  const { runtime, keyRing, checks } = setUp()
  keyRing.setLate('beta.example' as ServerName, 5000)
  const late = checks.verifyAll([message('@bob:beta.example')])
  assert.deepEqual(await runtime.run(checks.verifyAll([message()])), [{ kind: 'valid' }])
  assert.equal(runtime.time, 0)
  assert.deepEqual(await runtime.run(late), [{ kind: 'valid' }])
})

test('an event signed by a key that cannot be had now waits; when it can be had the event is valid', async () => {
  const { keyRing, checks } = setUp()
  keyRing.setOutOfReach('beta.example' as ServerName, true)
  const event = message('@bob:beta.example')
  const [waiting, other] = await checks.verifyAll([event, message()])
  assert.equal(waiting?.kind, 'waiting')
  assert.match((waiting as { reason: string }).reason, /key ed25519:1 of beta\.example/)
  assert.equal(other?.kind, 'valid')
  keyRing.setOutOfReach('beta.example' as ServerName, false)
  assert.deepEqual(await checks.verify(event), { kind: 'valid' })
})

test('a key that its server says it does not have makes the event invalid, not waiting', async () => {
  const { checks } = setUp()
  const { server } = alpha
  const unknown = changed(message(), { signatures: { [server]: { 'ed25519:unknown': 'A'.repeat(86) } } })
  assert.equal((await checks.verify(unknown)).kind, 'invalid')
})

test('a wrong signature by a known key is invalid, whatever other keys may turn up', async () => {
  const runtime = new SimulatedRuntime(1)
  const keyRing = new InMemoryKeyRing(runtime.timers)
  const { server, keyId, seed } = alpha
  keyRing.add(server, keyId, nodeCrypto.publicKeyOf(seed))
  const partly: KeyRing = {
    known: () => undefined,
    keysFor: async (requests: Parameters<InMemoryKeyRing['keysFor']>[0]) => ({
      ...(await keyRing.keysFor(requests)),
      mayTurnUp: () => true,
    }),
  }
  const signatures = { [server]: { [keyId]: 'A'.repeat(86), 'ed25519:other': 'A'.repeat(86) } }
  const verdict = await new SignatureChecks({ keyRing: partly, crypto: nodeCrypto }).verify(
    changed(message(), { signatures }),
  )
  assert.equal(verdict.kind, 'invalid')
})

test('only servers whose signatures count are asked for keys, and only for a few each', async () => {
  const { keyRing, checks } = setUp()
  const event = message()
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`ed25519:x${i}`, 'A'.repeat(86)]))
  const signed = addEventSignature(event.json, beta, rules, nodeCrypto)
  const signatures = { ...(signed['signatures'] as JsonObject), 'alpha.example': { ...many, 'rsa:1': 'A' } }
  assert.equal((await checks.verify(changed(event, { signatures }))).kind, 'invalid')
  const asked = keyRing.asked.flat()
  assert.equal(asked.length, 10)
  assert.ok(asked.every(({ server, keyId }) => server === 'alpha.example' && keyId.startsWith('ed25519:')))
})

test('so many are verified at a time and no more, over all callers, and none is forgotten', async () => {
  let now = 0
  let most = 0
  const counting: Crypto = {
    ...nodeCrypto,
    async verifyAsync(...args) {
      now++
      most = Math.max(most, now)
      const verdict = await nodeCrypto.verifyAsync(...args)
      now--
      return verdict
    },
  }
  const { checks } = setUp(counting, 3)
  const events = Array.from({ length: 20 }, (_, i) => message('@ann:alpha.example', `${i}`))
  const verdicts = await Promise.all([checks.verifyAll(events), checks.verifyAll(events)])
  assert.ok(verdicts.flat().every(({ kind }) => kind === 'valid'))
  assert.equal(most, 3)
})

test('late keys are waited for, and the caller can give up waiting', async () => {
  const { runtime, keyRing, checks } = setUp()
  keyRing.setLate('beta.example' as ServerName, 5000)
  const event = message('@bob:beta.example')
  const abort = new AbortController()
  const givenUp = checks.verify(event, abort.signal)
  runtime.timers.setTimer(100, () => abort.abort(new Error('closing')))
  await assert.rejects(runtime.run(givenUp), { message: 'closing' })
  assert.deepEqual(await runtime.run(checks.verify(event)), { kind: 'valid' })
  assert.equal(runtime.time, 5100)
})
