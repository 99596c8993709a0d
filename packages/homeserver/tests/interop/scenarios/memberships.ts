/** Coming and going over federation. Server-server API, "Joining Rooms", "Inviting to a room", "Knocking upon a room", "Leaving Rooms". */
import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import type { Json } from '../user.ts'

export const join: Scenario = {
  name: 'join',
  tells: 'a user of the guest joins, both speak, and a change of name reaches the host',
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const roomId = await stage.room(ann, { topic: 'All and sundry' })
    await ann.say(roomId, 'before')
    await bob.join(roomId, stage.host)
    await ann.seesMembership(roomId, bob, 'join')
    await bob.sees(roomId, await ann.say(roomId, 'hello'))
    await ann.sees(roomId, await bob.say(roomId, 'hello yourself'))
    // A second user of the guest needs no help of the host.
    const cat = await stage.user(stage.guest, 'cat')
    await cat.join(roomId, stage.guest)
    await ann.seesMembership(roomId, cat, 'join')
    await bob.setState(roomId, 'm.room.member', { membership: 'join', displayname: 'Bob' }, bob.id)
    await stage.agree(roomId, [ann, bob])
  },
}

export const invite: Scenario = {
  name: 'invite',
  tells: 'invites are shown with what the room is, taken up, rejected and withdrawn',
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const [cat, dan] = await Promise.all([stage.user(stage.guest, 'cat'), stage.user(stage.guest, 'dan')])
    const roomId = await stage.room(ann, { preset: 'private_chat', name: 'Study' })
    await ann.moderate('invite', roomId, bob)
    const shown = await bob.isToldOf('invite', roomId)
    assert.equal(contentOf(shown, 'm.room.name')?.name, 'Study')
    assert.equal(contentOf(shown, 'm.room.member', bob.id)?.membership, 'invite')
    await bob.join(roomId, stage.host)
    await ann.seesMembership(roomId, bob, 'join')
    await bob.isToldNoMoreOf('invite', roomId)

    await ann.moderate('invite', roomId, cat)
    await cat.isToldOf('invite', roomId)
    await cat.leave(roomId)
    await ann.seesMembership(roomId, cat, 'leave')
    await ann.moderate('invite', roomId, dan)
    await dan.isToldOf('invite', roomId)
    await ann.moderate('kick', roomId, dan)
    await dan.isToldNoMoreOf('invite', roomId)
    await assert.rejects(dan.join(roomId, stage.host), { status: 403 })

    // The guest invites a user of the host.
    const eve = await stage.user(stage.host, 'eve')
    await ann.changeLevels(roomId, ({ users }) => ({ users: { ...users, [bob.id]: 50 } }))
    await bob.seesLevel(roomId, bob, 50)
    await bob.moderate('invite', roomId, eve)
    await eve.isToldOf('invite', roomId)
    await eve.join(roomId, stage.host)
    await bob.seesMembership(roomId, eve, 'join')
    await stage.agree(roomId, [ann, bob])
  },
}

export const inviteWhereNobodyIs: Scenario = {
  name: 'lonely-invite',
  tells: 'an invite to a server that is not in the room is rejected, withdrawn and taken up',
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const roomId = await stage.room(ann, { preset: 'private_chat' })
    await ann.moderate('invite', roomId, bob)
    await bob.isToldOf('invite', roomId)
    await ann.say(roomId, 'where is he?')
    await bob.leave(roomId)
    await bob.isToldNoMoreOf('invite', roomId)
    await ann.seesMembership(roomId, bob, 'leave')
    await ann.moderate('invite', roomId, bob)
    await bob.isToldOf('invite', roomId)
    await ann.moderate('kick', roomId, bob)
    await bob.isToldNoMoreOf('invite', roomId)
    await ann.moderate('invite', roomId, bob)
    await bob.isToldOf('invite', roomId)
    await bob.join(roomId, stage.host)
    await stage.agree(roomId, [ann, bob])
  },
}

export const knock: Scenario = {
  name: 'knock',
  tells: 'a knock is answered with an invite, taken back, or turned down',
  needs: ({ auth }) => auth.knock,
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const [cat, dan] = await Promise.all([stage.user(stage.guest, 'cat'), stage.user(stage.guest, 'dan')])
    const initial_state = [{ type: 'm.room.join_rules', state_key: '', content: { join_rule: 'knock' } }]
    const roomId = await stage.room(ann, { preset: 'private_chat', initial_state, name: 'Study' })
    await assert.rejects(bob.join(roomId, stage.host), { status: 403 })
    await bob.knock(roomId, stage.host)
    assert.equal(contentOf(await bob.isToldOf('knock', roomId), 'm.room.name')?.name, 'Study')
    await ann.seesMembership(roomId, bob, 'knock')
    await ann.moderate('invite', roomId, bob)
    await bob.isToldOf('invite', roomId)
    await bob.join(roomId, stage.host)
    await ann.seesMembership(roomId, bob, 'join')
    // From now on the guest is in the room: knocks of its users are its own events.
    await cat.knock(roomId, stage.guest)
    await ann.seesMembership(roomId, cat, 'knock')
    await cat.leave(roomId)
    await ann.seesMembership(roomId, cat, 'leave')
    await dan.knock(roomId, stage.host)
    await ann.seesMembership(roomId, dan, 'knock')
    await ann.moderate('kick', roomId, dan)
    await dan.isToldNoMoreOf('knock', roomId)
    await stage.agree(roomId, [ann, bob])
  },
}

export const knockTakenBack: Scenario = {
  name: 'lonely-knock',
  tells: 'a knock of a server that is not in the room is taken back, and another one answered with an invite',
  needs: ({ auth }) => auth.knock,
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const initial_state = [{ type: 'm.room.join_rules', state_key: '', content: { join_rule: 'knock' } }]
    const roomId = await stage.room(ann, { preset: 'private_chat', initial_state })
    await bob.knock(roomId, stage.host)
    await ann.seesMembership(roomId, bob, 'knock')
    await bob.leave(roomId)
    await bob.isToldNoMoreOf('knock', roomId)
    // Synapse keeps to itself that a knock was taken back. (It does not tell, nor hears, of one that was turned down.)
    if (stage.guest.program === 'neurite') await ann.seesMembership(roomId, bob, 'leave')
    else await ann.moderate('kick', roomId, bob)
    await bob.knock(roomId, stage.host)
    await ann.seesMembership(roomId, bob, 'knock')
    await ann.moderate('invite', roomId, bob)
    await bob.isToldOf('invite', roomId)
    await bob.join(roomId, stage.host)
    await stage.agree(roomId, [ann, bob])
  },
}

export const restricted: Scenario = {
  name: 'restricted',
  tells: 'a restricted room lets in who is in the other room, and nobody else',
  needs: ({ auth }) => auth.restrictedJoins,
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const cat = await stage.user(stage.guest, 'cat')
    const lobby = await stage.room(ann, { name: 'Lobby' })
    const roomId = await stage.room(ann, restrictedTo(lobby, 'restricted'))
    await assert.rejects(bob.join(roomId, stage.host), { status: 403 })
    await bob.join(lobby, stage.host)
    await bob.join(roomId, stage.host)
    await ann.seesMembership(roomId, bob, 'join')
    // The guest is in both rooms. Whether it may let somebody in depends on whether one of its users may invite.
    await assert.rejects(cat.join(roomId, stage.guest), { status: 403 })
    await cat.join(lobby, stage.guest)
    await ann.seesMembership(lobby, cat, 'join')
    await cat.join(roomId, stage.host)
    await ann.seesMembership(roomId, cat, 'join')
    const member = await ann.stateContent(roomId, 'm.room.member', bob.id)
    assert.equal(member.join_authorised_via_users_server, ann.id)
    // Changing one's profile takes no authority.
    await ann.sees(roomId, await bob.setState(roomId, 'm.room.member', { ...member, displayname: 'Bob' }, bob.id))
    await stage.agree(lobby, [ann, bob])
    await stage.agree(roomId, [ann, bob])
  },
}

export const restrictedByHost: Scenario = {
  name: 'restricted-by-host',
  tells: 'where no user of the guest may invite, the host lets in a second user of the guest',
  needs: ({ auth }) => auth.restrictedJoins,
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const cat = await stage.user(stage.guest, 'cat')
    const lobby = await stage.room(ann, { name: 'Lobby' })
    const power_level_content_override = { invite: 50 }
    const roomId = await stage.room(ann, { ...restrictedTo(lobby, 'restricted'), power_level_content_override })
    await ann.moderate('invite', roomId, bob)
    await bob.isToldOf('invite', roomId)
    await bob.join(roomId, stage.host)
    await cat.join(lobby, stage.host)
    await cat.join(roomId, stage.host)
    await ann.seesMembership(roomId, cat, 'join')
    const { join_authorised_via_users_server: authoriser } = await ann.stateContent(roomId, 'm.room.member', cat.id)
    assert.equal(authoriser, ann.id)
    await stage.agree(roomId, [ann, bob])
  },
}

export const knockRestricted: Scenario = {
  name: 'knock-restricted',
  tells: 'a room for knocks that is also restricted lets in who is in the other room, and others knock',
  needs: ({ auth }) => auth.knockRestricted,
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const cat = await stage.user(stage.guest, 'cat')
    const lobby = await stage.room(ann, { name: 'Lobby' })
    const roomId = await stage.room(ann, restrictedTo(lobby, 'knock_restricted'))
    await bob.join(lobby, stage.host)
    await bob.join(roomId, stage.host)
    await cat.knock(roomId, stage.host)
    await ann.seesMembership(roomId, cat, 'knock')
    await ann.moderate('invite', roomId, cat)
    await bob.seesMembership(roomId, cat, 'invite')
    await cat.join(roomId, stage.host)
    await ann.seesMembership(roomId, cat, 'join')
    await stage.agree(roomId, [ann, bob])
  },
}

export const rejoin: Scenario = {
  name: 'rejoin',
  tells: 'who leaves and comes back finds the room as it is by then',
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const roomId = await stage.room(ann)
    await bob.join(roomId, stage.host)
    await ann.sees(roomId, await bob.say(roomId, 'soon away'))
    await bob.leave(roomId)
    await ann.seesMembership(roomId, bob, 'leave')
    for (let message = 0; message < 5; message++) await ann.say(roomId, `without him ${message}`)
    await ann.setState(roomId, 'm.room.topic', { topic: 'he is away' })
    const dan = await stage.user(stage.host, 'dan')
    await dan.join(roomId, stage.host)
    await bob.join(roomId, stage.host)
    await ann.seesMembership(roomId, bob, 'join')
    await ann.sees(roomId, await bob.say(roomId, 'back'))
    await stage.agree(roomId, [ann, bob])
  },
}

function restrictedTo(lobby: string, join_rule: string): object {
  const content = { join_rule, allow: [{ type: 'm.room_membership', room_id: lobby }] }
  return { preset: 'private_chat', initial_state: [{ type: 'm.room.join_rules', state_key: '', content }] }
}

function contentOf(events: readonly Json[], type: string, stateKey = ''): Json | undefined {
  return events.find(event => event.type === type && event.state_key === stateKey)?.content
}
