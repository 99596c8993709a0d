/**
 * docs/rules.md is what the sources say, and every decision of the authorisation rules has a test.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

test('docs/rules.md is up to date, and every rule that can decide does so in a test, for each side that it can take', () => {
  const script = fileURLToPath(new URL('../scripts/rules-table.ts', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })
  assert.equal(status, 0, `\n${stderr}`)
})
