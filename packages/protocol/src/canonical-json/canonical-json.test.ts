import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  canonicalJson,
  codePointCompare,
  JsonError,
  type JsonValue,
  maxJsonDepth,
  parseJson,
  RawNumber,
} from './index.ts'

const rewritten = (text: string, mode: 'strict' | 'lenient' = 'strict') => canonicalJson(parseJson(text, { mode }))
const refuses = (value: unknown, code: string) =>
  assert.throws(
    () => canonicalJson(value as JsonValue),
    (error: unknown) => error instanceof JsonError && error.code === code,
  )

const vectors = new URL('../../tests/fixtures/canonical-json.json', import.meta.url)
for (const { input, canonical } of JSON.parse(readFileSync(vectors, 'utf8')).cases)
  test(`the specification's example becomes ${canonical}`, () => {
    assert.equal(rewritten(input, 'lenient'), canonical)
  })

test('keys are sorted by code point, where JavaScript sorts by UTF-16 unit', () => {
  assert.equal(
    canonicalJson({ '\u{1F600}': 1, '\uFF5E': 2, '\uE000': 3, a: 4, '': 5 }),
    '{"":5,"a":4,"\uE000":3,"～":2,"😀":1}',
  )
})

test('keys that look like integers are sorted as text', () => {
  assert.equal(rewritten('{"9":1,"10":2,"-1":3,"a":4,"4294967295":5}'), '{"-1":3,"10":2,"4294967295":5,"9":1,"a":4}')
})

test('objects with many keys are sorted, too', () => {
  const keys = Array.from({ length: 1000 }, (_, i) => `${(i * 7919) % 1000}${i % 3 ? '\u{1F600}' : '\uE000'}`)
  const text = `{${keys.map(key => `"${key}":0`).join(',')}}`
  const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  assert.equal(rewritten(text), `{${sorted.map(key => `"${key}":0`).join(',')}}`)
})

test('strings are escaped as little as can be, control characters in lower case', () => {
  assert.equal(
    rewritten(String.raw`"\u0000\u0008\u0009\u000A\u000b\u000C\u000d\u001F\u0022\u005C\u002f\u007f\u2028\ud83d\ude00"`),
    `${String.raw`"\u0000\b\t\n\u000b\f\r\u001f\"\\/`}\u007f\u2028😀"`,
  )
})

test('names that objects inherit are ordinary keys', () => {
  const text = '{"__proto__":{"a":1},"constructor":null,"hasOwnProperty":2,"toString":"x"}'
  assert.equal(rewritten(text), text)
})

test('members that are undefined are left out', () => {
  assert.equal(canonicalJson({ a: undefined, b: 1, c: undefined }), '{"b":1}')
  assert.equal(canonicalJson({ a: undefined }), '{}')
})

test('large integers and raw numbers are written with their own digits', () => {
  assert.equal(
    canonicalJson([2n ** 63n - 1n, new RawNumber('1.50'), -0, 2 ** 53 - 1]),
    '[9223372036854775807,1.50,0,9007199254740991]',
  )
})

test('what canonical JSON does not have is refused', () => {
  for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53)]) refuses([value], 'number')
  for (const value of ['\ud800', 'a\udc00b', { '\udfff': 1 }, ['\ude00\ud83d']]) refuses(value, 'lone-surrogate')
  for (const value of [undefined, [undefined], () => 0, Symbol('a')]) refuses(value, 'not-json')
})

test('cycles and deep nesting are refused without overflowing the stack', () => {
  const cycle: Record<string, unknown> = {}
  cycle.self = [cycle]
  refuses(cycle, 'too-deep')

  let deep: JsonValue = 0
  for (let i = 0; i < maxJsonDepth; i++) deep = [deep]
  assert.equal(canonicalJson(deep).length, 2 * maxJsonDepth + 1)
  for (let i = 0; i < 100_000; i++) deep = [deep]
  refuses(deep, 'too-deep')
})

test('ever new keys, long ones among them, are written like the first', () => {
  for (let i = 0; i < 5000; i++) assert.equal(canonicalJson({ [`"key${i}`]: i }), `{"\\"key${i}":${i}}`)
  const long = 'k'.repeat(1_000_000)
  for (let i = 0; i < 2; i++) assert.equal(canonicalJson({ [long]: 1 }), `{"${long}":1}`)
})

test('canonical JSON reads back as the same value, and is written the same again', () => {
  fc.assert(
    fc.property(jsonValues(), value => {
      const text = canonicalJson(value)
      const read = parseJson(text, { mode: 'strict' })
      assert.equal(canonicalJson(read), text)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
      assert.deepEqual(withPrototypes(read), JSON.parse(text))
    }),
    { numRuns: 500 },
  )
})

test('strings are compared in the order of their UTF-8 bytes', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', '\uD7FF', '\uE000', '\uFFFF', '\u{10000}', '\u{10FFFF}'),
  })
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(codePointCompare(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    { numRuns: 1000 },
  )
})

/** Any canonical value. Keys include those that objects inherit and those that look like integers. */
function jsonValues(): fc.Arbitrary<JsonValue> {
  const string = fc.string({ unit: 'binary' })
  const key = fc.oneof(string, fc.constantFrom('constructor', 'toString', '0', '10', '9', 'a'))
  return fc.letrec<{ value: JsonValue }>(tie => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger().map(number => number + 0),
      string,
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(key, tie('value'), { maxKeys: 20 }),
    ),
  })).value
}

/** The same value made of ordinary objects, for comparison with what `JSON.parse` makes. */
function withPrototypes(value: JsonValue): unknown {
  return JSON.parse(JSON.stringify(value))
}
