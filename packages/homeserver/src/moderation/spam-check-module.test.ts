import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Configuration } from '../config/index.ts'
import { loadSpamChecks } from './spam-check-module.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurite-spam-check-'))
after(() => rmSync(folder, { recursive: true }))

function configuration(name: string, source: string): Pick<Configuration, 'server_name' | 'moderation'> {
  writeFileSync(join(folder, name), source)
  const spam_check = { module: name, within: '2 s', when_it_fails: 'refuse' } as const
  return { server_name: 'here.example', moderation: { spam_check } }
}

test('a module makes the checks, and is told which server they are for', async () => {
  const source = 'export default ({ serverName }) => ({ join: () => ({ reason: "nobody joins from " + serverName }) })'
  const { checks, within, whenItFails } = (await loadSpamChecks(configuration('good.mjs', source), folder)) ?? {}
  assert.deepEqual([within, whenItFails], [2_000, 'refuse'])
  const said = await checks?.join?.({ roomId: '!room', userId: '@ann:here.example' })
  assert.deepEqual(said, { reason: 'nobody joins from here.example' })
})

test('without a module there are no checks', async () => {
  assert.equal(await loadSpamChecks({ server_name: 'here.example', moderation: {} }, folder), undefined)
})

for (const [what, source, says] of [
  ['does not run', 'throw new Error("broken")', /cannot be loaded: broken/],
  ['exports no function', 'export default {}', /must be a function/],
  ['makes no object', 'export default () => undefined', /must give an object/],
  ['makes a check that there is not', 'export default () => ({ sned: () => undefined })', /sned is no check/],
] as const)
  test(`a module that ${what} stops the start, and the error says why`, async () => {
    await assert.rejects(loadSpamChecks(configuration(`${what.replaceAll(' ', '-')}.mjs`, source), folder), says)
  })
