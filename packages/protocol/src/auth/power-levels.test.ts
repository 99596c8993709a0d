import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type JsonObject, type JsonValue, parseJson } from '../canonical-json/index.ts'
import { rulesOf } from '../room-version/index.ts'
import { isBeyondDouble, type Level, parseLevel } from './power-levels.ts'

/** A level as it stands in an event of a version: the JSON text is read as that version reads it. */
function levelIn(version: string, text: string): Level | undefined {
  const { auth, format } = rulesOf(version)
  return parseLevel(parseJson(text, { mode: format.json }), auth)
}

const nonBreakingSpace = '\u00a0'
const nextLine = '\u0085'
const byteOrderMark = '\ufeff'

const readable: readonly (readonly [text: string, level: Level])[] = [
  ['100', 100],
  ['000100', 100],
  ['+100', 100],
  ['-100', -100],
  [' 100 ', 100],
  [' 00100 ', 100],
  [' +100 ', 100],
  [' -100 ', -100],
  ['\t\n\r\v\f 5\t\n', 5],
  [`${nonBreakingSpace}5${nonBreakingSpace}`, 5],
  [`${nextLine}5`, 5],
  ['0', 0],
  ['-0', 0],
  ['+000', 0],
  ['9007199254740991', 2 ** 53 - 1],
  ['-9007199254740991', -(2 ** 53) + 1],
  ['9007199254740992', 2n ** 53n],
  ['-9007199254740993', -(2n ** 53n) - 1n],
  [`${'0'.repeat(1000)}7`, 7],
]

for (const version of ['1', '5', '6', '9'])
  test(`in version ${version} a string may be a level: white space, a sign, zeros, digits`, () => {
    for (const [text, level] of readable) assert.equal(levelIn(version, JSON.stringify(text)), level, text)
  })

test('a string with anything else in it is no level', () => {
  const unreadable = [
    ...['', ' ', '+', '-', '5x', 'x5', '5.0', '5.', '.5', '1e2', '1_000', '1,000', '0x10', '0b1', '0o7'],
    ...['+-5', '--5', '+ 5', '- 5', '5 5', '5-', 'NaN', 'Infinity', '-Infinity', 'null', 'true', '५', '５', '½', '5n'],
    ...[`${byteOrderMark}5`, '\u200b5', '5\0'],
  ]
  for (const version of ['1', '9'])
    for (const text of unreadable) assert.equal(levelIn(version, JSON.stringify(text)), undefined, JSON.stringify(text))
})

test('since version 10 no string is a level', () => {
  for (const version of ['10', '11', '12'])
    for (const [text] of readable) assert.equal(levelIn(version, JSON.stringify(text)), undefined, text)
})

test('until version 5 a float is a level: the exponent applied, the fraction cut off', () => {
  const floats: readonly (readonly [text: string, level: Level])[] = [
    ['5.114698E4', 51146],
    ['50.57', 50],
    ['50.99999999999', 50],
    ['-50.57', -50],
    ['1.0', 1],
    ['-0.9', 0],
    ['0.9', 0],
    ['-0.0', 0],
    ['-0', 0],
    ['1e2', 100],
    ['1E+2', 100],
    ['12e-1', 1],
    ['1e-400', 0],
    ['1e17', 10n ** 17n],
    ['9007199254740992', 2n ** 53n],
    ['9007199254740993', 2n ** 53n + 1n],
    ['-123456789012345678901234567890', -123456789012345678901234567890n],
    ['1e308', BigInt(1e308)],
  ]
  for (const version of ['1', '5'])
    for (const [text, level] of floats) assert.equal(levelIn(version, text), level, text)
})

test('numbers beyond the range of a double are no levels', () => {
  for (const text of ['1e309', '-1e309', '1.5e999999', '1e400']) {
    assert.equal(levelIn('5', text), undefined, text)
    assert.equal(isBeyondDouble(parseJson(text, { mode: 'lenient' })), true, text)
  }
  for (const text of ['9'.repeat(309), `-${'9'.repeat(500)}`, '9'.repeat(5000)])
    assert.equal(isBeyondDouble(parseJson(text, { mode: 'lenient' })), true, `${text.length} digits`)
  for (const text of ['1e308', '1e-400', '123456789012345678901234567890', '"1e400"', 'null', '{}'])
    assert.equal(isBeyondDouble(parseJson(text, { mode: 'lenient' })), false, text)
})

test('in all versions an integer is a level and nothing that is neither number nor string', () => {
  for (const version of ['1', '6', '10', '12']) {
    for (const level of [0, -5, 100, 2 ** 53 - 1, -(2 ** 53) + 1])
      assert.equal(levelIn(version, String(level)), level, version)
    for (const text of ['null', 'true', 'false', '[]', '[5]', '{}'])
      assert.equal(levelIn(version, text), undefined, text)
    assert.equal(parseLevel(undefined, rulesOf(version).auth), undefined)
  }
})

test('since version 6 floats do not even get as far as the rules', () => {
  for (const version of ['6', '12'])
    for (const text of ['1.0', '1e2', '-0', '9007199254740992']) assert.throws(() => levelIn(version, text), text)
})

test('a level compares by value, whatever it was written as', () => {
  const { auth } = rulesOf('5')
  const values = parseJson('{"a": 9007199254740992, "b": "09007199254740992", "c": 9.007199254740992e15, "d": 1e2}', {
    mode: 'lenient',
  }) as JsonObject
  const level = (key: string) => parseLevel(values[key] as JsonValue, auth)
  assert.deepEqual([level('a'), level('b'), level('c')], [2n ** 53n, 2n ** 53n, 2n ** 53n])
  assert.equal(level('d'), 100)
})
