/**
 * Rooms of other servers that are too complex for this one.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Federation } from '../../src/federation/testing/index.ts'

const federation = new Federation()
after(() => federation.close())

const large = await federation.open('large.example')
// A room has some ten entries of state when it is created.
const small = await federation.open('small.example', undefined, { maxJoinComplexity: 20 / 500 })
const ann = `@ann:${large.name}`
const bob = `@bob:${small.name}`

/** A room with so many entries more than a new one. */
async function roomWith(entries: number, preset: 'public_chat' | 'private_chat' = 'public_chat'): Promise<string> {
  const initialState = Array.from({ length: entries }, (_, at) => ({ type: 'x', stateKey: `${at}`, content: {} }))
  return (await large.api.performCreateRoom({ creator: ann, preset, initialState })).roomId
}

const wish = (roomId: string) => ({ roomIdOrAlias: roomId, userId: bob, via: [large.name] })
const membership = async (roomId: string) =>
  (await large.api.queryMembership({ roomId, userId: bob })).membership ?? 'none'

test('a room that its server says is too complex is not joined, unless an administrator wants it', async () => {
  const roomId = await roomWith(20)
  await assert.rejects(small.api.performJoin(wish(roomId)), { errcode: 'M_RESOURCE_LIMIT_EXCEEDED' })
  assert.equal(await membership(roomId), 'none')
  await small.api.performJoin({ ...wish(roomId), exceedsLimits: true })
  assert.equal(await membership(roomId), 'join')
})

test('a room within the limit is joined', async () => {
  const roomId = await roomWith(2)
  await small.api.performJoin(wish(roomId))
  assert.equal(await membership(roomId), 'join')
})

test('a room whose server does not tell, since it is private, is left again where it turns out too complex', async () => {
  const roomId = await roomWith(20, 'private_chat')
  await large.api.performInvite({ roomId, inviter: ann, invitee: bob })
  await assert.rejects(small.api.performJoin(wish(roomId)), { errcode: 'M_RESOURCE_LIMIT_EXCEEDED' })
  assert.equal(await membership(roomId), 'leave')
  assert.equal((await small.api.queryServerJoinedToRoom({ roomId, server: small.name })).joined, false)
})
