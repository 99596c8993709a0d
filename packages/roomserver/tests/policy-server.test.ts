/**
 * Rooms with a policy server: what it signs, what it refuses, and what happens while it is gone. The policy server is a script.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addEventSignature,
  canonicalJson,
  encodeBase64,
  isJsonObject,
  type JsonObject,
  type KeyId,
  nodeCrypto,
  rulesOf,
  type ServerName,
  type Signer,
} from '@neurite/protocol'
import { type PolicyAnswer, RemoteServerError } from '../src/index.ts'
import type { MadeEvent } from '../src/input/testing/index.ts'
import { far, farEvent, here, ServerInMemory } from './server-in-memory.ts'

const ann = `@ann:${here}`
const eve = `@eve:${far}`
const rules = rulesOf('11')

/** The policy server is the homeserver of eve, with a key of its own for this. */
const policySigner: Signer = {
  ...{ server: far, keyId: 'ed25519:policy_server' as KeyId, seed: new Uint8Array(32).fill(9) },
}
const policy = {
  via: far,
  public_keys: { ed25519: encodeBase64(nodeCrypto.publicKeyOf(policySigner.seed)) },
}

const signedByPolicy = (event: JsonObject, signer = policySigner) => addEventSignature(event, signer, rules, nodeCrypto)

function signatureOf(event: JsonObject, signer = policySigner): string {
  return policySignatureIn(signedByPolicy(event, signer)) as string
}

function policySignatureIn({ signatures }: JsonObject): unknown {
  const ofServer = isJsonObject(signatures) ? signatures[far] : undefined
  return isJsonObject(ofServer) ? ofServer['ed25519:policy_server'] : undefined
}

type Script = (event: JsonObject) => PolicyAnswer

const signs: Script = event => ({ kind: 'signed', signature: signatureOf(event) })
const refuses: Script = () => ({ kind: 'refused', errcode: 'M_FORBIDDEN', reason: 'it smells of spam' })
const isGone: Script = () => {
  throw new RemoteServerError(far as ServerName, 'unreachable', 'no connection')
}

class PolicyRoom {
  readonly server: ServerInMemory
  readonly roomId: string
  /** Types of the events that the policy server was asked about. */
  readonly asked: string[] = []
  script: Script = signs

  private constructor(server: ServerInMemory, roomId: string) {
    this.server = server
    this.roomId = roomId
  }

  /** Ann's room, with eve in it, and eve's server as its policy server. */
  static async open({ isJoined = true } = {}): Promise<PolicyRoom> {
    const asked = (server: ServerName, event: JsonObject) => {
      assert.equal(server, far)
      room.asked.push(String(event['type']))
      return Promise.resolve().then(() => room.script(event))
    }
    const server = await ServerInMemory.open({ parts: { policyServers: { sign: asked } } })
    const { roomId } = await server.performs.performCreateRoom({
      ...{ creator: ann, preset: 'public_chat', roomVersion: '11' },
    })
    const room = new PolicyRoom(server, roomId)
    if (isJoined)
      await server.take(await room.of({ type: 'm.room.member', stateKey: eve, content: { membership: 'join' } }))
    await room.send('m.room.policy', policy, '')
    assert.deepEqual(room.asked, [])
    return room
  }

  async send(type: string, content: Record<string, unknown> = {}, stateKey?: string): Promise<string> {
    const event = { type, sender: ann, content, ...(stateKey === undefined ? {} : { stateKey }) }
    return (await this.server.performs.performSend({ roomId: this.roomId, event })).eventId
  }

  /** An event of eve's on top of all. */
  async of(parts: { type: string; stateKey?: string; content: JsonObject }): Promise<MadeEvent> {
    const { server, roomId } = this
    const [state, events] = [await server.state(roomId), await server.events(roomId)]
    const prevEvents = [events.findLast(({ row }) => row.status === 'accepted')?.event as never]
    return farEvent('11', { ...parts, roomId, sender: eve, state, prevEvents, depth: events.length + 1 })
  }

  /** A message of eve's, as it comes in. @returns what became of it, and the policy server's signature as it is stored */
  async receive(change: (json: JsonObject) => JsonObject = json => json) {
    const made = await this.of({ type: 'm.room.message', content: { body: 'hello' } })
    const pdu = canonicalJson(change(made.event.json))
    const item = { kind: 'new', roomId: this.roomId, roomVersion: '11', pdu, origin: far } as const
    const [result] = await this.server.server.receive([item])
    const { eventId } = made.event
    const stored = (await this.server.events(this.roomId)).find(({ event }) => event.eventId === eventId)
    const reason = result !== undefined && 'reason' in result ? result.reason?.reason : undefined
    return {
      kind: result?.kind,
      reason,
      signature: stored && policySignatureIn(stored.event.json),
      json: made.event.json,
    }
  }

  async stored(eventId: string): Promise<JsonObject | undefined> {
    return (await this.server.events(this.roomId)).find(({ event }) => event.eventId === eventId)?.event.json
  }

  close(): Promise<void> {
    return this.server.close()
  }
}

test('what local users send is signed by the policy server before anybody sees it, all but the event that names it', async () => {
  const room = await PolicyRoom.open()
  const said = await room.stored(await room.send('m.room.message', { body: 'hello' }))
  assert.equal(policySignatureIn(said as JsonObject), signatureOf(said as JsonObject))
  await room.send('m.room.topic', { topic: 'x' }, '')
  await room.send('m.room.policy', { ...policy, note: 1 }, 'not empty')
  assert.deepEqual(room.asked, ['m.room.message', 'm.room.topic', 'm.room.policy'])
  const events = (await room.server.events(room.roomId)).length
  room.script = refuses
  await assert.rejects(room.send('m.room.message'), { errcode: 'M_FORBIDDEN', message: 'it smells of spam' })
  assert.equal((await room.server.events(room.roomId)).length, events)
  await room.send('m.room.policy', {}, '')
  await room.send('m.room.message')
  assert.equal(room.asked.length, 4)
  await room.close()
})

test('users are told what the policy server said, and when to come back; a signature that does not fit is none', async () => {
  const room = await PolicyRoom.open()
  room.script = () => ({ kind: 'refused', errcode: 'M_LIMIT_EXCEEDED', reason: 'slowly', retryAfterMs: 7 })
  await assert.rejects(room.send('m.room.message'), {
    ...{ errcode: 'M_LIMIT_EXCEEDED', message: 'slowly', details: { retryAfterMs: 7 } },
  })
  const other = { ...policySigner, seed: new Uint8Array(32).fill(8) }
  room.script = event => ({ kind: 'signed', signature: signatureOf(event, other) })
  await assert.rejects(room.send('m.room.message'), { errcode: 'M_FORBIDDEN', message: /does not fit/ })
  await room.close()
})

test('nothing is sent while the policy server is gone, which is not asked again for a while', async () => {
  const room = await PolicyRoom.open()
  room.script = isGone
  for (let times = 0; times < 2; times++)
    await assert.rejects(room.send('m.room.message'), { errcode: 'M_UNREACHABLE' })
  const { kind, reason } = await room.receive()
  assert.deepEqual([kind, room.asked.length], ['soft-failed', 1])
  assert.match(reason ?? '', /does not answer/)
  await room.close()
})

test('a server that has nobody in the room is not its policy server', async () => {
  const room = await PolicyRoom.open({ isJoined: false })
  await room.send('m.room.message')
  assert.deepEqual(room.asked, [])
  await room.close()
})

test('an event that comes with the signature is taken without a question', async () => {
  const room = await PolicyRoom.open()
  const { kind, signature, json } = await room.receive(event => signedByPolicy(event))
  assert.deepEqual([kind, signature], ['accepted', signatureOf(json)])
  assert.deepEqual(room.asked, [])
  await room.close()
})

for (const [what, change] of [
  ['without the signature', undefined],
  [
    'with one that does not fit',
    (event: JsonObject) => signedByPolicy(event, { ...policySigner, seed: new Uint8Array(32) }),
  ],
] as const)
  test(`an event that comes ${what} is sent to the policy server: signed it is taken, else soft-failed`, async () => {
    const room = await PolicyRoom.open()
    const taken = await room.receive(change)
    assert.deepEqual([taken.kind, taken.signature], ['accepted', signatureOf(taken.json)])
    room.script = refuses
    const refused = await room.receive(change)
    assert.equal(refused.kind, 'soft-failed')
    assert.match(refused.reason ?? '', /does not recommend it: it smells of spam/)
    assert.equal(room.asked.length, 2)
    await room.close()
  })

test('a policy server that is asked too much is asked about an event of others again', async () => {
  const room = await PolicyRoom.open()
  room.script = event => {
    if (room.asked.length > 1) return signs(event)
    return { kind: 'refused', errcode: 'M_LIMIT_EXCEEDED', reason: 'slowly', retryAfterMs: 1 }
  }
  assert.equal((await room.receive()).kind, 'accepted')
  assert.equal(room.asked.length, 2)
  await room.close()
})

test('what builds on an event that is being asked about waits for it', async () => {
  const room = await PolicyRoom.open()
  const first = await room.of({ type: 'm.room.message', content: { body: 'one' } })
  const state = await room.server.state(room.roomId)
  const second = farEvent('11', {
    ...{ roomId: room.roomId, sender: eve, state, prevEvents: [first.event], depth: Number(first.event.depth) + 1 },
    ...{ type: 'm.room.message', content: { body: 'two' } },
  })
  const items = [first, second].map(
    ({ pdu }) => ({ kind: 'new', roomId: room.roomId, roomVersion: '11', pdu, origin: far }) as const,
  )
  const results = await room.server.server.receive(items)
  assert.deepEqual(
    results.map(({ kind }) => kind),
    ['accepted', 'accepted'],
  )
  assert.deepEqual(room.asked, ['m.room.message', 'm.room.message'])
  await room.close()
})

test('a key that is none lets nothing pass but the event that names another', async () => {
  const room = await PolicyRoom.open()
  await room.send('m.room.policy', { via: far, public_keys: { ed25519: 'short' } }, '')
  await assert.rejects(room.send('m.room.message'), { errcode: 'M_FORBIDDEN' })
  await room.send('m.room.policy', policy, '')
  await room.send('m.room.message')
  await room.close()
})
