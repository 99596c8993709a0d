/**
 * What concerns rooms that this server is not in: invites and knocks from outside, and looking into rooms.
 */
import assert from 'node:assert/strict'
import { type RoomServerApi, RoomServerError } from '../../src/api/index.ts'
import type { Network } from '../../src/perform/index.ts'
import type { InviteRow } from '../../src/storage/index.ts'
import { far } from '../server-in-memory.ts'
import { type Ground, inBothTransports } from './both-transports.ts'

const bob = '@bob:here.example'
const roomId = '!room:far.example'

/** A network that answers some calls and notes all. */
function networkThat(answers: Partial<Network>) {
  const asked: string[] = []
  const network = new Proxy({} as Network, {
    get: (_, name: keyof Network) => {
      return (...given: unknown[]) => {
        asked.push(name)
        const answer = answers[name] as ((...given: unknown[]) => Promise<unknown>) | undefined
        assert.ok(answer !== undefined, `the network was asked to ${name}`)
        return answer(...given)
      }
    },
  })
  return { network, asked }
}

const unreachable = () => Promise.reject(new RoomServerError('M_UNREACHABLE', 'far.example does not answer'))

async function invited({ server }: Ground, kind: InviteRow['kind'] = 'invite'): Promise<void> {
  const invite: InviteRow = {
    ...{ roomId, user: bob, kind, eventId: '$invite', sender: kind === 'invite' ? `@eve:${far}` : bob },
    ...{ roomVersion: '11', pdu: '{}', state: '[]', receivedAt: 1 },
  }
  await server.storage.change([{ kind: 'put-invite', invite }])
}

const outputs = async (api: RoomServerApi) => (await api.readOutput({ after: '' })).events
const invites = async (api: RoomServerApi) => (await api.queryOutsideInvites({ userId: bob })).invites.length

const taken = { eventId: '$leave', roomVersion: '11', pdu: '{}' }

for (const [answer, leave, why] of [
  ['takes it', () => Promise.resolve(taken), 'rejected'],
  ['is dead', unreachable, 'rejected-here'],
] as const) {
  const { network, asked } = networkThat({ leave })
  inBothTransports(
    `an invite from outside is rejected where its server ${answer}, and subscribers hear of it at once`,
    async ground => {
      const { api } = ground
      await invited(ground)
      assert.equal(await invites(api), 1)
      await assert.rejects(api.performForget({ roomId, userId: bob }), { errcode: 'M_UNKNOWN' })
      const { position } = await api.readOutput({ after: '' })
      const waiting = api.readOutput({ after: position, wait: 50_000 })
      const left = await api.performLeave({ roomId, userId: bob })
      assert.deepEqual(left, why === 'rejected' ? { eventId: '$leave' } : {})
      const told = (await waiting).events.map(event => [event.roomId, event.output])
      const retired = { kind: 'outside-invite-retired', userId: bob, why }
      assert.deepEqual(told, [[roomId, why === 'rejected' ? { ...retired, leave: taken } : retired]])
      assert.equal(await invites(api), 0)
      assert.deepEqual(asked.splice(0), ['leave'])
      await assert.rejects(api.performLeave({ roomId, userId: bob }), { errcode: 'M_NOT_FOUND' })
    },
    { network },
  )
}

inBothTransports('without a network a knock is taken back here all the same', async ground => {
  const { api } = ground
  await invited(ground, 'knock')
  assert.deepEqual(await api.performLeave({ roomId, userId: bob }), {})
  assert.equal(await invites(api), 0)
  assert.deepEqual(
    (await outputs(api)).map(({ output }) => output),
    [{ kind: 'outside-invite-retired', userId: bob, why: 'rejected-here' }],
  )
})

inBothTransports('a user who leaves everything rejects what came from outside as well', async ground => {
  const { api } = ground
  await invited(ground)
  assert.deepEqual(await api.adminEvacuateUser({ userId: bob }), { left: [roomId], failed: [] })
  assert.equal(await invites(api), 0)
  await assert.rejects(api.adminEvacuateUser({ userId: `@eve:${far}` }), { errcode: 'M_INVALID_PARAM' })
})

const peeking = networkThat({ peek: () => Promise.resolve() })
inBothTransports(
  'a room of others is followed while anybody here looks into it',
  async ({ api }) => {
    const peek = (device: string, end: boolean) =>
      api.performPeek({ roomId, userId: bob, device, via: ['far.example'], end })
    await peek('A', false)
    await peek('B', false)
    await peek('A', true)
    assert.deepEqual(peeking.asked.splice(0), ['peek', 'peek'])
    await peek('B', true)
    assert.deepEqual(peeking.asked.splice(0), ['peek'])
    assert.deepEqual(
      (await outputs(api)).map(event => [event.roomId, event.output]),
      [
        [roomId, { kind: 'peek', userId: bob, device: 'A' }],
        [roomId, { kind: 'peek', userId: bob, device: 'B' }],
        [roomId, { kind: 'peek-retired', userId: bob, device: 'A' }],
        [roomId, { kind: 'peek-retired', userId: bob, device: 'B' }],
      ],
    )
  },
  { network: peeking.network },
)
