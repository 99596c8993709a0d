import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBase64, encodeBase64, encodeBase64Url } from './base64.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test("the specification's examples are encoded and decoded", () => {
  const examples = { '': '', f: 'Zg', fo: 'Zm8', foo: 'Zm9v', foob: 'Zm9vYg', fooba: 'Zm9vYmE', foobar: 'Zm9vYmFy' }
  for (const [text, encoded] of Object.entries(examples)) {
    assert.equal(encodeBase64(bytes(text)), encoded)
    assert.deepEqual(decodeBase64(encoded, 'standard'), bytes(text))
  }
})

test('the two alphabets differ in the last two characters only', () => {
  const last = new Uint8Array([0xfb, 0xff, 0xbf])
  assert.equal(encodeBase64(last), '+/+/')
  assert.equal(encodeBase64Url(last), '-_-_')
})

test('each alphabet refuses the characters of the other, unless either was asked for', () => {
  assert.equal(decodeBase64('-_-_', 'standard'), undefined)
  assert.equal(decodeBase64('+/+/', 'url-safe'), undefined)
  assert.deepEqual(decodeBase64('+_-/', 'either'), new Uint8Array([0xfb, 0xff, 0xbf]))
})

test('padding may be there or not, but not in part', () => {
  assert.deepEqual(decodeBase64('Zg==', 'standard'), bytes('f'))
  assert.deepEqual(decodeBase64('Zm8=', 'standard'), bytes('fo'))
  for (const text of ['Zg=', 'Zm9v=', 'Zm9v====', '====', '=', '==', 'Z===', 'Zg==Zg=='])
    assert.equal(decodeBase64(text, 'standard'), undefined, text)
})

test('white space, other characters and impossible lengths are refused', () => {
  for (const text of ['Z', 'Zm9vY', 'Zm 9', 'Zm9v\n', 'Zmé', '☃aaa', 'Zm9\0'])
    assert.equal(decodeBase64(text, 'either'), undefined, JSON.stringify(text))
})

test('unused bits in the last character are ignored', () => {
  assert.deepEqual(decodeBase64('Zh', 'standard'), bytes('f'))
})

test('what was encoded decodes to itself, also from a view into a larger buffer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), data => {
      const view = new Uint8Array([1, 2, ...data, 3]).subarray(2, 2 + data.length)
      assert.deepEqual(decodeBase64(encodeBase64(view), 'standard'), data)
      assert.deepEqual(decodeBase64(encodeBase64Url(view), 'url-safe'), data)
    }),
  )
})
