/** Two Neurites and a Synapse in one room. */
import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import type { User } from '../user.ts'

export const three: Scenario = {
  name: 'three',
  tells: 'three servers in one room, invited and joined by way of each other, agree on it',
  async play(stage) {
    const { ann, bob, tom, roomId } = await assembly(stage)
    for (const user of [ann, bob, tom]) await user.setState(roomId, 'm.room.topic', { topic: `of ${user.id}` })
    const said = await Promise.all([ann, bob, tom].map(user => user.say(roomId, `I am ${user.id}`)))
    for (const user of [ann, bob, tom]) for (const eventId of said) await user.sees(roomId, eventId)
    const una = await stage.user(stage.third, 'una')
    await bob.moderate('invite', roomId, una)
    await una.isToldOf('invite', roomId)
    await una.join(roomId, stage.guest)
    await ann.seesMembership(roomId, una, 'join')
    await stage.agree(roomId, [ann, bob, tom])
  },
}

export const goBetween: Scenario = {
  name: 'go-between',
  tells: 'two servers that do not reach each other learn what the other says from the third',
  async play(stage) {
    const { ann, bob, tom, roomId } = await assembly(stage)
    stage.world.cut(stage.host, stage.guest)
    const [one, two] = [await ann.say(roomId, 'one'), await bob.say(roomId, 'two')]
    await tom.sees(roomId, one)
    await tom.sees(roomId, two)
    const three = await tom.say(roomId, 'three')
    for (const user of [ann, bob]) for (const eventId of [one, two, three]) await user.sees(roomId, eventId)
    await stage.agree(roomId, [ann, bob, tom])
    stage.world.heal()
    await bob.sees(roomId, await ann.say(roomId, 'healed'))
    await ann.sees(roomId, await bob.say(roomId, 'healed'))
    await stage.agree(roomId, [ann, bob, tom])
  },
}

export const outcast: Scenario = {
  name: 'outcast',
  tells: 'two servers come to the same verdict on what the third sends, whose user they have put out meanwhile',
  async play(stage) {
    const { ann, bob, tom, roomId } = await assembly(stage)
    const una = await stage.user(stage.third, 'una')
    await una.join(roomId, stage.third)
    await ann.seesMembership(roomId, una, 'join')
    await bob.seesMembership(roomId, una, 'join')
    stage.world.cut(stage.third, stage.host)
    stage.world.cut(stage.third, stage.guest)
    await ann.moderate('ban', roomId, una)
    await bob.seesMembership(roomId, una, 'ban')
    const mayBeSoftFailed = [
      await una.say(roomId, 'I am here'),
      await una.setState(roomId, 'm.room.member', { membership: 'join', displayname: 'Una' }, una.id),
    ]
    stage.world.heal()
    const healed = await tom.say(roomId, 'healed')
    await Promise.all([ann.sees(roomId, healed), bob.sees(roomId, healed)])
    await tom.sees(roomId, await ann.say(roomId, 'welcome back'))
    await stage.agree(roomId, [ann, bob, tom], { mayBeSoftFailed })
    for (const peer of [stage.host, stage.guest]) {
      const verdicts = await peer.verdicts(roomId, mayBeSoftFailed)
      assert.deepEqual(
        mayBeSoftFailed.map(eventId => verdicts.get(eventId)),
        ['soft-failed', 'soft-failed'],
      )
    }
  },
}

export const threeSplits: Scenario = {
  name: 'three-splits',
  tells: 'three servers, none of which reaches another, each change the power levels and end with the same',
  async play(stage) {
    const { ann, bob, tom, roomId } = await assembly(stage)
    const { world, host, guest, third } = stage
    world.cut(host, guest)
    world.cut(host, third)
    world.cut(guest, third)
    const mayBeSoftFailed: string[] = []
    for (const user of [ann, bob, tom]) {
      mayBeSoftFailed.push(await user.changeLevels(roomId, levels => ({ events: { ...levels.events, [user.id]: 30 } })))
      mayBeSoftFailed.push(await user.setState(roomId, 'm.room.topic', { topic: `of ${user.id}` }))
      mayBeSoftFailed.push(await user.say(roomId, 'all mine'))
    }
    world.heal()
    const said = await Promise.all([ann, bob, tom].map(user => user.say(roomId, 'healed')))
    for (const user of [ann, bob, tom]) for (const eventId of said) await user.sees(roomId, eventId)
    await stage.agree(roomId, [ann, bob, tom], { mayBeSoftFailed })
  },
}

interface Assembly {
  readonly roomId: string
  readonly ann: User
  readonly bob: User
  readonly tom: User
}

/** A room with a user of each server, the third come in by way of the guest. All may change power levels. */
async function assembly(stage: Stage): Promise<Assembly> {
  const [ann, bob] = await stage.annAndBob()
  const tom = await stage.user(stage.third, 'tom')
  const roomId = await stage.room(ann)
  await bob.join(roomId, stage.host)
  await tom.join(roomId, stage.guest)
  await ann.seesMembership(roomId, tom, 'join')
  await bob.seesMembership(roomId, tom, 'join')
  await ann.changeLevels(roomId, ({ users, events }) => ({
    users: { ...users, [bob.id]: 90, [tom.id]: 80 },
    events: { ...events, 'm.room.power_levels': 50 },
  }))
  await bob.seesLevel(roomId, bob, 90)
  await tom.seesLevel(roomId, tom, 80)
  await stage.agree(roomId, [ann, bob, tom])
  return { roomId, ann, bob, tom }
}
