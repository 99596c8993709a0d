import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedRuntime } from '@neurite/roomserver/runtime'
import { type WebAnswer, WebRequestFailed } from '../transport/web.ts'
import { WellKnown } from './well-known.ts'

const minute = 60_000
const hour = 60 * minute

const answer = (body: unknown, headers: Record<string, string> = {}, status = 200): WebAnswer => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const valid = (delegate: string, headers: Record<string, string> = {}) => answer({ 'm.server': delegate }, headers)

/** A look-up in virtual time; `answers` may be changed on the way. */
function lookUp(...answers: (WebAnswer | 'unreachable')[]) {
  const runtime = new SimulatedRuntime(1)
  const asked: string[] = []
  const wellKnown = new WellKnown({
    runtime,
    get: async url => {
      asked.push(url.href)
      const next = answers.length > 1 ? answers.shift()! : answers[0]!
      if (next === 'unreachable') throw new WebRequestFailed(url, 'no connection')
      return next
    },
  })
  return { runtime, asked, answers, delegateOf: (host = 'example.org') => wellKnown.delegateOf(host), wellKnown }
}

test('a valid answer delegates, whatever the type of its content', async () => {
  const { delegateOf, asked } = lookUp(valid('matrix.example.org:443', { 'content-type': 'text/plain' }))
  assert.equal(await delegateOf(), 'matrix.example.org:443')
  assert.deepEqual(asked, ['https://example.org/.well-known/matrix/server'])
})

const invalid: readonly (readonly [what: string, answer: WebAnswer])[] = [
  ['no JSON', answer('<html>')],
  ['a list', answer([])],
  ['null', answer('null')],
  ['no m.server', answer({ 'm.homeserver': 'x' })],
  ['an m.server that is no string', answer({ 'm.server': 7 })],
  ['an m.server that is no name', answer({ 'm.server': 'https://example.org' })],
  ['a port that there is not', answer({ 'm.server': 'example.org:99999' })],
  ['an address in disguise', answer({ 'm.server': '0x7f000001' })],
  ['another status', answer({ 'm.server': 'matrix.example.org' }, {}, 404)],
  ['a redirect that leads nowhere', answer({ 'm.server': 'matrix.example.org' }, {}, 302)],
]
for (const [what, wrong] of invalid)
  test(`an answer with ${what} delegates to nobody`, async () => {
    assert.equal(await lookUp(wrong).delegateOf(), undefined)
  })

test('many who ask at the same time ask once', async () => {
  const { delegateOf, asked } = lookUp(valid('matrix.example.org'))
  const delegates = await Promise.all([delegateOf(), delegateOf(), delegateOf()])
  assert.deepEqual(delegates, ['matrix.example.org', 'matrix.example.org', 'matrix.example.org'])
  assert.equal(asked.length, 1)
})

/** When it asks again, in milliseconds after the first answer. */
async function asksAgainAfter(headers: Record<string, string>): Promise<number> {
  const { runtime, delegateOf, asked } = lookUp(valid('matrix.example.org', headers))
  await delegateOf()
  while (asked.length === 1) {
    await runtime.advance(minute)
    await delegateOf()
  }
  return runtime.time
}

test('answers are kept as long as they say, between five minutes and 48 hours; for 24 hours where they do not say', async () => {
  const inAnHour = new Date(1_767_225_600_000 + hour).toUTCString()
  assert.equal(await asksAgainAfter({}), 24 * hour)
  assert.equal(await asksAgainAfter({ 'cache-control': 'public, max-age=7200' }), 2 * hour)
  assert.equal(await asksAgainAfter({ 'cache-control': 'max-age=7200', expires: '0' }), 2 * hour)
  assert.equal(await asksAgainAfter({ 'cache-control': 'max-age=99999999' }), 48 * hour)
  assert.equal(await asksAgainAfter({ 'cache-control': 'no-store, max-age=7200' }), 5 * minute)
  assert.equal(await asksAgainAfter({ 'cache-control': 'no-cache' }), 5 * minute)
  assert.equal(await asksAgainAfter({ expires: inAnHour }), hour)
  assert.equal(await asksAgainAfter({ expires: '0' }), 5 * minute)
  assert.equal(await asksAgainAfter({ 'cache-control': 'max-age=' }), 24 * hour)
})

test('after failures it is left alone for a minute, then for twice as long each time, up to an hour', async () => {
  const { runtime, delegateOf, asked } = lookUp('unreachable')
  const moments: number[] = []
  while (runtime.time < 8 * hour) {
    const before = asked.length
    assert.equal(await delegateOf(), undefined)
    if (asked.length > before) moments.push(runtime.time / minute)
    await runtime.advance(minute)
  }
  const waits = moments.slice(1).map((at, index) => at - moments[index]!)
  // Up to a tenth more each, looked at every minute.
  for (const [index, doubled] of [1, 2, 4, 8, 16, 32, 60, 60, 60].entries())
    assert.ok(waits[index]! >= doubled && waits[index]! <= doubled * 1.1 + 1, `wait ${index}: ${waits[index]} minutes`)
})

test('a success ends the doubling', async () => {
  const { runtime, delegateOf, asked, answers } = lookUp('unreachable')
  for (let hours = 0; hours < 5; hours++) {
    await delegateOf()
    await runtime.advance(hour)
  }
  answers[0] = valid('matrix.example.org')
  await runtime.advance(2 * hour)
  assert.equal(await delegateOf(), 'matrix.example.org')
  answers[0] = answer('')
  await runtime.advance(25 * hour)
  assert.equal(await delegateOf(), undefined)
  const before = asked.length
  await runtime.advance(2 * minute)
  await delegateOf()
  assert.equal(asked.length, before + 1)
})

test('a delegation is used on while its host does not answer, up to 48 hours in all', async () => {
  const { runtime, delegateOf, answers } = lookUp(valid('matrix.example.org', { 'cache-control': 'max-age=3600' }))
  await delegateOf()
  for (const down of ['unreachable', answer('', {}, 503)] as const) {
    answers[0] = down
    await runtime.advance(3 * hour)
    assert.equal(await delegateOf(), 'matrix.example.org')
  }
  await runtime.advance(43 * hour)
  assert.equal(await delegateOf(), undefined)
})

test('a delegation that is taken back counts no more', async () => {
  const { runtime, delegateOf, answers } = lookUp(valid('matrix.example.org', { 'cache-control': 'max-age=3600' }))
  await delegateOf()
  answers[0] = answer({}, {}, 404)
  await runtime.advance(2 * hour)
  assert.equal(await delegateOf(), undefined)
})

test('ten thousand hosts are remembered and no more, the latest of them', async () => {
  const { wellKnown, delegateOf, asked } = lookUp(valid('matrix.example.org'))
  for (let host = 0; host < 10_050; host++) await delegateOf(`h${host}.example.org`)
  assert.equal(wellKnown.remembered, 10_000)
  await delegateOf('h10049.example.org')
  assert.equal(asked.length, 10_050)
  await delegateOf('h0.example.org')
  assert.equal(asked.length, 10_051)
})
