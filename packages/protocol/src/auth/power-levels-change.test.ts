import { test } from 'node:test'
import { assertJudged, type Decision } from '../../tests/story/judge.ts'
import { type Draft, type Story, story } from '../../tests/story/story.ts'
import { type JsonObject, parseJson } from '../canonical-json/index.ts'
import { roomVersions } from '../room-version/index.ts'
import { namedLevels } from './power-levels.ts'

const all = [...roomVersions.keys()]
/** One of each way in which versions differ over power levels. */
const some = ['1', '6', '9', '10', '12']

/** @bob:b has 50 of 100 and may change power levels; `before` are the other power levels of the room. */
function room(version: string, before: JsonObject = {}, users: JsonObject = {}): Story {
  const told = story(version).create('@ann:a').joins('@ann:a').joins('@bob:b')
  return told.powerLevels('PL1', { '@bob:b': 50, ...users }, { events: { 'm.room.power_levels': 50 }, ...before })
}

/** @bob:b sets these power levels. */
function change(after: JsonObject = {}, users: JsonObject = {}): Draft {
  const events = { 'm.room.power_levels': 50 }
  const content = { events, ...after, users: { '@bob:b': 50, ...users } }
  return { type: 'm.room.power_levels', stateKey: '', sender: '@bob:b', content }
}

/** Levels before (absent: undefined) and after, what is decided of a change between them by someone with 50. */
type Row = readonly [before: number | undefined, after: number | undefined, decision: Decision]

test('power levels that stay as they are are allowed, whoever else has more power', () => {
  for (const version of all) {
    const before = { ban: 1000, state_default: 0, events: { 'm.room.power_levels': 50, x: 1000 } }
    assertJudged(
      room(version, before, { '@carl:c': 1000 }),
      change(before, { '@carl:c': 1000 }),
      'allow power-levels/allow',
    )
  }
})

const namedRows: readonly Row[] = [
  [50, 0, 'allow power-levels/allow'],
  [0, 50, 'allow power-levels/allow'],
  [undefined, 50, 'allow power-levels/allow'],
  [50, undefined, 'allow power-levels/allow'],
  [51, 50, 'deny power-levels/named/current'],
  [51, undefined, 'deny power-levels/named/current'],
  [51, 52, 'deny power-levels/named/current'],
  [50, 51, 'deny power-levels/named/new'],
  [undefined, 51, 'deny power-levels/named/new'],
]

test('named levels are changed, added and removed up to one’s own power', () => {
  for (const version of all)
    for (const name of namedLevels)
      for (const [before, after, decision] of namedRows) {
        // A state_default that is removed would be 50, as before: the sender can still send power levels.
        const told = room(version, { [name]: before })
        assertJudged(told, change({ [name]: after }), decision, `${version} ${name} ${before} -> ${after}`)
      }
})

const entryRows: readonly Row[] = [
  [50, 0, 'allow power-levels/allow'],
  [undefined, 50, 'allow power-levels/allow'],
  [50, undefined, 'allow power-levels/allow'],
  [51, 0, 'deny power-levels/entries-changed/current'],
  [51, undefined, 'deny power-levels/entries-changed/current'],
  [51, 51, 'allow power-levels/allow'],
  [50, 51, 'deny power-levels/entries-added/new'],
  [undefined, 51, 'deny power-levels/entries-added/new'],
]

test('levels of event types are changed, added and removed up to one’s own power', () => {
  for (const version of all)
    for (const [before, after, decision] of entryRows) {
      const events = { 'm.room.power_levels': 50 }
      const told = room(version, { events: { ...events, x: before } })
      assertJudged(told, change({ events: { ...events, x: after } }), decision, `${version} ${before} -> ${after}`)
    }
})

test('since version 6 levels of notifications are like those of event types, until 5 anyone changes them', () => {
  for (const version of all)
    for (const [before, after, decision] of entryRows) {
      const told = room(version, { notifications: { room: before } })
      const expected = all.indexOf(version) < all.indexOf('6') ? 'allow power-levels/allow' : decision
      assertJudged(told, change({ notifications: { room: after } }), expected, `${version} ${before} -> ${after}`)
    }
})

const userRows: readonly Row[] = [
  [49, 50, 'allow power-levels/allow'],
  [49, 0, 'allow power-levels/allow'],
  [49, undefined, 'allow power-levels/allow'],
  [undefined, 50, 'allow power-levels/allow'],
  // Unlike other levels, not even a level that equals one's own can be touched.
  [50, 49, 'deny power-levels/users-changed/current'],
  [50, undefined, 'deny power-levels/users-changed/current'],
  [51, 50, 'deny power-levels/users-changed/current'],
  [50, 50, 'allow power-levels/allow'],
  [51, 51, 'allow power-levels/allow'],
  [49, 51, 'deny power-levels/users-added/new'],
  [undefined, 51, 'deny power-levels/users-added/new'],
]

test('levels of others are changed and removed if they are below one’s own, and added up to it', () => {
  for (const version of all)
    for (const [before, after, decision] of userRows) {
      const told = room(version, {}, { '@carl:c': before })
      assertJudged(told, change({}, { '@carl:c': after }), decision, `${version} ${before} -> ${after}`)
    }
})

test('one lowers and removes oneself, and does not raise oneself', () => {
  for (const version of all) {
    for (const own of [49, 0, -1, undefined])
      assertJudged(room(version), change({}, { '@bob:b': own }), 'allow power-levels/allow', `${version} ${own}`)
    assertJudged(room(version), change({}, { '@bob:b': 51 }), 'deny power-levels/users-added/new', version)
  }
})

test('one’s own entry counts even where the default is higher', () => {
  const told = room('11', { users_default: 100 }, { '@bob:b': 50 })
  assertJudged(told, change({ users_default: 100 }, { '@carl:c': 51 }), 'deny power-levels/users-added/new')
})

test('whoever has power by default and no entry can add one up to it', () => {
  const told = room('11', { users_default: 50 })
  const byDan = { sender: '@dan:d' }
  told.joins('@dan:d')
  assertJudged(told, { ...change({ users_default: 50 }, { '@dan:d': 50 }), ...byDan }, 'allow power-levels/allow')
  assertJudged(
    told,
    { ...change({ users_default: 50 }, { '@dan:d': 51 }), ...byDan },
    'deny power-levels/users-added/new',
  )
})

test('a whole map that goes is a removal of all its entries', () => {
  for (const version of some) {
    const told = room(version, { events: { 'm.room.power_levels': 50, x: 51 } })
    const { events: _, ...without } = change().content as JsonObject
    assertJudged(told, { ...change(), content: without }, 'deny power-levels/entries-changed/current', version)
    const others = room(version, {}, { '@carl:c': 50 })
    const { users: __, ...withoutUsers } = change().content as JsonObject
    assertJudged(others, { ...change(), content: withoutUsers }, 'deny power-levels/users-changed/current', version)
  }
})

test('until version 9 a level written otherwise is the same level: nothing was changed', () => {
  for (const version of ['1', '9']) {
    const told = room(version, { ban: 100, events: { 'm.room.power_levels': 50, x: '+100' } }, { '@carl:c': '0100' })
    const after = { ban: ' 0100', events: { 'm.room.power_levels': '50', x: 100 } }
    assertJudged(told, change(after, { '@carl:c': 100, '@bob:b': '50' }), 'allow power-levels/allow', version)
  }
})

test('until version 5 levels that differ in the fraction only are the same', () => {
  const content = (text: string) => parseJson(text, { mode: 'lenient' }) as JsonObject
  const told = room('5', content('{"ban": 100.5, "kick": 1e2}'))
  assertJudged(told, change(content('{"ban": 100.7, "kick": 100}')), 'allow power-levels/allow')
  assertJudged(told, change(content('{"ban": 101.7, "kick": 100}')), 'deny power-levels/named/current')
})

test('levels beyond 2^53 compare exactly', () => {
  const big = 2n ** 60n
  const told = room('5', { ban: big }, { '@bob:b': big, '@carl:c': big - 1n })
  const own = { '@bob:b': big, '@carl:c': big - 1n }
  assertJudged(told, change({ ban: big - 1n }, own), 'allow power-levels/allow')
  assertJudged(told, change({ ban: big + 1n }, own), 'deny power-levels/named/new')
  assertJudged(told, change({ ban: big }, { ...own, '@carl:c': big }), 'allow power-levels/allow')
  assertJudged(told, change({ ban: big }, { ...own, '@carl:c': big + 1n }), 'deny power-levels/users-added/new')
  const equals = room('5', { ban: big }, { '@bob:b': big, '@carl:c': big })
  assertJudged(equals, change({ ban: big }, { '@bob:b': big }), 'deny power-levels/users-changed/current')
})

test('in version 12 a creator changes whatever there is, and nobody reaches a creator’s power', () => {
  const told = room('12', { ban: 2 ** 53 - 1 }, { '@carl:c': 2 ** 53 - 1 })
  const byAnn = { ...change({ ban: 0 }, { '@dan:d': 2 ** 53 - 1 }), sender: '@ann:a' }
  assertJudged(told, byAnn, 'allow power-levels/allow')
})

test('until version 11 a creator whom the power levels leave out changes nothing', () => {
  for (const version of all.slice(0, 11)) {
    const told = room(version).powerLevels('PL2', { '@bob:b': 50 }, { state_default: 0 })
    const byAnn = { ...change({ state_default: 0 }, { '@ann:a': 100 }), sender: '@ann:a' }
    assertJudged(
      told,
      { ...byAnn, content: { users: { '@bob:b': 50, '@ann:a': 1 }, state_default: 0 } },
      'deny power-levels/users-added/new',
    )
  }
})

test('levels are looked at in the specification’s order: named, event types, notifications, users', () => {
  const told = room('11', { ban: 51, events: { 'm.room.power_levels': 50, x: 51 } }, { '@carl:c': 50 })
  const events = { 'm.room.power_levels': 50 }
  assertJudged(told, change(), 'deny power-levels/named/current')
  assertJudged(told, change({ ban: 51, events }), 'deny power-levels/entries-changed/current')
  const named = { ban: 51, events: { ...events, x: 51 } }
  assertJudged(told, change({ ...named, notifications: { room: 51 } }), 'deny power-levels/entries-added/new')
  assertJudged(told, change(named, { '@dan:d': 51 }), 'deny power-levels/users-changed/current')
})

test('keys that objects inherit are levels like others, not found where they were not written', () => {
  const text = '{"events": {"m.room.power_levels": 50, "__proto__": 51, "constructor": 51}}'
  const after = parseJson(text, { mode: 'strict' }) as JsonObject
  assertJudged(room('11'), change(after), 'deny power-levels/entries-added/new')
  assertJudged(room('11', after), change(after), 'allow power-levels/allow')
})
