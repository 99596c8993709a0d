/**
 * The library's rules and the second opinion agree on random rooms: every verdict, every resolution. A failure names the
 * room and the command that shows it again. More rooms: fast-and-plain.long.test.ts.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type JsonValue, parseLevel, RawNumber, roomVersions } from '@neurite/protocol'
import { compareRooms } from './random-rooms/run.ts'
import { readLevel } from './second-opinion/power-levels.ts'

const conflictsPerVersion = 500

for (const [version, rules] of roomVersions)
  test(`version ${version}: the fast and the plain rules agree on ${conflictsPerVersion} random conflicts`, t => {
    const count = compareRooms(version, conflictsPerVersion)
    t.diagnostic(String(count))
    assert.ok(count.share('unlikeAll') > 0.35, 'too few conflicts whose result is none of the states')
    assert.ok(count.share('powerRelevant') > 0.5, 'too few conflicts over power events')
    if (rules.stateResolution !== 'v1')
      assert.ok(count.share('withDenials') > 0.35, 'too few conflicts in which an event is denied')
  })

/** Numbers as lenient JSON has them, strings, and what is neither. */
function levels(): JsonValue[] {
  const digits = ['0', '00', '7', '050', '9007199254740991', '9007199254740993', '12345678901234567890', '٣', '1_0']
  const signed = digits.flatMap(text => [text, `+${text}`, `-${text}`, `--${text}`, `+ ${text}`])
  const spaces = [
    ' ',
    '\t\n\v\f\r',
    '\u0085',
    '\u00A0',
    '\u1680',
    '\u2028',
    '\u3000',
    '\uFEFF',
    '\u200B',
    '\u001C',
    '\0',
  ]
  const spaced = spaces.flatMap(space => [`${space}5`, `5${space}`, `${space}-5${space}`, `5${space}5`, space])
  const odd = ['', '5x', 'x5', '5.0', '5e1', '0x10', 'Infinity', 'NaN', '+', '-', '1,000']
  const floats = [
    '0.5',
    '-0.5',
    '-0.0',
    '50.99',
    '-50.99',
    '5.114698E4',
    '1e-400',
    '500e-1',
    '0.000005e7',
    '1e400',
    '-1e400',
  ]
  const numbers = [0, 50, -1, Number.MAX_SAFE_INTEGER, 2n ** 53n, -(2n ** 64n), null, true, [], {}, [50], { a: 50 }]
  return [...signed, ...spaced, ...odd, ...numbers, ...floats.map(source => new RawNumber(source))]
}

test('both read every form of a power level alike', () => {
  for (const [version, rules] of roomVersions)
    for (const value of levels()) {
      const [fast, plain] = [parseLevel(value, rules.auth), readLevel(version, value as never)]
      const shown =
        value instanceof RawNumber ? value.source : typeof value === 'bigint' ? `${value}` : JSON.stringify(value)
      assert.equal(fast === undefined ? undefined : BigInt(fast), plain, `${shown} in version ${version}`)
    }
})
