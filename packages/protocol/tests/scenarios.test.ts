/**
 * State resolution in situations that chance seldom makes, each with what must come out; the second opinion is asked too.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  authDifference,
  authorizeByState,
  type RoomVersionRules,
  resolveStates,
  roomVersions,
  type StateMap,
  splitConflicted,
} from '@neurite/protocol'
import { Comparison } from './random-rooms/comparison.ts'
import { CountingGraph } from './random-rooms/counting-graph.ts'
import { Random } from './random-rooms/random.ts'
import { alice, bob, Story } from './random-rooms/story.ts'
import { rememberingCrypto } from './random-rooms/test-room.ts'

const since2 = [...roomVersions.values()].filter(rules => rules.stateResolution !== 'v1')

/** One room version for each algorithm that there is. */
const oneForEach = ['1', '2', '12']

/** Resolves in every way that must agree, the plain one included, and gives the names of what comes out. */
function resolved(story: Story, states: readonly StateMap[]): string[] {
  const comparison = new Comparison(story.room, new Random(1))
  comparison.resolutions(states)
  assert.deepEqual(comparison.differences, [])
  return story.namesOf(resolveStates(states, resolution(story)))
}

function resolution({ room, rules }: Story) {
  return { graph: room, rules, crypto: rememberingCrypto }
}

/** Join rules and Bob's join, on top of power levels. */
function withBob(story: Story, powerLevels: string, join_rule = 'public'): Story {
  const rules = { type: 'm.room.join_rules', content: { join_rule }, auth: ['alice', powerLevels] }
  const join = { type: 'm.room.member', sender: bob, stateKey: bob, content: { membership: 'join' } }
  return story.tell('rules', rules).tell('bob', { ...join, auth: [powerLevels, 'rules'] })
}

for (const { version } of since2) {
  test(`version ${version}: old power levels in every chain by way of unconflicted members only are not replayed`, () => {
    const story = withBob(new Story(version).powerLevels('old', ['alice'], 9, { [bob]: 50 }), 'old')
    story.powerLevels('on top of old', ['alice', 'old'], 1).powerLevels('without old', ['alice'], 4)
    const states = ['on top of old', 'without old'].map(name => story.state('create', 'alice', 'rules', 'bob', name))
    const difference = authDifference(splitConflicted(states, true), story.room)
    assert.deepEqual([...difference].sort(), ['on top of old', 'without old'].map(name => story.number(name)).sort())
    // Were the old ones replayed, those on top of them would come last, and stay.
    assert.deepEqual(resolved(story, states), ['alice', 'bob', 'create', 'rules', 'without old'])
  })

  test(`version ${version}: where mainlines do not meet, events off the line come before all on it`, () => {
    const story = new Story(version).powerLevels('first', ['alice'], 1).powerLevels('second', ['alice'], 2)
    story.topic('by first', alice, ['alice', 'first'], 30)
    story.topic('by second', alice, ['alice', 'second'], 20)
    story.topic('by none', alice, ['alice'], 10)
    const states = [
      story.state('create', 'alice', 'first', 'by first'),
      story.state('create', 'alice', 'second', 'by second'),
      story.state('create', 'alice', 'first', 'by none'),
    ]
    assert.deepEqual(resolved(story, states), ['alice', 'by second', 'create', 'second'])
  })

  test(`version ${version}: a rejected auth event does not fill in what the state lacks`, () => {
    const story = new Story(version).powerLevels('levels', ['alice'], 1, {}, { state_default: 0 })
    withBob(story, 'levels', 'invite').topic('topic', bob, ['bob', 'levels'], 5)
    const base = ['create', 'alice', 'levels', 'rules']
    // Nobody invited Bob: his join is denied when it is replayed, but the topic cites it.
    const states = [story.state(...base, 'topic'), story.state(...base)]
    const withJoin = resolved(story, states)
    story.room.reject(story.number('bob'))
    assert.deepEqual(resolved(story, states), [...base].sort())
    assert.deepEqual(withJoin, [...base, 'topic'].sort())
  })
}

for (const version of oneForEach) {
  const { stateResolution } = (roomVersions.get(version) ?? assert.fail()) satisfies RoomVersionRules

  test(`version ${version}: a key that one state lacks is ${stateResolution === 'v1' ? 'no conflict' : 'a conflict'}`, () => {
    const story = withBob(new Story(version).powerLevels('levels', ['alice'], 1, { [bob]: 50 }), 'levels')
    story.powerLevels('demotion', ['alice', 'levels'], 2, { [bob]: 0 })
    story.topic('topic', bob, ['bob', 'levels'], 3)
    const base = ['create', 'alice', 'bob', 'rules']
    const states = [story.state(...base, 'levels', 'topic'), story.state(...base, 'demotion')]
    const kept = stateResolution === 'v1' ? ['topic'] : []
    assert.deepEqual(resolved(story, states), [...base, 'demotion', ...kept].sort())
    // What all other states lack besides: the room's own beginning.
    resolved(story, [...states, story.state('create'), new Map()])
  })

  test(`version ${version}: twenty states resolve like two`, () => {
    const story = withBob(new Story(version).powerLevels('levels 0', ['alice'], 0, { [bob]: 50 }), 'levels 0')
    const states = Array.from({ length: 20 }, (_, i) => {
      story.powerLevels(`levels ${i + 1}`, ['alice', `levels ${i}`], i, { [bob]: i % 2 === 0 ? 0 : 50 })
      story.topic(`topic ${i}`, i % 3 === 0 ? alice : bob, [i % 3 === 0 ? 'alice' : 'bob', `levels ${i + 1}`], 100 - i)
      return story.state('create', 'alice', 'bob', 'rules', `levels ${i + 1}`, `topic ${i}`)
    })
    const names = resolved(story, states)
    assert.ok(names.includes('levels 20'))
    assert.ok(names.includes('topic 19'), names.join())
  })
}

test('ties between event IDs are broken by code point, among power events too', () => {
  // As UTF-16 units the first begins with a surrogate, which is less than U+FF5E.
  const [astral, wide] = ['$\u{1F600}:one.example', '$\uFF5E:one.example']
  const powers = new Story('2')
  powers.tell('astral', {
    type: 'm.room.power_levels',
    content: { users: { [alice]: 100 } },
    auth: ['alice'],
    eventId: astral,
  })
  powers.tell('wide', {
    type: 'm.room.power_levels',
    content: { users: { [alice]: 100 } },
    auth: ['alice'],
    eventId: wide,
  })
  const powerStates = ['astral', 'wide'].map(name => powers.state('create', 'alice', name))
  assert.deepEqual(resolved(powers, powerStates), ['alice', 'astral', 'create'])

  const topics = new Story('2').powerLevels('levels', ['alice'], 0)
  topics.tell('astral', { type: 'm.room.topic', auth: ['alice', 'levels'], eventId: astral })
  topics.tell('wide', { type: 'm.room.topic', auth: ['alice', 'levels'], eventId: wide })
  const topicStates = ['astral', 'wide'].map(name => topics.state('create', 'alice', 'levels', name))
  assert.deepEqual(resolved(topics, topicStates), ['alice', 'astral', 'create', 'levels'])
})

test("a creator's join is a first join only straight after the room's own create event, and nothing else", () => {
  for (const { version } of roomVersions.values()) {
    const story = new Story(version)
    const banned = { type: 'm.room.member', stateKey: alice, content: { membership: 'ban' } }
    story.tell('ban', banned).tell('late create', { type: 'm.room.create', content: { creator: alice } })
    const join = { type: 'm.room.member', stateKey: alice, content: { membership: 'join' } }
    story.tell('early', { ...join, prev: ['create'] }).tell('late', { ...join, prev: ['late create'] })
    story.tell('merged', { ...join, prev: ['create', 'ban'] })
    const lookup = story.room.lookup(story.state('create', 'ban'))
    const rule = (name: string) =>
      authorizeByState(story.room.event(story.number(name)), lookup, rememberingCrypto).rule
    assert.equal(rule('early'), 'join/first')
    assert.equal(rule('late'), 'join/banned')
    assert.equal(rule('merged'), 'join/banned')
  }
})

/** Resolves two states on a line of so many power levels, each citing the one before. @returns what was asked of the graph */
function workOnLine(version: string, length: number): { walked: number; loaded: number } {
  const story = new Story(version).powerLevels('levels 0', ['alice'], 0)
  for (let i = 1; i < length; i++) story.powerLevels(`levels ${i}`, ['alice', `levels ${i - 1}`], i)
  story.topic('old topic', alice, ['alice', `levels ${length >> 2}`], 1)
  story.topic('new topic', alice, ['alice', `levels ${length - 1}`], 0)
  const states = [
    story.state('create', 'alice', `levels ${length >> 1}`, 'old topic'),
    story.state('create', 'alice', `levels ${length - 1}`, 'new topic'),
  ]
  const graph = new CountingGraph(story.room)
  const result = resolveStates(states, { ...resolution(story), graph })
  assert.deepEqual(story.namesOf(result), ['alice', 'create', `levels ${length - 1}`, 'new topic'])
  return graph
}

for (const version of ['2', '12'])
  test(`version ${version}: a line of 100,000 auth events resolves in work linear in its length`, t => {
    const [short, long] = [workOnLine(version, 10_000), workOnLine(version, 100_000)]
    t.diagnostic(`${long.walked} events walked, ${long.loaded} loaded`)
    for (const what of ['walked', 'loaded'] as const) {
      assert.ok(long[what] < 12 * short[what], `${what}: ${short[what]}, then ${long[what]}`)
      assert.ok(long[what] < 20 * 100_000, `${what}: ${long[what]}`)
    }
  })
