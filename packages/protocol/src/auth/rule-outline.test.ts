import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roomVersions, rulesOf } from '../room-version/index.ts'
import { type RuleName, ruleNumber, ruleNumbers, ruleOutline } from './rule-outline.ts'

/** Versions whose pages number the rules alike. */
const pages = [['1', '2'], ['3', '4', '5'], ['6'], ['7'], ['8', '9'], ['10'], ['11'], ['12']]

/** Numbers as the pages show them, one column a group of `pages`; `-`: the version has no such rule. */
const numbersOnPages: Partial<Record<RuleName, string>> = {
  'create/prev-events': '1.1     1.1     1.1     1.1     1.1     1.1     1.1     1.1',
  'create/room-id-domain': '1.2     1.2     1.2     1.2     1.2     1.2     1.2     -',
  'create/has-room-id': '-       -       -       -       -       -       -       1.2',
  'create/room-version': '1.3     1.3     1.3     1.3     1.3     1.3     1.3     1.3',
  'create/creator': '1.4     1.4     1.4     1.4     1.4     1.4     -       -',
  'create/additional-creators': '-       -       -       -       -       -       -       1.4',
  'create/allow': '1.5     1.5     1.5     1.5     1.5     1.5     1.4     1.5',
  'room-id': '-       -       -       -       -       -       -       2',
  'auth-events/duplicate': '2.1     2.1     2.1     2.1     2.1     2.1     2.1     3.1',
  'auth-events/no-create': '2.4     2.4     2.4     2.4     2.4     2.4     2.4     -',
  'auth-events/other-room': '2.5     2.5     2.5     2.5     2.5     2.5     2.5     3.4',
  federate: '3       3       3       3       3       3       3       4',
  'aliases/sender': '4.2     4.2     -       -       -       -       -       -',
  'member/form': '5.1     5.1     4.1     4.1     4.1     4.1     4.1     5.1',
  'member/authoriser': '-       -       -       -       4.2     4.2     4.2     5.2',
  'join/first': '5.2.1   5.2.1   4.2.1   4.2.1   4.3.1   4.3.1   4.3.1   5.3.1',
  'join/invite': '5.2.4   5.2.4   4.2.4   4.2.4   4.3.4   4.3.4   4.3.4   5.3.4',
  'join/restricted/authoriser': '-       -       -       -       4.3.5.2 4.3.5.2 4.3.5.2 5.3.5.2',
  'join/public': '5.2.5   5.2.5   4.2.5   4.2.5   4.3.6   4.3.6   4.3.6   5.3.6',
  'join/otherwise': '5.2.6   5.2.6   4.2.6   4.2.6   4.3.7   4.3.7   4.3.7   5.3.7',
  'invite/third-party/otherwise': '5.3.1.8 5.3.1.8 4.3.1.8 4.3.1.8 4.4.1.8 4.4.1.8 4.4.1.8 5.4.1.8',
  'invite/otherwise': '5.3.5   5.3.5   4.3.5   4.3.5   4.4.5   4.4.5   4.4.5   5.4.5',
  'leave/kick': '5.4.4   5.4.4   4.4.4   4.4.4   4.5.4   4.5.4   4.5.4   5.5.4',
  'ban/power': '5.5.2   5.5.2   4.5.2   4.5.2   4.6.2   4.6.2   4.6.2   5.6.2',
  'knock/join-rule': '-       -       -       4.6.1   4.7.1   4.7.1   4.7.1   5.7.1',
  'member/unknown': '5.6     5.6     4.6     4.7     4.8     4.8     4.8     5.8',
  sender: '6       6       5       5       5       5       5       6',
  'third-party-invite/power': '7.1     7.1     6.1     6.1     6.1     6.1     6.1     7.1',
  'required-power': '8       8       7       7       7       7       7       8',
  'state-key': '9       9       8       8       8       8       8       9',
  'power-levels/integers': '-       -       -       -       -       9.1     9.1     10.1',
  'power-levels/users': '10.1    10.1    9.1     9.1     9.1     9.3     9.3     10.3',
  'power-levels/creators': '-       -       -       -       -       -       -       10.4',
  'power-levels/first': '10.2    10.2    9.2     9.2     9.2     9.4     9.4     10.5',
  'power-levels/named/new': '10.3.2  10.3.2  9.3.2   9.3.2   9.3.2   9.5.2   9.5.2   10.6.2',
  'power-levels/users-changed/current': '10.6.1  10.6.1  9.6.1   9.6.1   9.6.1   9.8.1   9.8.1   10.9.1',
  'power-levels/users-added/new': '10.7.1  10.7.1  9.7.1   9.7.1   9.7.1   9.9.1   9.9.1   10.10.1',
  'power-levels/allow': '10.8    10.8    9.8     9.8     9.8     9.10    9.10    10.11',
  'redaction/own-server': '11.2    -       -       -       -       -       -       -',
  allow: '12      11      10      10      10      10      10      11',
}

test('rules have the numbers that each version’s page shows', () => {
  for (const [name, line] of Object.entries(numbersOnPages))
    for (const [group, versions] of pages.entries())
      for (const version of versions) {
        const onPage = line.split(/ +/)[group]
        const found = ruleNumber(name as RuleName, rulesOf(version)) ?? '-'
        assert.equal(found, onPage, `${name} in version ${version}`)
      }
})

test('a version has as many rules as its page lists', () => {
  // Without the points of 'member/authoriser' and of 'invite/third-party/signature', which count as one with them.
  const counts = Array.from(roomVersions.values(), ({ auth }) => ruleNumbers(auth).size)
  assert.deepEqual(counts, [76, 76, 72, 72, 72, 68, 73, 78, 78, 80, 79, 81])
})

test('no two rules have one name, and none hangs below a rule that is missing', () => {
  assert.equal(new Set(ruleOutline.map(({ name }) => name)).size, ruleOutline.length)
  for (const { auth } of roomVersions.values()) {
    const numbers = [...ruleNumbers(auth).values()]
    assert.equal(new Set(numbers).size, numbers.length)
    for (const number of numbers) {
      const above = number.slice(0, number.lastIndexOf('.'))
      assert.ok(!number.includes('.') || numbers.includes(above), `${number} has no ${above}`)
    }
  }
})
