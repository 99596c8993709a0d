/**
 * Inputs for a reader of PDUs: any bytes, any text, any JSON, and valid PDUs with something changed.
 */
import fc from 'fast-check'
import type { SignedRoom } from './signed-pdus.ts'

/** Values that a JSON text can hold and `JSON.stringify` would not write. */
const rawTokens = [
  ...['-0', '1.0', '1e2', '1e400', '-1E-400', '0.5', '9007199254740993', '9'.repeat(500), '01', '+1', 'NaN', '.5'],
  ...[
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '{"a":1,"a":2}',
    '{"__proto__":{"x":1}}',
    '[1,]',
    '[[[[[[[[[[]]]]]]]]]]',
  ],
]

/** Strings that mean something to the rules somewhere. */
const telling = [
  ...['join', 'invite', 'leave', 'ban', 'knock', 'public', 'restricted', 'knock_restricted', 'm.room.create'],
  ...['m.room.member', 'm.room.power_levels', 'm.room.join_rules', 'm.room.third_party_invite', 'm.room.redaction'],
  ...['@alice:one.example', '@bob:one.example', '@:x', '@', '!room:one.example', '$x:one.example', 'one.example', ''],
  ...['token', 'AAAA', ' 50 ', '+005', '-1', '5x', '1e2', '__proto__', 'constructor', 'toString', 'x'.repeat(256)],
]

const keysOfContent = [
  ...['membership', 'users', 'events', 'notifications', 'users_default', 'state_default', 'ban', 'invite', 'join_rule'],
  ...[
    'creator',
    'additional_creators',
    'room_version',
    'm.federate',
    'redacts',
    'third_party_invite',
    'signed',
    'mxid',
  ],
  ...[
    'join_authorised_via_users_server',
    'token',
    'signatures',
    'public_key',
    'public_keys',
    '__proto__',
    'constructor',
  ],
]

/** JSON as text, with strings and keys that matter to the rules among it. */
const json = fc.letrec<{ value: string; object: string; leaf: string }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    tie('leaf'),
    tie('object'),
    fc.array(tie('value'), { maxLength: 4 }).map(items => `[${items.join()}]`),
  ),
  object: fc
    .uniqueArray(fc.tuple(fc.oneof(fc.constantFrom(...keysOfContent), fc.string({ maxLength: 6 })), tie('value')), {
      maxLength: 5,
      selector: ([key]) => key,
    })
    .map(entries => `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`),
  leaf: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('null', 'true', 'false', '0', '50', '-1', '100') },
    { weight: 6, arbitrary: fc.constantFrom(...telling).map(text => JSON.stringify(text)) },
    { weight: 1, arbitrary: fc.constantFrom(...rawTokens) },
    { weight: 2, arbitrary: fc.integer().map(String) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map(text => JSON.stringify(text)) },
  ),
}))

/** Where a value stands in JSON text: every member and every element, however deep. */
interface Place {
  readonly start: number
  readonly end: number
}

/** The places of all values in a text that `JSON.stringify` could have written. */
function placesOf(text: string): Place[] {
  const places: Place[] = []
  let at = 0
  const value = () => {
    const start = at
    const first = text[at]
    if (first === '{' || first === '[') {
      at++
      while (text[at] !== '}' && text[at] !== ']') {
        if (text[at] === ',') at++
        if (first === '{') {
          at += stringLength(text, at) + 1
        }
        value()
      }
      at++
    } else if (first === '"') at += stringLength(text, at)
    else while (at < text.length && !/[,}\]]/.test(text[at] as string)) at++
    places.push({ start, end: at })
  }
  value()
  return places
}

function stringLength(text: string, start: number): number {
  let end = start + 1
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  return end + 1 - start
}

/** A valid PDU with one to three of its values replaced by others. */
function changedValues(texts: readonly string[]): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(), json.value)
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([text, changes]) => {
      let changed = text
      for (const [index, replacement] of changes) {
        let places: Place[]
        try {
          places = placesOf(JSON.stringify(JSON.parse(changed)))
          changed = JSON.stringify(JSON.parse(changed))
        } catch {
          return changed // An earlier replacement is not JSON: that is change enough.
        }
        const { start, end } = places[index % places.length] as Place
        changed = changed.slice(0, start) + replacement + changed.slice(end)
      }
      return changed
    })
}

/** A valid PDU of one type whose content is anything. */
function otherContent(texts: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...texts), json.object).map(([text, content]) => {
    const { content: _, ...rest } = JSON.parse(text)
    return `${JSON.stringify(rest).slice(0, -1)},"content":${content}}`
  })
}

/** The bytes of a valid PDU, cut off, or with some of them overwritten or put in. */
function changedBytes(texts: readonly string[]): fc.Arbitrary<Uint8Array> {
  const bytes = fc.constantFrom(...texts).map(text => Buffer.from(text))
  return fc
    .tuple(bytes, fc.nat(), fc.uint8Array({ maxLength: 6 }), fc.constantFrom('cut', 'over', 'in'))
    .map(([valid, place, other, way]) => {
      const at = place % valid.length
      if (way === 'cut') return valid.subarray(0, at)
      return Buffer.concat([valid.subarray(0, at), other, valid.subarray(way === 'over' ? at + other.length : at)])
    })
}

/** Anything that may arrive as a PDU of a room. */
export function anyInput({ texts }: SignedRoom): fc.Arbitrary<string | Uint8Array> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }) },
    { weight: 2, arbitrary: json.value },
    { weight: 10, arbitrary: changedValues(texts) },
    { weight: 10, arbitrary: otherContent(texts) },
    { weight: 3, arbitrary: changedBytes(texts) },
  )
}
