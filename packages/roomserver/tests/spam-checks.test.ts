import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SpamCheckOptions, SpamChecks } from '../src/index.ts'
import { far, farEvent, here, ServerInMemory } from './server-in-memory.ts'

const ann = `@ann:${here}`
const bob = `@bob:${here}`
const eve = `@eve:${far}`

async function withChecks(
  checks: SpamChecks,
  run: (server: ServerInMemory, roomId: string) => Promise<void>,
  options: Omit<SpamCheckOptions, 'checks'> = {},
): Promise<void> {
  const server = await ServerInMemory.open({ parts: { spamChecks: { checks, ...options } } })
  try {
    const { roomId } = await server.performs.performCreateRoom({
      creator: ann,
      preset: 'public_chat',
      roomVersion: '11',
    })
    await run(server, roomId)
  } finally {
    await server.close()
  }
}

const message = (body: string, sender = ann) => ({ type: 'm.room.message', sender, content: { body } })
const isSpam = (content: object) => (JSON.stringify(content).includes('spam') ? { reason: 'no spam here' } : undefined)

test('an event of a local user that the check is against is refused, and leaves nothing', async () => {
  await withChecks({ send: ({ event }) => isSpam(event.content) }, async (server, roomId) => {
    const before = (await server.events(roomId)).length
    await assert.rejects(server.performs.performSend({ roomId, event: message('spam') }), {
      ...{ errcode: 'M_FORBIDDEN', message: 'no spam here' },
    })
    assert.equal((await server.events(roomId)).length, before)
    await server.performs.performSend({ roomId, event: message('hello') })
    assert.equal((await server.events(roomId)).length, before + 1)
  })
})

test('a new event of another server that the check is against is kept, counts in state, and is not shown', async () => {
  const asked: string[] = []
  const checks: SpamChecks = {
    receive: ({ event, origin }) => {
      asked.push(`${event.type} from ${origin}`)
      return isSpam(event.content)
    },
  }
  await withChecks(checks, async (server, roomId) => {
    const on = async () => {
      const events = await server.events(roomId)
      return { roomId, prevEvents: [events.at(-1)?.event as never], depth: events.length + 1 }
    }
    const join = farEvent('11', {
      ...{ ...(await on()), state: await server.state(roomId), sender: eve },
      ...{ type: 'm.room.member', stateKey: eve, content: { membership: 'join' } },
    })
    await server.take(join)
    const spam = farEvent('11', {
      ...{ ...(await on()), state: await server.state(roomId), sender: eve },
      ...{ type: 'm.room.message', content: { body: 'spam' } },
    })
    const item = { kind: 'new', roomId, roomVersion: '11', pdu: spam.pdu, origin: far } as const
    const [result] = await server.server.receive([item])
    assert.deepEqual([result?.kind, result?.eventId], ['soft-failed', spam.event.eventId])
    const verdict = await server.server.api.queryVerdict({ roomId, eventId: spam.event.eventId })
    assert.deepEqual([verdict.status, verdict.reason?.check], ['soft-failed', 'spam_check'])
    assert.deepEqual(asked, [`m.room.member from ${far}`, `m.room.message from ${far}`])
  })
})

test('invites, joins and new rooms that the check is against are refused', async () => {
  const checks: SpamChecks = {
    invite: ({ invitee, inviter, roomId }) => {
      assert.ok(inviter === ann && (roomId === undefined || roomId.startsWith('!')))
      return invitee === bob ? { reason: 'not bob' } : undefined
    },
    join: ({ userId }) => (userId === bob ? { reason: 'not now', errcode: 'M_LIMIT_EXCEEDED' } : undefined),
    createRoom: ({ name }) => (name === 'Casino' ? { reason: 'no casinos' } : undefined),
  }
  await withChecks(checks, async ({ performs }, roomId) => {
    const notBob = { errcode: 'M_FORBIDDEN', message: 'not bob' }
    await assert.rejects(performs.performInvite({ roomId, inviter: ann, invitee: bob }), notBob)
    const event = { type: 'm.room.member', stateKey: bob, sender: ann, content: { membership: 'invite' } }
    await assert.rejects(performs.performSend({ roomId, event }), notBob)
    await assert.rejects(performs.performCreateRoom({ creator: ann, invite: [bob] }), notBob)
    await assert.rejects(performs.performJoin({ roomIdOrAlias: roomId, userId: bob }), {
      ...{ errcode: 'M_LIMIT_EXCEEDED', message: 'not now' },
    })
    await assert.rejects(performs.performCreateRoom({ creator: ann, name: 'Casino' }), { message: 'no casinos' })
    await performs.performInvite({ roomId, inviter: ann, invitee: `@cat:${here}` })
  })
})

for (const [what, check] of [
  [
    'throws',
    () => {
      throw new Error('the check is broken')
    },
  ],
  ['does not answer', () => new Promise<undefined>(() => undefined)],
] as const)
  test(`where a check ${what} the operator has said whether that is a yes or a no`, async () => {
    for (const whenItFails of ['allow', 'refuse'] as const)
      await withChecks(
        { send: check },
        async (server, roomId) => {
          const sent = server.performs.performSend({ roomId, event: message('hello') })
          if (whenItFails === 'refuse') await assert.rejects(sent, { errcode: 'M_FORBIDDEN' })
          else assert.ok((await sent).eventId.startsWith('$'))
          assert.equal(server.errors.splice(0).length, 1)
        },
        { whenItFails, within: 20 },
      )
  })

test('who takes no invites is not invited, and nothing is made of it', async () => {
  const server = await ServerInMemory.open({ parts: { blocksInvites: user => user === bob } })
  const { performs } = server
  const { roomId } = await performs.performCreateRoom({ creator: ann })
  const before = (await server.events(roomId)).length
  const blocked = { errcode: 'M_INVITE_BLOCKED' }
  await assert.rejects(performs.performInvite({ roomId, inviter: ann, invitee: bob }), blocked)
  await assert.rejects(performs.performCreateRoom({ creator: ann, invite: [bob] }), blocked)
  assert.equal((await server.events(roomId)).length, before)
  assert.equal((await server.server.api.queryRooms({})).total, 1)
  await server.close()
})
