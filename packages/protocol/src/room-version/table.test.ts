import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultRoomVersion, type RoomVersionRules, roomVersions, rulesOf, UnsupportedRoomVersion } from './index.ts'

const all = Array.from({ length: 12 }, (_, i) => `${i + 1}`)
const since = (first: number) => all.filter(version => Number(version) >= first)
const until = (last: number) => all.filter(version => Number(version) <= last)

/** For what a flag is asked, and the versions that have it, as their pages say. */
const flags: readonly (readonly [sense: string, has: (rules: RoomVersionRules) => boolean, versions: string[]])[] = [
  ['the event says its own ID', ({ format }) => format.eventId === 'field', until(2)],
  ['IDs are hashes in standard base64', ({ format }) => format.eventId === 'hash', ['3']],
  ['IDs are hashes in URL-safe base64', ({ format }) => format.eventId === 'url-safe-hash', since(4)],
  ['events are named as pairs of ID and hashes', ({ format }) => format.references === 'pairs', until(2)],
  ['events are named by plain IDs', ({ format }) => format.references === 'ids', since(3)],
  ['canonical JSON is enforced', ({ format }) => format.json === 'strict', since(6)],
  ['a depth is below 2^63', ({ format }) => format.maxDepth === 2n ** 63n - 1n, until(5)],
  ['a depth is below 2^53', ({ format }) => format.maxDepth === 2n ** 53n - 1n, since(6)],
  ['long keys have their place', ({ format }) => format.longKeys === 'rejected', until(10)],
  ['redactions name their target in content', ({ format }) => format.redacts === 'content', since(11)],
  ['the event ID’s server signs', ({ signatures }) => signatures.eventIdServerSigns, until(2)],
  ['keys must have been valid', ({ signatures }) => signatures.keyValidity, since(5)],
  ['content names the creator', ({ auth }) => auth.creatorInContent, until(10)],
  ['aliases have a rule of their own', ({ auth }) => auth.aliasesRule, until(5)],
  ['redactions have a rule of their own', ({ auth }) => auth.redactionRule, until(2)],
  ['levels of notifications are checked', ({ auth }) => auth.notificationLevelsChecked, since(6)],
  ['there is knocking', ({ auth }) => auth.knock, since(7)],
  ['there are restricted joins', ({ auth }) => auth.restrictedJoins, since(8)],
  ['there is knock_restricted', ({ auth }) => auth.knockRestricted, since(10)],
  ['levels are integers', ({ auth }) => auth.integerPowerLevels, since(10)],
  ['levels may be floats', ({ auth }) => auth.floatPowerLevels, until(5)],
  ['creators have all power', ({ auth }) => auth.privilegedCreators, ['12']],
  ['room IDs are create event IDs', ({ auth }) => auth.createImpliedByRoomId, ['12']],
  ['state resolution 1', ({ stateResolution }) => stateResolution === 'v1', ['1']],
  ['state resolution 2', ({ stateResolution }) => stateResolution === 'v2', all.slice(1, 11)],
  ['state resolution 2.1', ({ stateResolution }) => stateResolution === 'v2.1', ['12']],
]

for (const [sense, has, versions] of flags)
  test(`${sense}: in versions ${versions.join(', ')}`, () => {
    assert.deepEqual(
      all.filter(version => has(rulesOf(version))),
      versions,
    )
  })

test('there are the twelve stable versions, each under its own name, and rooms get version 12 by default', () => {
  assert.deepEqual([...roomVersions.keys()], all)
  for (const [version, rules] of roomVersions) assert.deepEqual([rules.version, rules.stability], [version, 'stable'])
  assert.equal(defaultRoomVersion, '12')
})

test('an unknown version is an error that says so, and repeats only its beginning', () => {
  for (const version of ['0', '13', '', '1 ', '01', 'constructor', '__proto__', 'org.matrix.msc4242.12'])
    assert.throws(() => rulesOf(version), UnsupportedRoomVersion)
  const error = new UnsupportedRoomVersion('x'.repeat(1000))
  assert.equal(error.errcode, 'M_UNSUPPORTED_ROOM_VERSION')
  assert.ok(error.message.length < 120)
})

test('nobody changes the rules of a version by accident', () => {
  for (const rules of roomVersions.values())
    for (const part of [rules, rules.auth, rules.format, rules.signatures]) assert.ok(Object.isFrozen(part))
})
