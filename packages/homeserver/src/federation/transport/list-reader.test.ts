import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ListReader, type ListReaderOptions } from './list-reader.ts'

const options: ListReaderOptions = {
  lists: { state: 'objects', ids: 'strings' },
  values: ['event', 'partial'],
  maxElementBytes: 200,
  maxValueBytes: 200,
  maxElements: 10,
}

/** Reads a text in pieces of some size. */
function read(text: string, size = Number.POSITIVE_INFINITY, more: Partial<ListReaderOptions> = {}) {
  const taken: [list: string, element: string][] = []
  const reader = new ListReader({ ...options, ...more }, (list, element) => taken.push([list, element]))
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
  return { taken, values: Object.fromEntries(reader.end()) }
}

const tricky =
  ' {"x": [1, {"state": [{}]}], "state" : [ {"a":"]}\\"\\\\"} ,{"b":[{"c":1.50e3}],"d":12345678901234567890}],\n' +
  '"ids":["$a\\u0041", "é😀"], "event":{"e":[]},"y":"\\\\","partial": true ,"state2":null}\r\n'

test('elements are handed out as the text they came as, wherever the pieces end', () => {
  for (let size = 1; size <= 40; size++) {
    const { taken, values } = read(tricky, size)
    assert.deepEqual(taken, [
      ['state', '{"a":"]}\\"\\\\"}'],
      ['state', '{"b":[{"c":1.50e3}],"d":12345678901234567890}'],
      ['ids', '"$a\\u0041"'],
      ['ids', '"é😀"'],
    ])
    assert.deepEqual(values, { event: '{"e":[]}', partial: 'true' })
  }
})

test('lists that are empty, null or not there have no elements', () => {
  assert.deepEqual(read('{"state":[],"ids":null}').taken, [])
  assert.deepEqual(read('{}').taken, [])
})

const refused: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ['what ends in the middle of an element', '{"state":[{"a":1}', /ends in the middle/],
  ['what ends in the middle of a string', '{"state":[{"a":"', /ends in the middle/],
  ['nothing at all', '', /ends in the middle/],
  ['no object', '[]', /in place of an object/],
  ['more after its end', '{} {}', /in place of the end/],
  ['a list that is none', '{"state":{}}', /state is no list/],
  ['a list of the wrong things', '{"state":["$a"]}', /in place of an element of state/],
  ['a list of strings with an object', '{"ids":[{}]}', /in place of an element of ids/],
  ['a list that comes twice', '{"state":[],"state":[]}', /state comes twice/],
  ['a list that is written twice, once in disguise', '{"state":[],"st\\u0061te":[]}', /state comes twice/],
  ['a value that comes twice', '{"event":1,"event":2}', /event comes twice/],
  ['a missing comma', '{"ids":["a" "b"]}', /in place of the end of ids/],
  ['a comma too many', '{"ids":["a",]}', /in place of an element/],
  ['a comma before the end', '{"x":1,}', /in place of a key/],
  ['an element that is too large', `{"state":[{"a":"${'x'.repeat(200)}"}]}`, /more than 200 bytes/],
  ['a value that is too large', `{"event":"${'x'.repeat(200)}"}`, /more than 200 bytes/],
  ['too many elements', `{"ids":[${Array(11).fill('"a"').join()}]}`, /more than 10 elements/],
  ['a key without end', `{"${'x'.repeat(2_000)}`, /more than 1024 bytes/],
]
for (const [what, text, says] of refused)
  test(`it refuses ${what}`, () => {
    for (const size of [1, 7, 10_000]) assert.throws(() => read(text, size), { name: 'ListReaderError', message: says })
  })

test('what is not UTF-8 is refused, and what is passed over may be of any size', () => {
  const reader = new ListReader(options, () => undefined)
  assert.throws(() => reader.push(Buffer.from([...Buffer.from('{"ids":["'), 0xff, ...Buffer.from('"]}')])), /not UTF-8/)
  assert.deepEqual(read(`{"other":"${'x'.repeat(100_000)}","ids":["a"]}`, 1_000).taken, [['ids', '"a"']])
})
