/**
 * A policy server on the network: one room, two homeservers in it, and a third that signs for it by a script. Server-server API, "Policy
 * Servers". The rules one by one: packages/roomserver/tests/policy-server.test.ts.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  addEventSignature,
  encodeBase64,
  isJsonObject,
  type JsonObject,
  type KeyId,
  nodeCrypto,
  parseJson,
  rulesOf,
  type ServerName,
} from '@neurite/protocol'
import { byPath, Federation, json, type Script, until } from '../../src/federation/testing/index.ts'

const federation = new Federation()
after(() => federation.close())

const rules = rulesOf('11')
const one = await federation.open('one.example')
const two = await federation.open('two.example')
const policy = await federation.open('policy.example')
const ann = `@ann:${one.name}`
const bob = `@bob:${two.name}`

const signer = {
  ...{ server: policy.name as ServerName, keyId: 'ed25519:policy_server' as KeyId, seed: new Uint8Array(32).fill(9) },
}
const publicKey = encodeBase64(nodeCrypto.publicKeyOf(signer.seed))

/** Signs everything but what speaks of spam. */
const signs: Script = (asked, response) => {
  if (asked.body.includes('spam')) {
    const refusal = { errcode: 'M_FORBIDDEN', error: 'The message appears to contain possible spam' }
    return json(refusal, 400)(asked, response)
  }
  const event = parseJson(asked.body, { mode: 'strict' }) as JsonObject
  const { signatures } = addEventSignature(event, signer, rules, nodeCrypto)
  const ofServer = isJsonObject(signatures) ? signatures[signer.server] : undefined
  const signature = isJsonObject(ofServer) ? ofServer[signer.keyId] : undefined
  return json({ [signer.server]: { [signer.keyId]: signature } })(asked, response)
}

test('events go out with the signature of a policy server on the network, and the other server does not ask again', async () => {
  const { roomId } = await one.api.performCreateRoom({ creator: ann, preset: 'public_chat', roomVersion: '11' })
  for (const [server, userId] of [
    [two, bob],
    [policy, `@guard:${policy.name}`],
  ] as const)
    await server.api.performJoin({ roomIdOrAlias: roomId, userId, via: [one.name] })
  await policy.close()
  const path = '/_matrix/policy/v1/sign'
  const scripted = await federation.replace(policy, byPath({ [path]: signs }))
  const asked = () => scripted.asked.filter(({ url }) => url === path).length
  const content = { via: policy.name, public_keys: { ed25519: publicKey } }
  await one.api.performSend({ roomId, event: { type: 'm.room.policy', stateKey: '', sender: ann, content } })
  assert.equal(asked(), 0)

  const say = (body: string) =>
    one.api.performSend({ roomId, event: { type: 'm.room.message', sender: ann, content: { body } } })
  const { eventId } = await say('hello')
  assert.equal(asked(), 1)
  const there = await until(`${eventId} is on the other server`, async () => {
    const [found] = (await two.api.queryEventsById({ roomId, eventIds: [eventId] })).events
    return found?.status === 'accepted' && found
  })
  assert.match(there.pdu, /"ed25519:policy_server"/)
  assert.equal(asked(), 1)

  await assert.rejects(say('spam'), { errcode: 'M_FORBIDDEN', message: 'The message appears to contain possible spam' })
  // The invite is signed before the other server is asked to sign it too.
  await one.api.performInvite({ roomId, inviter: ann, invitee: `@cat:${two.name}` })
  assert.equal(asked(), 3)
  assert.deepEqual(federation.errors, [])
})
