import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  isJsonObject,
  JsonError,
  type JsonErrorCode,
  type JsonMode,
  type JsonObject,
  maxJsonDepth,
  parseJson,
  RawNumber,
} from './index.ts'

const strict = (text: string | Uint8Array) => parseJson(text, { mode: 'strict' })
const lenient = (text: string | Uint8Array) => parseJson(text, { mode: 'lenient' })

function refuses(
  mode: JsonMode,
  text: string | Uint8Array,
  code: JsonErrorCode,
  message: RegExp,
  offset?: number,
): void {
  assert.throws(
    () => parseJson(text, { mode }),
    (error: unknown) => {
      assert.ok(error instanceof JsonError, String(error))
      assert.equal(error.code, code)
      assert.match(error.message, message)
      if (offset !== undefined) assert.equal(error.offset, offset)
      return true
    },
  )
}

function refusesInBothModes(text: string | Uint8Array, code: JsonErrorCode, message: RegExp, offset?: number): void {
  refuses('strict', text, code, message, offset)
  refuses('lenient', text, code, message, offset)
}

test('strict mode reads the integers of canonical JSON', () => {
  assert.deepEqual(
    strict('[0,7,-1,9007199254740991,-9007199254740991,123456789012345]'),
    [0, 7, -1, 9007199254740991, -9007199254740991, 123456789012345],
  )
})

test('strict mode refuses every other number', () => {
  for (const token of ['1.0', '1.5', '-0.1', '1e3', '1E3', '1e-3', '0e0', '10000000000000000.0'])
    refuses('strict', `[${token}]`, 'number', /has a fraction or an exponent at 1$/, 1)
  refuses('strict', '{"a":-0}', 'number', /-0 is negative zero at 5$/, 5)
  for (const token of ['9007199254740992', '-9007199254740992', '9223372036854775807', '1'.repeat(60_000)])
    refuses('strict', token, 'number', /is beyond ±\(2\^53 - 1\)/, 0)
})

test('lenient mode turns into numbers only what it can write back with the same meaning', () => {
  assert.deepEqual(lenient('[-0,1e10,1E+2,-2e0,0e5,-0e5]'), [0, 10000000000, 100, -2, 0, 0])
  assert.ok(Object.is((lenient('[-0]') as number[])[0], 0))
})

test('lenient mode keeps large integers whole', () => {
  assert.equal(lenient('9007199254740992'), 9007199254740992n)
  assert.equal(lenient('-9223372036854775808'), -9223372036854775808n)
  assert.equal(lenient('9007199254740991'), 9007199254740991)
  assert.equal(lenient('9'.repeat(400)), BigInt('9'.repeat(400)))
})

test('lenient mode keeps all other numbers as they were written', () => {
  for (const token of [
    '1.0',
    '1.5',
    '-0.0',
    '1e-3',
    '10e-1',
    '1e400',
    '1E16',
    '1.0e2',
    '9'.repeat(401),
    '-1'.padEnd(60_000, '0'),
  ])
    assert.deepEqual(lenient(`[${token}]`), [new RawNumber(token)])
})

test('both modes refuse a key that stands twice, however it is written', () => {
  refusesInBothModes('{"a":1,"b":2,"a":1}', 'duplicate-key', /the key "a" a second time at 13$/, 13)
  refusesInBothModes('{"a":1,"\\u0061":2}', 'duplicate-key', /the key "a" a second time/)
  refusesInBothModes('{"1":null,"1":null}', 'duplicate-key', /the key "1"/)
  refusesInBothModes('{"__proto__":1,"__proto__":2}', 'duplicate-key', /the key "__proto__"/)
  refusesInBothModes(
    `{"${'k'.repeat(100)}":1,"${'k'.repeat(100)}":2}`,
    'duplicate-key',
    /the key "k{40}…" a second time/,
  )
  assert.deepEqual(Object.keys(strict('{"a":{"a":{"b":1}},"b":1}') as JsonObject), ['a', 'b'])
})

test('both modes refuse half of a surrogate pair, raw or escaped, in strings and keys', () => {
  refusesInBothModes('["a\ud800"]', 'lone-surrogate', /half of a surrogate pair at 3$/, 3)
  refusesInBothModes('{"\udc00":1}', 'lone-surrogate', /half of a surrogate pair/)
  for (const escaped of ['\\ud800', '\\uDC00', '\\ude00\\ud83d', '\\ud83d x', 'a\\ud83d\\u0041'])
    for (const text of [`["${escaped}"]`, `{"${escaped}":1}`, `["${'long '.repeat(9)}${escaped}"]`])
      refusesInBothModes(text, 'lone-surrogate', /a string with half of a surrogate pair at 1$/, 1)
  assert.equal(strict('"\\ud83d\\ude00"'), '😀')
  refusesInBothModes('"\ud83d\\ude00"', 'lone-surrogate', /half/)
})

test('both modes refuse bytes that are not UTF-8, and a byte order mark', () => {
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xe2, 0x82],
  ])
    refusesInBothModes(new Uint8Array(bytes), 'utf-8', /the bytes are not UTF-8/)
  refusesInBothModes(new Uint8Array([0xef, 0xbb, 0xbf, 0x31]), 'syntax', /unexpected U\+FEFF at 0$/, 0)
  refusesInBothModes('\ufeff1', 'syntax', /unexpected U\+FEFF at 0$/, 0)
  assert.deepEqual(strict(new TextEncoder().encode('["日本語😀"]')), ['日本語😀'])
})

test('both modes refuse what is no JSON and say where', () => {
  const texts: [string, RegExp][] = [
    ['', /unexpected end of the text at 0/],
    ['  ', /unexpected end of the text at 2/],
    ['[1', /unexpected end of the text at 2/],
    ['{"a"', /unexpected end of the text at 4/],
    ['"abc', /unexpected end of the text at 4/],
    ['"abc\\"', /unexpected end of the text at 6/],
    ['{"abc', /unexpected end of the text at 5/],
    ['[1,]', /unexpected U\+005D at 3/],
    ['{"a":1,}', /unexpected U\+007D at 7/],
    ['{a:1}', /unexpected U\+0061 at 1/],
    ['{"a" 1}', /unexpected U\+0031 at 5/],
    ['[1 2]', /unexpected U\+0032 at 3/],
    ['1 2', /unexpected U\+0032 at 2/],
    ['[1}', /unexpected U\+007D at 2/],
    ['tru', /unexpected U\+0074 at 0/],
    ['nulll', /unexpected U\+006C at 4/],
    ['NaN', /unexpected U\+004E at 0/],
    ['01', /unexpected U\+0031 at 1/],
    ['-', /unexpected U\+002D at 0/],
    ['+1', /unexpected U\+002B at 0/],
    ['.5', /unexpected U\+002E at 0/],
    ['[1.]', /unexpected U\+002E at 2/],
    ['1e', /unexpected U\+0065 at 1/],
    ['[\u00a01]', /unexpected U\+00A0 at 1/],
    ['😀', /unexpected U\+1F600 at 0/],
    ['"a\nb"', /a string with a control character or a malformed escape at 0/],
    ['{"a\u0001":1}', /a string with a control character or a malformed escape at 1/],
    ['"\\x"', /malformed escape at 0/],
    ['"\\u12g4"', /malformed escape at 0/],
  ]
  for (const [text, message] of texts) refusesInBothModes(text, 'syntax', message)
})

test('nesting beyond the limit is refused, however deep it goes', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  assert.doesNotThrow(() => strict(nested(maxJsonDepth)))
  refusesInBothModes(nested(maxJsonDepth + 1), 'too-deep', /more than 512 arrays and objects inside each other at 512/)
  refusesInBothModes('['.repeat(100_000), 'too-deep', /more than 512/)
  refusesInBothModes('{"a":'.repeat(100_000), 'too-deep', /more than 512/)
  assert.throws(() => parseJson('[[1]]', { mode: 'strict', maxDepth: 1 }), /more than 1 arrays and objects/)
  assert.throws(() => parseJson('1', { mode: 'strict', maxDepth: maxJsonDepth + 1 }), RangeError)
})

test('a text over the limit of bytes is refused unread', () => {
  const tooLarge = { code: 'too-large', message: 'the JSON has 5 bytes, more than 4' }
  assert.throws(() => parseJson('"é!"', { mode: 'strict', maxBytes: 4 }), tooLarge)
  assert.throws(() => parseJson(new Uint8Array(5), { mode: 'strict', maxBytes: 4 }), tooLarge)
  assert.equal(parseJson('"é!"', { mode: 'strict', maxBytes: 5 }), 'é!')
})

test('objects inherit nothing', () => {
  const object = strict('{"a":1}') as JsonObject
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    assert.equal(object[name], undefined)
    assert.equal(name in object, false)
  }
})

test('names that objects inherit, and integers, are ordinary keys', () => {
  const object = strict('{"__proto__":{"x":1},"constructor":2,"10":3,"9":4,"":5}') as JsonObject
  assert.deepEqual(Object.keys(object), ['9', '10', '__proto__', 'constructor', ''])
  assert.equal(Object.getOwnPropertyDescriptor(object, '__proto__')?.value.x, 1)
  assert.equal(object['x'], undefined)
  assert.equal(object['10'], 3)
})

test('an object is told from the other values', () => {
  assert.ok(isJsonObject(strict('{}')))
  for (const text of ['[]', 'null', '1', '1.5', '"a"', 'true']) assert.ok(!isJsonObject(lenient(text)))
  assert.ok(!isJsonObject(undefined))
})

test('hostile texts of a megabyte are read in one go', () => {
  const size = 1_000_000
  assert.equal((strict(`"${'\\"'.repeat(size / 2)}"`) as string).length, size / 2)
  assert.equal((strict(`"${'\\\\'.repeat(size / 2)}"`) as string).length, size / 2)
  assert.deepEqual(Object.keys(strict(`{"${'k'.repeat(size)}":1}`) as JsonObject), ['k'.repeat(size)])
  assert.equal(
    Object.keys(strict(`{${Array.from({ length: size / 10 }, (_, i) => `"k${i}":0`)}}`) as JsonObject).length,
    size / 10,
  )
  assert.deepEqual(lenient('1'.repeat(size)), new RawNumber('1'.repeat(size)))
  refusesInBothModes(`[${'"\\'.repeat(size / 2)}`, 'syntax', /./)
})

test('what JSON.parse reads without loss is read the same', () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 5 }).filter(text => !unplainNumber.test(text)),
      fc.constantFrom('', ' ', '\n\t'),
      (text, space) => {
        const native = JSON.parse(text)
        const spaced = JSON.stringify(native, null, space)
        assert.deepEqual(JSON.parse(JSON.stringify(strict(spaced))), native)
        assert.deepEqual(JSON.parse(JSON.stringify(strict(new TextEncoder().encode(spaced)))), native)
      },
    ),
    { numRuns: 500 },
  )
})

test('texts that are almost JSON are read as JSON.parse reads them or refused with a JsonError', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '"b',
    '\\',
    '\\u00e9',
    '\\n',
    '1',
    '0',
    '-',
    '.',
    'e',
    'true',
    'null',
    ' ',
    'é',
    '\n',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      const text = pieces.join('')
      const outcome = outcomeOf(() => strict(text))
      if (outcome instanceof JsonError)
        return outcome.code !== 'syntax' || outcomeOf(() => JSON.parse(text)) instanceof SyntaxError
      assert.deepEqual(JSON.parse(JSON.stringify(outcome)), JSON.parse(text))
      return true
    }),
    { numRuns: 20_000 },
  )
})

test('random bytes are read or refused with a JsonError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom('strict', 'lenient'), (bytes, mode) => {
      outcomeOf(() => parseJson(bytes, { mode }))
    }),
    { numRuns: 2000 },
  )
})

/** Numbers that strict mode may refuse, and some texts without any. */
const unplainNumber = /[-.eE]|\d{16}/

/** The value, or the refusal. Any other error goes on. */
function outcomeOf(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    if (error instanceof JsonError || error instanceof SyntaxError) return error
    throw error
  }
}
