import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, JsonValue } from '../canonical-json/index.ts'
import type { ServerName } from '../identifiers/index.ts'
import { compileServerAcl } from './server-acl.ts'

const verdict = (content: JsonObject | undefined, server: string) =>
  compileServerAcl(content).allows(server as ServerName)
const allows = (content: JsonObject | undefined, server: string) => verdict(content, server).allowed

test('a room without the event lets everyone in', () => {
  assert.deepEqual(verdict(undefined, 'evil.com'), { allowed: true, reason: 'no-acl' })
  assert.ok(allows(undefined, '1.2.3.4'))
})

test('an event without an allow list lets nobody in', () => {
  assert.deepEqual(verdict({}, 'good.com'), { allowed: false, reason: 'not-in-allow-list' })
  assert.ok(!allows({ deny: ['evil.com'] }, 'good.com'))
  for (const allow of ['*', { '*': true }, null, 1] satisfies JsonValue[]) assert.ok(!allows({ allow }, 'good.com'))
})

test('deny goes before allow', () => {
  const content = { allow: ['*', 'evil.com'], deny: ['evil.com'] }
  assert.deepEqual(verdict(content, 'evil.com'), { allowed: false, reason: 'in-deny-list' })
  assert.deepEqual(verdict(content, 'good.com'), { allowed: true, reason: 'in-allow-list' })
})

test('the port does not matter', () => {
  const content = { allow: ['*'], deny: ['evil.com', '[2001:db8::1]', '1.2.3.4'] }
  for (const server of ['evil.com:8448', 'evil.com:1', '[2001:db8::1]:8448', '[2001:db8::1]', '1.2.3.4:80'])
    assert.ok(!allows(content, server), server)
  assert.ok(!allows({ allow: ['good.com:8448'] }, 'good.com:8448'))
})

test('case does not matter, in the pattern or in the name', () => {
  assert.ok(!allows({ allow: ['*'], deny: ['*.EVIL.com', 'WORSE.com', 'b?D*Z'] }, 'sub.evil.COM'))
  assert.ok(!allows({ allow: ['*'], deny: ['WORSE.com'] }, 'worse.COM'))
  assert.ok(!allows({ allow: ['*'], deny: ['b?D*Z'] }, 'Bad.xyz'))
})

test('a pattern has to match the whole name', () => {
  const content = { allow: ['*'], deny: ['evil.com'] }
  assert.ok(allows(content, 'notevil.com'))
  assert.ok(allows(content, 'evil.com.au'))
  assert.ok(allows(content, 'sub.evil.com'))
})

test('a star and a domain match all names below the domain, and not the domain', () => {
  const content = { allow: ['*'], deny: ['*.evil.com'] }
  assert.ok(!allows(content, 'a.evil.com'))
  assert.ok(!allows(content, 'a.b.evil.com:8448'))
  assert.ok(!allows(content, '.evil.com'))
  assert.ok(allows(content, 'evil.com'))
  assert.ok(allows(content, 'aevil.com'))
})

test('IP literals are refused where allow_ip_literals is false, before the lists are looked at', () => {
  const content = { allow: ['*', '1.2.3.4', '[::1]'], allow_ip_literals: false }
  for (const server of ['1.2.3.4', '1.2.3.4:8448', '[::1]', '[::1]:8448', '[2001:db8::1.2.3.4]'])
    assert.deepEqual(verdict(content, server), { allowed: false, reason: 'ip-literal' })
  for (const server of ['good.com', '1.2.3.4.com', '1.2.3', 'a1.2.3.4']) assert.ok(allows(content, server), server)
})

test('IP literals are let in where allow_ip_literals is absent, true or no boolean', () => {
  for (const allow_ip_literals of [undefined, true, null, 0, 'false', {}] satisfies (JsonValue | undefined)[])
    assert.ok(allows({ allow: ['*'], allow_ip_literals }, '1.2.3.4'))
})

test('entries that are not strings are ignored', () => {
  assert.ok(allows({ allow: [1, null, ['*'], 'good.com'], deny: [{}, true] }, 'good.com'))
  assert.ok(!allows({ allow: [['*']] }, 'good.com'))
})

test('a list of ten thousand names and domains is looked up, not gone through', () => {
  const deny = Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? `evil${i}.com` : `*.evil${i}.com`))
  const acl = compileServerAcl({ allow: ['*'], deny })
  for (let i = 0; i < 10_000; i++) {
    const server = i % 2 === 0 ? `evil${i}.com` : `a.b.evil${i}.com`
    assert.equal(acl.allows(server as ServerName).allowed, false)
  }
  assert.equal(acl.allows('good.com' as ServerName).allowed, true)
})
