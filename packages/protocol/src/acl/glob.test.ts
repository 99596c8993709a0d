import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileGlob, globMatches, type StepCounter } from './glob.ts'

const matches = (pattern: string, text: string) => globMatches(compileGlob(pattern), text)

/** What the two rules of the specification say, word for word, and exponential. */
function matchesByDefinition(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  const rest = pattern.slice(1)
  if (pattern[0] === '*')
    return matchesByDefinition(rest, text) || (text !== '' && matchesByDefinition(pattern, text.slice(1)))
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && matchesByDefinition(rest, text.slice(1))
}

test('a pattern without wildcards matches itself only', () => {
  assert.ok(matches('evil.com', 'evil.com'))
  assert.ok(!matches('evil.com', 'evil.co'))
  assert.ok(!matches('evil.com', 'evil.comm'))
  assert.ok(!matches('evil.com', 'notevil.com'))
})

test('a star stands for any characters, none included, and a question mark for exactly one', () => {
  assert.ok(matches('*', ''))
  assert.ok(matches('a*b', 'ab'))
  assert.ok(matches('a*b', 'a.b.b'))
  assert.ok(matches('a?b', 'a.b'))
  assert.ok(!matches('a?b', 'ab'))
  assert.ok(!matches('a?b', 'a..b'))
})

test('characters that mean something in regular expressions mean themselves', () => {
  assert.ok(!matches('evil.com', 'evilxcom'))
  assert.ok(matches('[::1]', '[::1]'))
  assert.ok(!matches('[ab]', 'a'))
  assert.ok(matches('a\\*', 'a\\b'))
})

test('head and tail may not share characters of the text', () => {
  assert.ok(!matches('aba*aba', 'aba'))
  assert.ok(!matches('aba*aba', 'ababa'))
  assert.ok(matches('aba*aba', 'abaaba'))
})

test('a part longer than a machine word is found, with wildcards in it', () => {
  const part = `${'ab'.repeat(40)}?${'c'.repeat(30)}`
  assert.ok(matches(`*${part}*z`, `ab${'ab'.repeat(40)}x${'c'.repeat(30)}cz`))
  assert.ok(!matches(`*${part}*z`, `ab${'ab'.repeat(40)}x${'c'.repeat(29)}dz`))
})

test('every verdict is the one of the definition', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, text, (p, t) => {
      assert.equal(matches(p, t), matchesByDefinition(p, t))
    }),
    { numRuns: 2000 },
  )
})

test('matching takes linear time: the steps are bounded, whatever the pattern', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'a', 'a', 'b'), maxLength: 255 })
  const patterns = fc.string({ unit: fc.constantFrom('a', 'a', 'a', 'b', '?', '*'), maxLength: 300 })
  fc.assert(
    fc.property(patterns, letters, (pattern, text) => {
      assert.ok(stepsOf(pattern, text) <= bound(pattern, text))
    }),
    { numRuns: 2000 },
  )
})

test('patterns that are hostile to backtracking stay within the same bound', () => {
  const text = 'a'.repeat(255)
  for (const pattern of [
    `${'*a'.repeat(120)}*b*`,
    `${'*a*a?'.repeat(50)}b`,
    `*${'a'.repeat(127)}b*c`,
    `*${'?'.repeat(127)}b*`,
  ])
    assert.ok(stepsOf(pattern, text) <= bound(pattern, text), pattern)
})

test('a host name of 255 characters costs at most eight steps a character, and one for each of the pattern', () => {
  const text = 'a'.repeat(255)
  for (const size of [1, 10, 60, 120, 127, 200, 1000])
    for (const part of ['a', 'a?', '*a', '?', '*a?a'])
      for (const pattern of [`*${part.repeat(size)}*b*`, `*${part.repeat(size)}b*`, `${part.repeat(size)}*b*`])
        assert.ok(stepsOf(pattern, text) <= 8 * text.length + pattern.length, pattern)
})

test('twice the text and twice the pattern take twice the steps', () => {
  const hostile = (size: number) => stepsOf(`${'*a?a'.repeat(size)}*b*`, 'a'.repeat(4 * size))
  for (const size of [64, 256, 1024, 4096]) {
    assert.ok(hostile(size) >= 4 * size)
    assert.ok(hostile(2 * size) <= 2 * hostile(size) + 1)
  }
})

function stepsOf(pattern: string, text: string): number {
  const counter: StepCounter = { steps: 0 }
  globMatches(compileGlob(pattern), text, counter)
  return counter.steps
}

function bound(pattern: string, text: string): number {
  return text.length * Math.ceil(pattern.length / 32) + pattern.length
}
