/** Servers that cannot reach each other for a while, and rooms that go on in two ways meanwhile. "Room State Resolution", "Soft failure". */
import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import type { User } from '../user.ts'

/** More than servers ask for in one go when events are missing. */
const manyMissed = 60
const someMissed = 30

export const quietSplit: Scenario = {
  name: 'split',
  tells: 'what is said and set on both sides of a cut connection is there on both once it heals',
  async play(stage) {
    const { ann, bob, roomId } = await hall(stage)
    stage.world.cut(stage.host, stage.guest)
    const [one, two] = await Promise.all(
      [ann, bob].map(async user => {
        await user.setState(roomId, 'x.side', { by: user.id }, user.id.slice(1))
        await user.setState(roomId, 'm.room.topic', { topic: `of ${user.id}` })
        return user.say(roomId, 'is anybody there?')
      }),
    )
    await heal(stage, roomId, ann, bob)
    await ann.sees(roomId, two!)
    await bob.sees(roomId, one!)
    await stage.agree(roomId, [ann, bob])
  },
}

export const levelsOnBothSides: Scenario = {
  name: 'levels-fight',
  tells: 'power levels that are changed on both sides of a cut end as one of the two',
  async play(stage) {
    const { ann, bob, cat, dan, roomId } = await hall(stage)
    stage.world.cut(stage.host, stage.guest)
    await ann.changeLevels(roomId, ({ users }) => ({ users: { ...users, [dan.id]: 50 } }))
    const named = [await dan.setState(roomId, 'm.room.name', { name: 'Dan was here' })]
    await bob.changeLevels(roomId, ({ users }) => ({ users: { ...users, [cat.id]: 50 } }))
    named.push(await cat.setState(roomId, 'm.room.name', { name: 'Cat was here' }))
    named.push(await dan.setState(roomId, 'm.room.name', { name: 'Dan was here again' }))
    await heal(stage, roomId, ann, bob)
    await stage.agree(roomId, [ann, bob], { mayBeSoftFailed: named })
  },
}

export const demotion: Scenario = {
  name: 'demotion',
  tells: 'who is demoted on one side of a cut does nothing there by what he does on the other',
  async play(stage) {
    const { ann, bob, cat, dan, roomId } = await hall(stage)
    stage.world.cut(stage.host, stage.guest)
    await ann.changeLevels(roomId, ({ users }) => ({ users: { ...users, [bob.id]: 0 } }))
    const mayBeSoftFailed = [
      await bob.changeLevels(roomId, ({ users }) => ({ users: { ...users, [cat.id]: 60 } })),
      await bob.setState(roomId, 'm.room.name', { name: 'Mine' }),
      await ban(cat, roomId, dan),
      await dan.say(roomId, 'nobody bans me'),
    ]
    await heal(stage, roomId, ann, bob)
    await bob.seesLevel(roomId, bob, 0)
    await stage.agree(roomId, [ann, bob], { mayBeSoftFailed })
    const levels = await bob.stateContent(roomId, 'm.room.power_levels')
    // The first algorithm knows no order of power.
    if (stage.rules.stateResolution !== 'v1') {
      assert.equal(levels.users[cat.id], undefined)
      assert.equal((await bob.stateContent(roomId, 'm.room.name')).name, 'Hall')
      assert.equal((await bob.stateContent(roomId, 'm.room.member', dan.id)).membership, 'join')
    }
  },
}

export const banAgainstDeeds: Scenario = {
  name: 'ban-fight',
  tells:
    'what somebody does on one side of a cut, who is banned on the other, ends the same everywhere, from version 2 on not in force',
  async play(stage) {
    const { ann, bob, cat, roomId } = await hall(stage)
    await ann.changeLevels(roomId, ({ users }) => ({ users: { ...users, [cat.id]: 50 } }))
    await cat.seesLevel(roomId, cat, 50)
    stage.world.cut(stage.host, stage.guest)
    await ann.moderate('ban', roomId, cat)
    const mayBeSoftFailed = [
      await cat.say(roomId, 'I am here'),
      await cat.setState(roomId, 'm.room.topic', { topic: 'cats' }),
      await cat.say(roomId, 'and shall be'),
    ]
    await heal(stage, roomId, ann, bob)
    await bob.seesMembership(roomId, cat, 'ban')
    await stage.agree(roomId, [ann, bob], { mayBeSoftFailed })
    // The first algorithm takes what only one side has without a question: nothing stands against it.
    const expected = stage.rules.stateResolution === 'v1' ? { topic: 'cats' } : undefined
    assert.deepEqual(await bob.stateContent(roomId, 'm.room.topic'), expected)
  },
}

export const mutualBans: Scenario = {
  name: 'mutual-bans',
  tells: 'two who ban each other on both sides of a cut end the same everywhere',
  async play(stage) {
    const { ann, bob, cat, dan, roomId } = await hall(stage)
    await ann.changeLevels(roomId, ({ users }) => ({ users: { ...users, [cat.id]: 60, [dan.id]: 61 } }))
    await cat.seesLevel(roomId, cat, 60)
    stage.world.cut(stage.host, stage.guest)
    const mayBeSoftFailed = [
      await ban(dan, roomId, cat),
      await cat.setState(roomId, 'm.room.topic', { topic: 'cats' }),
      await cat.say(roomId, 'cats!'),
      await dan.setState(roomId, 'm.room.topic', { topic: 'dogs' }),
      await ban(bob, roomId, dan),
      await dan.say(roomId, 'dogs!'),
    ]
    await heal(stage, roomId, ann, bob)
    await stage.agree(roomId, [ann, bob], { mayBeSoftFailed })
  },
}

export const closedDoor: Scenario = {
  name: 'closed-door',
  tells: 'a room that is closed on one side of a cut while somebody joins on the other ends the same everywhere',
  async play(stage) {
    const { ann, bob, roomId } = await hall(stage)
    const eve = await stage.user(stage.guest, 'eve')
    stage.world.cut(stage.host, stage.guest)
    await ann.setState(roomId, 'm.room.join_rules', { join_rule: 'invite' })
    await eve.join(roomId, stage.guest)
    const join = (await bob.state(roomId)).find(({ state_key }) => state_key === eve.id).event_id
    const mayBeSoftFailed = [join, await eve.say(roomId, 'just in time')]
    await heal(stage, roomId, ann, bob)
    await stage.agree(roomId, [ann, bob], { mayBeSoftFailed })
  },
}

export const longSplit: Scenario = {
  name: 'gap',
  tells: `a server that was cut off from ${manyMissed} events and changes of the state has all of them in the end`,
  async play(stage) {
    const { ann, bob, dan, roomId } = await hall(stage)
    stage.world.cut(stage.host, stage.guest)
    for (let message = 0; message < manyMissed; message++) {
      if (message % 10 === 0) await ann.setState(roomId, 'm.room.topic', { topic: `chapter ${message}` })
      await ann.say(roomId, `message ${message}`)
    }
    await dan.leave(roomId)
    const eve = await stage.user(stage.host, 'eve')
    await eve.join(roomId, stage.host)
    await eve.say(roomId, 'new here')
    await heal(stage, roomId, ann, bob)
    await stage.agree(roomId, [ann, bob])
  },
}

export const downtime: Scenario = {
  name: 'downtime',
  tells: 'a server that was down gets what it missed when it is back, without being asked to look',
  async play(stage) {
    const { ann, bob, dan, roomId } = await hall(stage)
    const eve = await stage.user(stage.host, 'eve')
    const other = await stage.room(ann, { name: 'Other' })
    await bob.join(other, stage.host)
    await ann.seesMembership(other, bob, 'join')
    await stage.guest.stop()
    for (let message = 0; message < someMissed; message++) await ann.say(roomId, `message ${message}`)
    await ann.setState(roomId, 'm.room.topic', { topic: 'he is down' })
    await dan.leave(roomId)
    await eve.join(roomId, stage.host)
    const last = await ann.say(roomId, 'the last one')
    const inOther = await ann.say(other, 'here too')
    await stage.guest.start()
    await bob.sees(roomId, last)
    await bob.sees(other, inOther)
    await ann.sees(roomId, await bob.say(roomId, 'I was away'))
    await stage.agree(roomId, [ann, bob])
    await stage.agree(other, [ann, bob])
  },
}

interface Hall {
  readonly roomId: string
  /** Of the host: the creator, and a plain member. */
  readonly ann: User
  readonly dan: User
  /** Of the guest: with nearly all power, and a plain member. */
  readonly bob: User
  readonly cat: User
}

/** A room with two members on either side, that both servers agree on. */
async function hall(stage: Stage): Promise<Hall> {
  const [ann, bob] = await stage.annAndBob()
  const [cat, dan] = await Promise.all([stage.user(stage.guest, 'cat'), stage.user(stage.host, 'dan')])
  const roomId = await stage.room(ann)
  await dan.join(roomId, stage.host)
  await bob.join(roomId, stage.host)
  await cat.join(roomId, stage.guest)
  await ann.seesMembership(roomId, cat, 'join')
  await ann.changeLevels(roomId, ({ users, events }) => ({
    users: { ...users, [bob.id]: 90 },
    events: { ...events, 'm.room.power_levels': 50 },
  }))
  await bob.seesLevel(roomId, bob, 90)
  await stage.agree(roomId, [ann, bob])
  return { roomId, ann, bob, cat, dan }
}

/** The ban's event ID: no answer tells it. */
async function ban(user: User, roomId: string, target: User): Promise<string> {
  await user.moderate('ban', roomId, target)
  return (await user.state(roomId)).find(({ state_key }) => state_key === target.id).event_id
}

/** Both say something once the way is free again, so that each learns of the other's branch. */
async function heal(stage: Stage, roomId: string, ann: User, bob: User): Promise<void> {
  stage.world.heal()
  const [one, two] = await Promise.all([ann.say(roomId, 'healed'), bob.say(roomId, 'healed')])
  await Promise.all([bob.sees(roomId, one), ann.sees(roomId, two)])
}
