import assert from 'node:assert/strict'
import { isIPv6 } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { isIpv6Address } from './ip-address.ts'
import { hostOf, isIpLiteral, isServerName, parseServerName, type ServerName } from './server-name.ts'

test("the specification's examples are server names", () => {
  for (const name of [
    'matrix.org',
    'matrix.org:8888',
    '1.2.3.4',
    '1.2.3.4:1234',
    '[1234:5678::abcd]',
    '[1234:5678::abcd]:5678',
    'localhost',
    'MATRIX.org',
    'a-b.c',
  ])
    assert.ok(isServerName(name), name)
})

test('whatever is outside the grammar is no server name', () => {
  for (const name of [
    '',
    ':8448',
    'a:',
    'a:123456',
    'a:b',
    'a:1:2',
    'a:-1',
    'a b',
    'a_b',
    'a/b',
    'é.org',
    'a\n',
    '::1',
    '[::1',
    '[]',
    '[:]',
    '[::1]8448',
    '[::1]:',
    '[::g]',
    '[fe80::1%eth0]',
    `${'a'.repeat(256)}`,
  ])
    assert.ok(!isServerName(name), name)
  for (const value of [undefined, null, 1, {}, ['a']]) assert.ok(!isServerName(value))
})

test('numbers out of range make a DNS name, not a refusal', () => {
  assert.ok(isServerName('300.1.1.1'))
  assert.ok(isServerName('a:99999'))
})

test('the host is the name without its port, an IPv6 literal with its brackets', () => {
  const hostOfText = (text: string) => hostOf(parseServerName(text) as ServerName)
  assert.equal(hostOfText('a.b:1'), 'a.b')
  assert.equal(hostOfText('a.b'), 'a.b')
  assert.equal(hostOfText('[::1]'), '[::1]')
  assert.equal(hostOfText('[::1]:8448'), '[::1]')
})

test('IP literals are told from names', () => {
  for (const name of ['1.2.3.4', '1.2.3.4:80', '[::1]', '[::1]:80']) assert.ok(isIpLiteral(name as ServerName), name)
  for (const name of ['1.2.3', '1.2.3.4.5', 'a.2.3.4', '1.2.3.4a', '1234.1.1.1'])
    assert.ok(!isIpLiteral(name as ServerName), name)
})

test('IPv6 addresses are those that Node takes, but for zones', () => {
  const group = fc.constantFrom('', '0', 'ab', 'FFFF', '12345', 'g', '1.2.3.4', '256.1.1.1')
  const groups = fc.array(group, { maxLength: 10 }).map(parts => parts.join(':'))
  const shape = fc.constantFrom(
    '::',
    '::1',
    '1::',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:1.2.3.4',
    '::1.2.3.4',
  )
  fc.assert(
    fc.property(fc.oneof(groups, shape), text => {
      assert.equal(isIpv6Address(text), isIPv6(text), text)
    }),
    { numRuns: 3000 },
  )
})
