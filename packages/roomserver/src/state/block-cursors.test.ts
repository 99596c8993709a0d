import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BlockCursors, type SaidOfKey } from './block-cursors.ts'
import { blockOfPairs } from './decoded-block.ts'

const entries = fc.uniqueArray(fc.tuple(fc.nat(30), fc.nat(9)), { selector: ([key]) => key, maxLength: 12 })

test('every key comes once, rising, with all that the blocks say of it in their order', () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 40 }), blocks => {
      const cursors = new BlockCursors(blocks.map(blockOfPairs))
      const found: SaidOfKey[] = []
      for (let said = cursors.next(); said !== undefined; said = cursors.next()) found.push(said)

      const keys = [...new Set(blocks.flat().map(([key]) => key))].sort((a, b) => a - b)
      const expected = keys.map(key => {
        const said = blocks.flatMap((block, index) =>
          block.filter(([own]) => own === key).map(([, event]) => ({ index, event })),
        )
        return { key, blocks: said.map(({ index }) => index), events: said.map(({ event }) => event) }
      })
      assert.deepEqual(found, expected)
    }),
  )
})

test('of no blocks, and of empty ones, nothing comes', () => {
  assert.equal(new BlockCursors([]).next(), undefined)
  assert.equal(new BlockCursors([blockOfPairs([]), blockOfPairs([])]).next(), undefined)
})
