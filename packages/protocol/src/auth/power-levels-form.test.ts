import { test } from 'node:test'
import { assertJudged } from '../../tests/story/judge.ts'
import { type Draft, type Story, story } from '../../tests/story/story.ts'
import { type JsonObject, type JsonValue, parseJson } from '../canonical-json/index.ts'
import { roomVersions } from '../room-version/index.ts'
import { namedLevels } from './power-levels.ts'

const all = [...roomVersions.keys()]
const until9 = all.slice(0, 9)
const since10 = all.slice(9)

/** @ann:a alone in a room that has no power levels yet: whatever is of the right form is allowed. */
const fresh = (version: string): Story => story(version).create('@ann:a').joins('@ann:a')

function powerLevels(content: JsonObject): Draft {
  return { type: 'm.room.power_levels', stateKey: '', content }
}

const noIntegers: readonly JsonValue[] = ['100', '', null, true, [], {}, [50]]

test('the first power levels of a room are allowed once their form is right', () => {
  for (const version of all) {
    assertJudged(fresh(version), powerLevels({}), 'allow power-levels/first')
    const beyondOneself = { users: { '@bob:b': 1000 }, ban: 1000, events: { x: 1000 }, notifications: { room: 1000 } }
    assertJudged(fresh(version), powerLevels(beyondOneself), 'allow power-levels/first')
  }
})

test('since version 10 each named level must be an integer', () => {
  for (const name of namedLevels)
    for (const value of noIntegers) {
      for (const version of since10)
        assertJudged(fresh(version), powerLevels({ [name]: value }), 'deny power-levels/integers', `${name} ${value}`)
      assertJudged(fresh('9'), powerLevels({ [name]: value }), 'allow power-levels/first', `${name} ${value}`)
    }
})

test('other keys than the named levels may be anything', () => {
  for (const version of all)
    assertJudged(fresh(version), powerLevels({ historical: 'x', banned: null }), 'allow power-levels/first')
})

test('since version 10 events and notifications must be objects of integers', () => {
  for (const name of ['events', 'notifications'])
    for (const value of [null, 7, '', [], [1], ...noIntegers.map(level => ({ x: 1, room: level }))]) {
      for (const version of since10)
        assertJudged(fresh(version), powerLevels({ [name]: value }), 'deny power-levels/maps', `${name} ${value}`)
      assertJudged(fresh('9'), powerLevels({ [name]: value }), 'allow power-levels/first', `${name} ${value}`)
    }
})

test('in all versions users must be an object of levels', () => {
  for (const version of all)
    for (const users of [null, 7, '', [], [['@ann:a', 100]]])
      assertJudged(fresh(version), powerLevels({ users }), 'deny power-levels/users', `${version} ${users}`)
  for (const value of [null, true, [], {}, '', 'x', '5x', '1.5'])
    for (const version of all)
      assertJudged(fresh(version), powerLevels({ users: { '@bob:b': value } }), 'deny power-levels/users', `${value}`)
})

test('until version 9 users may have levels written as strings, since 10 not', () => {
  const content = { users: { '@bob:b': ' +0050 ' } }
  for (const version of until9) assertJudged(fresh(version), powerLevels(content), 'allow power-levels/first')
  for (const version of since10) assertJudged(fresh(version), powerLevels(content), 'deny power-levels/users')
})

test('in all versions the keys of users must be user IDs', () => {
  const noUserIds = [
    '',
    'bob',
    '@bob',
    'bob:b',
    '@bob:',
    ':b',
    '#bob:b',
    '@bob:b c',
    '@b\0b:b',
    `@${'b'.repeat(253)}:b`,
  ]
  for (const version of all)
    for (const user of noUserIds)
      assertJudged(fresh(version), powerLevels({ users: { [user]: 0 } }), 'deny power-levels/users', user)
})

test('a user ID by the historical grammar is one', () => {
  for (const version of all)
    for (const user of ['@:b', '@Bób:b', '@b b:b', '@bob:b:8448', '@bob:[::1]', `@${'b'.repeat(252)}:b`])
      assertJudged(fresh(version), powerLevels({ users: { [user]: 0 } }), 'allow power-levels/first', user)
})

test('until version 5 a level beyond the range of a double is denied wherever it stands', () => {
  const content = (text: string) => parseJson(text, { mode: 'lenient' }) as JsonObject
  for (const number of ['1e400', '-1e309', '9'.repeat(400)])
    for (const text of [`{"ban": ${number}}`, `{"events": {"x": ${number}}}`, `{"notifications": {"room": ${number}}}`])
      for (const version of ['1', '5'])
        assertJudged(fresh(version), powerLevels(content(text)), 'deny power-levels', `${version} ${text.slice(0, 30)}`)
  // Elsewhere it is no level.
  assertJudged(fresh('5'), powerLevels(content('{"other": 1e400}')), 'allow power-levels/first')
  assertJudged(fresh('5'), powerLevels(content('{"users": {"@bob:b": 50.57}}')), 'allow power-levels/first')
})

test('in version 12 users may list no creator, be it with no power and even as the first power levels', () => {
  const told = story('12')
    .create('@ann:a', { additional_creators: ['@bob:b', '@carl:c'] })
    .joins('@ann:a')
  for (const user of ['@ann:a', '@bob:b', '@carl:c']) {
    assertJudged(told, powerLevels({ users: { '@dan:d': 5, [user]: 0 } }), 'deny power-levels/creators', user)
    const later = story('12')
      .create('@ann:a', { additional_creators: ['@bob:b', '@carl:c'] })
      .joins('@ann:a')
    assertJudged(later.powerLevels('PL1', {}), powerLevels({ users: { [user]: 100 } }), 'deny power-levels/creators')
  }
  assertJudged(told, powerLevels({ users: { '@dan:d': 5 } }), 'allow power-levels/first')
})

test('until version 11 users may list the creator, and whom additional_creators names', () => {
  for (const version of all.slice(0, 11)) {
    const told = story(version)
      .create('@ann:a', { additional_creators: ['@bob:b'] })
      .joins('@ann:a')
    assertJudged(told, powerLevels({ users: { '@ann:a': 100, '@bob:b': 5 } }), 'allow power-levels/first')
  }
})

test('the form is asked in the specification’s order', () => {
  const told = fresh('12')
  const users = { '@ann:a': 'x' }
  assertJudged(told, powerLevels({ ban: 'x', events: 7, users }), 'deny power-levels/integers')
  assertJudged(told, powerLevels({ events: 7, users }), 'deny power-levels/maps')
  assertJudged(told, powerLevels({ users }), 'deny power-levels/users')
  assertJudged(told, powerLevels({ users: { '@ann:a': 1 } }), 'deny power-levels/creators')
})
