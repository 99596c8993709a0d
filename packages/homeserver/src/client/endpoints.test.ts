import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { nameOf } from './endpoint.ts'
import { endpoints } from './endpoints.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))

test('every endpoint that is written is served', () => {
  const written = globSync('**/*.ts', { cwd: folder })
    .filter(file => !file.endsWith('.test.ts') && file !== 'endpoint.ts')
    .map(file => readFileSync(`${folder}${file}`, 'utf8').matchAll(/^export const \w+ = endpoint\(/gm))
    .reduce((count, found) => count + [...found].length, 0)
  assert.equal(endpoints.length, written)
})

test('no two endpoints answer the same request', () => {
  const names = endpoints.map(nameOf)
  assert.deepEqual(
    names.filter((name, at) => names.indexOf(name) !== at),
    [],
  )
})
