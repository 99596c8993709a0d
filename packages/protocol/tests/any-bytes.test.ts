/**
 * Whatever arrives as a PDU is an event or a PduError, and an event can be put to every rule. More runs:
 * any-bytes.long.test.ts.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizeByState, nodeCrypto, PduError, readPdu, roomVersions } from '@neurite/protocol'
import { read, stateOf } from './any-input/exercise.ts'
import { checkAnyInput } from './any-input/run.ts'
import { bob, signedRoom } from './any-input/signed-pdus.ts'

const runsPerVersion = 400

for (const rules of roomVersions.values())
  test(`version ${rules.version}: any input is an event or a PduError, and the rules take every event`, t => {
    const events = checkAnyInput(rules, runsPerVersion)
    t.diagnostic(`${events} of ${runsPerVersion} inputs were events`)
    assert.ok(events > runsPerVersion / 4, 'too few inputs were events')
  })

test('the valid PDUs that inputs are made from are valid', () => {
  for (const rules of roomVersions.values())
    for (const text of signedRoom(rules).texts) assert.equal(readPdu(text, rules, nodeCrypto).contentHashMatches, true)
})

test('long and deep inputs are refused or judged as fast as short ones', () => {
  const long = 65_000
  const texts = [
    '['.repeat(long),
    '{"a":'.repeat(long),
    `{"content":${'['.repeat(long)}${']'.repeat(long)}}`,
    `{"depth":${'9'.repeat(long)}}`,
    `{"depth":1e${'9'.repeat(long)}}`,
    `"${'\\u0000'.repeat(long)}"`,
    `{${Array.from({ length: 6000 }, (_, i) => `"${i}":0`).join()}}`,
  ]
  for (const rules of roomVersions.values()) for (const text of texts) assert.ok(read(text, rules) instanceof PduError)
})

test('long strings for power levels are judged in time linear in their length', () => {
  const long = 60_000
  const strings = [
    '0'.repeat(long),
    `${'0'.repeat(long)}x`,
    '9'.repeat(long),
    `${' '.repeat(long)}x`,
    `5${' '.repeat(long)}x`,
  ]
  const start = performance.now()
  for (const rules of roomVersions.values()) {
    const room = signedRoom(rules)
    const template = room.texts.find(text => text.includes('"m.room.power_levels"')) ?? assert.fail()
    for (const level of strings)
      for (const content of [{ ban: level }, { users: { [bob]: level } }, { events: { 'm.room.topic': level } }]) {
        const event = read(JSON.stringify({ ...JSON.parse(template), content }), rules)
        assert.ok(!(event instanceof PduError))
        for (const state of [room.events, [...room.events, event]]) authorizeByState(event, stateOf(state), nodeCrypto)
      }
  }
  // Some milliseconds each. Time that grows with the square of the length would be minutes.
  assert.ok(performance.now() - start < 30_000)
})
