/**
 * Holds the rules of the house: the directions of imports, and bans on what has hurt others. Each rule is a test; what
 * it finds is listed as file:line. A second test proves on small samples that each rule can find what it forbids.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { codeRules } from './tidy/code-rules.ts'
import { fileRules, longFiles } from './tidy/file-rules.ts'
import { importRules } from './tidy/import-rules.ts'
import type { Finding, Rule } from './tidy/rule.ts'
import { lineAt, type Source, sourceOf } from './tidy/source.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const rules: readonly Rule[] = [...importRules, ...codeRules, ...fileRules]

/** Folders that hold nothing of ours, or data kept as it came. */
const LEFT_OUT = new Set(['node_modules', '.git', 'dist', 'data', '.cache', 'fixtures', 'vectors', 'corpus'])
const READ = /\.(ts|mjs|js|json|md|ya?ml|sh|sql|html|css)$|^\.ci\/|(^|\/)\.[a-z]+$/

function* sources(folder = ''): Generator<Source> {
  for (const entry of readdirSync(`${root}${folder}`, { withFileTypes: true })) {
    const path = `${folder}${entry.name}`
    if (LEFT_OUT.has(entry.name)) continue
    if (entry.isDirectory()) yield* sources(`${path}/`)
    else if (entry.isFile() && READ.test(path)) yield sourceOf(path, readFileSync(`${root}${path}`, 'utf8'))
  }
}

function findings(rule: Rule, source: Source): Finding[] {
  return rule.appliesTo(source.path) ? [...rule.find(source)] : []
}

const house = [...sources()]

for (const rule of rules)
  test(rule.name, () => {
    const found = house.flatMap(source =>
      findings(rule, source).map(({ offset, says }) => `${source.path}:${lineAt(source.raw, offset)}: ${says}`),
    )
    assert.ok(found.length === 0, `\n${found.join('\n')}\n`)
  })

test('every rule finds its bad samples and passes its good ones', () => {
  for (const rule of rules) {
    assert.ok(rule.bad.length > 0, `no bad sample proves the rule "${rule.name}"`)
    for (const [path, text] of rule.bad)
      assert.notEqual(findings(rule, sourceOf(path, text)).length, 0, `"${rule.name}" misses ${path}:\n${text}`)
    for (const [path, text] of rule.good)
      assert.deepEqual(findings(rule, sourceOf(path, text)), [], `"${rule.name}" refuses ${path}:\n${text}`)
  }
})

test('every file with a reason to be long is there', () => {
  const paths = new Set(house.map(source => source.path))
  assert.deepEqual(
    Object.keys(longFiles).filter(path => !paths.has(path)),
    [],
  )
})

test('a source’s code is its text without comments and without what stands inside literals', () => {
  const code = (text: string) => sourceOf('x.ts', text).code.replace(/ +/g, ' ')
  assert.equal(code("a // 'b'\nc"), 'a \nc')
  assert.equal(code("f('a // b', \"it's\") /* c */ + d"), 'f(\' \', " ") + d')
  assert.equal(code('`a ${b + `c ${d}`} e` + f'), '` ${b + ` ${d}`} ` + f')
  assert.equal(code('`${ { a: 1 }.a } b` // c'), '`${ { a: 1 }.a } ` ')
  assert.equal(code('x = /[\'"/]/.test(y) / 2 / z'), 'x = / .test(y) / 2 / z')
  assert.equal(code('#!/usr/bin/env node\na'), ' \na')
  assert.equal(code("'a\\'b' + c"), "' ' + c")
})
