import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AddressPolicy } from './address-policy.ts'

const strict = new AddressPolicy({ allowPrivate: false, denied: ['93.184.216.0/24', '2606:2800:21f::/48'] })
const open = new AddressPolicy({ allowPrivate: true, denied: ['10.0.0.0/8', '2606:2800:21f::/48'] })

const special = [
  ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.255', '169.254.169.254'],
  ...['172.16.0.1', '172.31.255.255', '192.0.0.8', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.1'],
  ...['203.0.113.1', '240.0.0.1', '::', '::1', '100::1', '2001::1', '2001:db8::1', 'fc00::1', 'fdff::1', 'fe80::1'],
  ...['fec0::1', '64:ff9b:1::1', '3fff::1', '5f00::1'],
]
const never = ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1', '::ffff:224.0.0.1']
const publicOnes = [
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.0.1',
  '172.32.0.1',
  '2606:4700::1111',
  '2a00::1',
]

test('special addresses are refused, unless private ones are allowed', () => {
  for (const address of special) {
    assert.equal(strict.allows(address), false, address)
    assert.equal(open.allows(address), !address.startsWith('10.'), address)
  }
})

test('public addresses are allowed', () => {
  for (const address of publicOnes) assert.equal(strict.allows(address), true, address)
})

test('multicast and broadcast are refused in any case', () => {
  for (const address of never) {
    assert.equal(strict.allows(address), false, address)
    assert.equal(open.allows(address), false, address)
  }
})

test('denied networks are refused, also where all else is allowed', () => {
  for (const address of ['93.184.216.34', '2606:2800:21f::7', '::ffff:93.184.216.34', '::ffff:5db8:d822'])
    assert.equal(strict.allows(address), false, address)
  for (const address of ['10.9.8.7', '::ffff:10.9.8.7', '2606:2800:21f::7'])
    assert.equal(open.allows(address), false, address)
  assert.equal(strict.allows('93.184.217.34'), true)
})

test('an IPv6 address that stands for an IPv4 address is judged as that one', () => {
  const clothes = [
    '::ffff:127.0.0.1',
    '::FFFF:7F00:1',
    '0:0:0:0:0:ffff:127.0.0.1',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2002:a00:1:2::3',
  ]
  for (const address of clothes) assert.equal(strict.allows(address), false, address)
  for (const address of ['::ffff:1.1.1.1', '64:ff9b::1.1.1.1', '2002:101:101::1'])
    assert.equal(strict.allows(address), true, address)
})

test('what is no address is refused', () => {
  for (const text of ['', 'localhost', '127.1', '0x7f000001', '010.0.0.1', '[::1]', 'fe80::1%eth0', '1.1.1.1:80'])
    assert.equal(open.allows(text), false, text)
})

test('a denied network that is none is said by name', () => {
  for (const denied of ['example.org', '10.0.0.0/33', '10.0.0.0/x', '::/129', '10.0.0/8'])
    assert.throws(() => new AddressPolicy({ allowPrivate: true, denied: [denied] }), RangeError, denied)
})
