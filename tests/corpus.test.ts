/**
 * Replays the shared corpus of rooms, where it is there, by the library's rules and by the second opinion. The corpus
 * lies beside the repository, in `shared/corpus`; the rooms in examples/ are replayed wherever the tests run.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { memoryRoomMaker, protocolJudge, runReplay } from '@neurite/homeserver/replay'
import { nodeCrypto } from '@neurite/protocol'
import { secondOpinion } from './replay-second-opinion.ts'

const folder = fileURLToPath(new URL('../../shared/corpus/generated/', import.meta.url))
const files = existsSync(folder) ? readdirSync(folder).filter(name => /\.json(\.gz)?$/.test(name)) : []
const missing = 'The corpus of rooms is not beside the repository (../shared/corpus/generated): nothing was replayed.'

const judges = { "the library's rules": protocolJudge(nodeCrypto), 'the second opinion': secondOpinion }

for (const [name, judge] of Object.entries(judges))
  test(`every room of the corpus comes out as it expects, in every order, by ${name}`, async t => {
    if (files.length === 0) return t.skip(missing)
    for (const file of files.sort())
      await t.test(file, async () => {
        const lines: string[] = []
        const output = { line: (text: string) => lines.push(text), problem: (text: string) => lines.push(text) }
        const status = await runReplay([folder + file], { order: 'all', json: false }, output, memoryRoomMaker(judge))
        assert.equal(status, 0, lines.join('\n'))
      })
    t.diagnostic(`${files.length} rooms replayed by ${name}`)
  })
