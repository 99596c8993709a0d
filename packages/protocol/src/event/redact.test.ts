import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, JsonValue } from '../canonical-json/index.ts'
import { roomVersions, rulesOf } from '../room-version/index.ts'
import { redactJson } from './redact.ts'

/** The generations of the algorithm by the versions that have it, and what their pages list. */
const generations: readonly {
  readonly versions: readonly string[]
  readonly topLevel: string
  /** By type: the keys of content that stay. */
  readonly content: Readonly<Record<string, string>>
  readonly wholeCreate?: boolean
  readonly keepsSigned?: boolean
}[] = (() => {
  const topLevel =
    'event_id type room_id sender state_key content hashes signatures depth prev_events prev_state auth_events origin ' +
    'origin_server_ts membership'
  const powerLevels = 'ban events events_default kick redact state_default users users_default'
  const first = {
    'm.room.member': 'membership',
    'm.room.create': 'creator',
    'm.room.join_rules': 'join_rule',
    'm.room.power_levels': powerLevels,
    'm.room.history_visibility': 'history_visibility',
  }
  const eighth = { ...first, 'm.room.join_rules': 'join_rule allow' }
  const ninth = { ...eighth, 'm.room.member': 'membership join_authorised_via_users_server' }
  return [
    { versions: ['1', '2', '3', '4', '5'], topLevel, content: { ...first, 'm.room.aliases': 'aliases' } },
    { versions: ['6', '7'], topLevel, content: first },
    { versions: ['8'], topLevel, content: eighth },
    { versions: ['9', '10'], topLevel, content: ninth },
    {
      versions: ['11', '12'],
      topLevel:
        'event_id type room_id sender state_key content hashes signatures depth prev_events auth_events origin_server_ts',
      content: { ...ninth, 'm.room.power_levels': `${powerLevels} invite`, 'm.room.redaction': 'redacts' },
      wholeCreate: true,
      keepsSigned: true,
    },
  ]
})()

const types = [
  ...['m.room.member', 'm.room.create', 'm.room.join_rules', 'm.room.power_levels', 'm.room.aliases'],
  ...['m.room.history_visibility', 'm.room.redaction', 'm.room.message', 'm.room.third_party_invite', 'm.room.topic'],
]
/** Every key that any version keeps, and some that none does. */
const contentKeys = [
  ...['membership', 'join_authorised_via_users_server', 'creator', 'join_rule', 'allow', 'ban', 'events', 'invite'],
  ...['events_default', 'kick', 'redact', 'state_default', 'users', 'users_default', 'aliases', 'redacts'],
  ...[
    'history_visibility',
    'notifications',
    'displayname',
    'body',
    'room_version',
    'public_key',
    'topic',
    'm.federate',
  ],
]
const topLevelKeys = [
  ...['event_id', 'type', 'room_id', 'sender', 'state_key', 'content', 'hashes', 'signatures', 'depth', 'prev_events'],
  ...['prev_state', 'auth_events', 'origin', 'origin_server_ts', 'membership', 'unsigned', 'redacts', 'age', 'x.y'],
]

const withKeys = (keys: readonly string[]): Record<string, JsonValue> =>
  Object.fromEntries(keys.map(key => [key, `value of ${key}`]))

function eventOf(type: string): JsonObject {
  const content = { ...withKeys(contentKeys), third_party_invite: { signed: { token: 'x' }, display_name: 'y' } }
  return { ...withKeys(topLevelKeys), type, content }
}

for (const { versions, topLevel, content, wholeCreate, keepsSigned } of generations)
  for (const version of versions)
    test(`redaction of version ${version} keeps what its page lists, and nothing else`, () => {
      for (const type of types) {
        const event = eventOf(type)
        const redacted = redactJson(event, rulesOf(version))
        assert.deepEqual(Object.keys(redacted).sort(), topLevel.split(' ').sort(), type)

        const kept = redacted['content'] as JsonObject
        const expected = new Set((content[type] ?? '').split(' ').filter(key => key !== ''))
        if (keepsSigned && type === 'm.room.member') expected.add('third_party_invite')
        const keys = wholeCreate && type === 'm.room.create' ? [...contentKeys, 'third_party_invite'] : [...expected]
        assert.deepEqual(Object.keys(kept).sort(), keys.sort(), type)
        for (const key of keys)
          if (key !== 'third_party_invite') assert.equal(kept[key], `value of ${key}`, `${type} ${key}`)
      }
    })

test('every version is of one of these generations', () => {
  assert.deepEqual(
    generations.flatMap(({ versions }) => versions),
    [...roomVersions.keys()],
  )
})

test('since version 11 a member event keeps of third_party_invite what was signed, and nothing where there is none', () => {
  const redacted = (third_party_invite: JsonValue) =>
    redactJson({ type: 'm.room.member', content: { membership: 'invite', third_party_invite } }, rulesOf('11'))[
      'content'
    ]
  assert.deepEqual(redacted({ signed: { token: 'x' }, display_name: 'y' }), {
    membership: 'invite',
    third_party_invite: { signed: { token: 'x' } },
  })
  for (const invite of [{}, { display_name: 'y' }, 'x', null, [{ signed: 1 }]])
    assert.deepEqual(redacted(invite), { membership: 'invite' })
})

test('an event stays as it is when a redacted one is made of it', () => {
  const event = eventOf('m.room.member')
  const before = JSON.stringify(event)
  redactJson(event, rulesOf('11'))
  assert.equal(JSON.stringify(event), before)
})

test('what is redacted once stays the same when redacted again', () => {
  for (const rules of roomVersions.values())
    for (const type of types) {
      const once = redactJson(eventOf(type), rules)
      assert.deepEqual(redactJson(once, rules), once)
    }
})

test('a key that objects inherit is no key of an event', () => {
  const redacted = redactJson({ type: 'constructor', content: { constructor: 1, membership: 'join' } }, rulesOf('11'))
  assert.deepEqual(redacted, { type: 'constructor', content: {} })
})
