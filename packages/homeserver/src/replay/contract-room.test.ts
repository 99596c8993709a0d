import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { replayOrder } from './replay.ts'
import { readRoomFile } from './room-file.ts'
import { pipelineRoomMaker } from './room-makers.ts'

const examples = new URL('../../../../examples/', import.meta.url)
const files = readdirSync(examples).filter(name => /\.json(\.gz)?$/.test(name))

test('there are examples to replay', () => {
  assert.notDeepEqual(files, [])
})

for (const file of files)
  test(`${file} comes out the same through the contract over HTTP`, async () => {
    const room = await readRoomFile(fileURLToPath(new URL(file, examples)))
    const make = pipelineRoomMaker({ storage: 'memory', database: undefined, holdBack: undefined, via: 'inthttp' })
    for (const order of room.orders.keys())
      assert.deepEqual(await replayOrder(room, order, make, { batch: 50, graphOnly: false }), [])
  })
