/**
 * Who may come into a room by which way, for every join rule and every room version; and restricted joins that this server can decide.
 * Room versions, "Authorisation rules"; client-server API, "Restricted rooms".
 */
import assert from 'node:assert/strict'
import { roomVersions } from '@neurite/protocol'
import type { ErrorCode, RequestTo, RoomServerApi } from '../../src/api/index.ts'
import { type Ground, inBothTransports } from './both-transports.ts'

const ann = '@ann:here.example'
const bob = '@bob:here.example'
const cat = '@cat:here.example'

type Version = { readonly knock: boolean; readonly restricted: boolean; readonly knockRestricted: boolean }

/** By room version, from the specification's pages and not from the table that the rules are read from. */
const versions = new Map<string, Version>(
  Array.from({ length: 12 }, (_, at) => at + 1).map(version => [
    `${version}`,
    { knock: version >= 7, restricted: version >= 8, knockRestricted: version >= 10 },
  ]),
)

/** Which join rules let a stranger join, and knock. */
const ways: Record<string, (version: Version) => { readonly join: boolean; readonly knock: boolean }> = {
  public: () => ({ join: true, knock: false }),
  invite: () => ({ join: false, knock: false }),
  private: () => ({ join: false, knock: false }),
  knock: ({ knock }) => ({ join: false, knock }),
  // Without any condition that is met.
  restricted: () => ({ join: false, knock: false }),
  knock_restricted: ({ knockRestricted }) => ({ join: false, knock: knockRestricted }),
}

async function room({ api }: Ground, more: Partial<RequestTo<'performCreateRoom'>> = {}): Promise<string> {
  return (await api.performCreateRoom({ creator: ann, preset: 'private_chat', roomVersion: '11', ...more })).roomId
}

const joinRules = (content: Record<string, unknown>) => ({ type: 'm.room.join_rules', stateKey: '', content })

async function errcodeOf(work: Promise<unknown>): Promise<ErrorCode | 'done'> {
  return work.then(
    () => 'done' as const,
    (error: { readonly errcode: ErrorCode }) => error.errcode,
  )
}

const membership = async (api: RoomServerApi, roomId: string, userId: string) =>
  (await api.queryMembership({ roomId, userId })).membership

inBothTransports(
  'each join rule lets in whom it should, by join, by knock and by invite, in every version',
  async ground => {
    const { api } = ground
    assert.deepEqual([...versions.keys()], [...roomVersions.keys()])
    for (const [roomVersion, version] of versions)
      for (const [joinRule, wayOf] of Object.entries(ways)) {
        const roomId = await room(ground, {
          roomVersion,
          initialState: [joinRules({ join_rule: joinRule, allow: [] })],
        })
        const way = wayOf(version)
        const place = `${joinRule} in version ${roomVersion}`
        const knocked = await errcodeOf(api.performKnock({ roomIdOrAlias: roomId, userId: bob }))
        assert.equal(knocked, way.knock ? 'done' : 'M_FORBIDDEN', `knock on ${place}`)
        const joined = await errcodeOf(api.performJoin({ roomIdOrAlias: roomId, userId: cat }))
        assert.equal(joined, way.join ? 'done' : 'M_FORBIDDEN', `join of ${place}`)
        assert.equal(await membership(api, roomId, cat), way.join ? 'join' : undefined, place)
        await api.performInvite({ roomId, inviter: ann, invitee: bob })
        // A join rule that the version does not have lets nobody in, not even who is invited.
        const mayBeInvited = joinRule === 'private' ? false : isKnown(joinRule, version)
        const invited = await errcodeOf(api.performJoin({ roomIdOrAlias: roomId, userId: bob }))
        assert.equal(invited, mayBeInvited ? 'done' : 'M_FORBIDDEN', `invited to ${place}`)
      }
  },
)

function isKnown(joinRule: string, { knock, restricted, knockRestricted }: Version): boolean {
  const some: Record<string, boolean> = { knock, restricted, knock_restricted: knockRestricted }
  return some[joinRule] ?? true
}

inBothTransports('members of a room that the conditions name are let in by whoever may invite', async ground => {
  const { api, server } = ground
  const lobby = await room(ground, { preset: 'public_chat' })
  await api.performJoin({ roomIdOrAlias: lobby, userId: bob })
  const allow = [{ type: 'org.example.unknown' }, { type: 'm.room_membership', room_id: lobby }]
  const roomId = await room(ground, { initialState: [joinRules({ join_rule: 'restricted', allow })] })
  assert.equal(await errcodeOf(api.performJoin({ roomIdOrAlias: roomId, userId: cat })), 'M_FORBIDDEN')
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob, content: { displayname: 'Bob' } })
  const content = await server.content(roomId, 'm.room.member', bob)
  assert.deepEqual(
    [content?.['membership'], content?.['displayname'], content?.['join_authorised_via_users_server']],
    ['join', 'Bob', ann],
  )
  // Who was let in once and left must meet the conditions again.
  await api.performLeave({ roomId, userId: bob })
  await api.performLeave({ roomId: lobby, userId: bob })
  assert.equal(await errcodeOf(api.performJoin({ roomIdOrAlias: roomId, userId: bob })), 'M_FORBIDDEN')
})

inBothTransports('where nobody here may invite, or the rooms are not here, this server cannot decide', async ground => {
  const { api } = ground
  const lobby = await room(ground, { preset: 'public_chat' })
  await api.performJoin({ roomIdOrAlias: lobby, userId: bob })
  const restricted = (roomIds: readonly string[]) =>
    joinRules({ join_rule: 'restricted', allow: roomIds.map(id => ({ type: 'm.room_membership', room_id: id })) })
  const powerLevelContentOverride = { users: { [ann]: 50 }, invite: 60, events: { 'm.room.join_rules': 50 } }
  const nobodyInvites = await room(ground, { initialState: [restricted([lobby])], powerLevelContentOverride })
  const join = (roomId: string, userId: string) => errcodeOf(api.performJoin({ roomIdOrAlias: roomId, userId }))
  assert.equal(await join(nobodyInvites, bob), 'M_UNABLE_TO_GRANT_JOIN')
  const elsewhere = await room(ground, { initialState: [restricted(['!far:far.example'])] })
  assert.equal(await join(elsewhere, bob), 'M_UNABLE_TO_AUTHORISE_JOIN')
  const either = await room(ground, { initialState: [restricted(['!far:far.example', lobby])] })
  assert.equal(await join(either, bob), 'done')
  assert.equal(await join(either, cat), 'M_UNABLE_TO_AUTHORISE_JOIN')
})

inBothTransports('joining again changes nothing, unless the user wants to be called otherwise', async ground => {
  const { api, server } = ground
  const roomId = await room(ground, { preset: 'public_chat' })
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob, content: { displayname: 'Bob' } })
  const before = (await server.events(roomId)).length
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob, content: { displayname: 'Bob' } })
  assert.equal((await server.events(roomId)).length, before)
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob, content: { displayname: 'Rob', membership: 'ban' } })
  assert.equal((await server.events(roomId)).length, before + 1)
  assert.equal((await server.content(roomId, 'm.room.member', bob))?.['displayname'], 'Rob')
  assert.equal(await membership(api, roomId, bob), 'join')
})
