/** Room upgrades over federation. Client-server API, "Room Upgrades". */
import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { until } from '../until.ts'
import { room, type User } from '../user.ts'

/** What a room of a version becomes: each to another one, some of them back. */
const next: Readonly<Record<string, string>> = { 1: '6', 6: '12', 9: '10', 10: '11', 11: '12', 12: '11' }

export const upgrade: Scenario = {
  name: 'upgrade',
  tells: 'a room is upgraded by its host, and by a user of the guest who may; members follow from both',
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const cat = await stage.user(stage.guest, 'cat')
    const roomId = await stage.room(ann, { topic: 'moving soon' })
    await bob.join(roomId, stage.host)
    await cat.join(roomId, stage.host)
    await ann.seesMembership(roomId, cat, 'join')
    await ann.moderate('ban', roomId, cat)
    await bob.seesMembership(roomId, cat, 'ban')
    await upgradeBy(stage, ann, bob, roomId)

    // Of rooms with privileged creators, only they may.
    const creation_content = stage.rules.auth.privilegedCreators ? { additional_creators: [bob.id] } : {}
    const other = await stage.room(ann, { creation_content })
    await bob.join(other, stage.host)
    if (!('additional_creators' in creation_content)) {
      await ann.changeLevels(other, ({ users }) => ({ users: { ...users, [bob.id]: 100 } }))
      await bob.seesLevel(other, bob, 100)
    }
    await upgradeBy(stage, bob, ann, other)
  },
}

async function upgradeBy(stage: Stage, one: User, other: User, roomId: string): Promise<void> {
  const new_version = next[stage.rules.version]
  const answer = await one.must('POST', `${room(roomId)}/upgrade`, { new_version })
  const replacement: string = answer.replacement_room
  const tombstone = await until('the tombstone arrives', () => other.stateContent(roomId, 'm.room.tombstone'))
  assert.equal(tombstone.replacement_room, replacement)
  await other.join(replacement, one.peer)
  await one.seesMembership(replacement, other, 'join')
  const create = await other.stateContent(replacement, 'm.room.create')
  assert.equal(create.room_version, new_version)
  assert.equal(create.predecessor.room_id, roomId)
  assert.deepEqual(
    await other.stateContent(replacement, 'm.room.topic'),
    await other.stateContent(roomId, 'm.room.topic'),
  )
  await stage.agree(roomId, [one, other])
  await stage.agree(replacement, [one, other])
}
