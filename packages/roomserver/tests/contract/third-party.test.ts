import assert from 'node:assert/strict'
import { encodeBase64, nodeCrypto, signJson } from '@neurite/protocol'
import { signerOf } from '../../src/input/testing/index.ts'
import { far, here } from '../server-in-memory.ts'
import { inBothTransports } from './both-transports.ts'

const ann = `@ann:${here}`
const bob = `@bob:${here}`
/** Stands for an identity server. */
const identity = signerOf(far, nodeCrypto)

inBothTransports('a third-party invite becomes one of the user whom the identity server names', async ({ api }) => {
  const { roomId } = await api.performCreateRoom({ creator: ann, preset: 'private_chat', roomVersion: '11' })
  const publicKey = encodeBase64(nodeCrypto.publicKeyOf(identity.seed))
  const content = { display_name: 'b…@example.org', key_validity_url: 'https://id.example', public_key: publicKey }
  const invite = { type: 'm.room.third_party_invite', stateKey: 'token', sender: ann, content }
  await api.performSend({ roomId, event: invite })
  const signed = signJson({ mxid: bob, token: 'token' }, identity, nodeCrypto)
  const request = { roomId, sender: ann, target: bob }
  const forged = { display_name: 'bob', signed: { ...signed, mxid: ann } }
  await assert.rejects(api.performThirdPartyInvite({ ...request, thirdPartyInvite: forged }), {
    errcode: 'M_FORBIDDEN',
  })
  const { eventId } = await api.performThirdPartyInvite({
    ...{ ...request, thirdPartyInvite: { display_name: 'bob', signed } },
  })
  assert.deepEqual(await api.queryMembership({ roomId, userId: bob }), {
    ...{ membership: 'invite', eventId, forgotten: false },
  })
})

inBothTransports('a room whose states are right is left as it is when they are worked out anew', async ({ api }) => {
  const { roomId } = await api.performCreateRoom({ creator: ann, preset: 'public_chat' })
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  const before = await api.queryCurrentState({ roomId })
  const said = await api.adminRecomputeState({ roomId, repair: true })
  assert.deepEqual([said.wrongStates, said.current], [[], { added: [], removed: [] }])
  assert.ok(said.events > 0)
  assert.deepEqual(await api.queryCurrentState({ roomId }), before)
})
