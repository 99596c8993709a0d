/**
 * No operation of the contract without a test: each is called in one of these files, whose tests run in process and over HTTP.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { operations } from '../../src/api/index.ts'

const folder = new URL('.', import.meta.url)
const tests = readdirSync(folder)
  .filter(name => name.endsWith('.test.ts') && !import.meta.url.endsWith(name))
  .map(name => readFileSync(new URL(name, folder), 'utf8'))
  .filter(text => text.includes('inBothTransports('))

test('every operation is called by a test that runs over both transports', () => {
  const untested = Object.keys(operations).filter(
    name => !tests.some(text => new RegExp(`\\bapi\\.${name}\\(`).test(text)),
  )
  assert.deepEqual(untested, [])
})
