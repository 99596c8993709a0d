import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import {
  type EventNid,
  type EventTypeNid,
  inRoom,
  type RoomNid,
  type StateBlockNid,
  type StateKeyNid,
} from '../types/index.ts'
import { BlockEncoder, decodeBlock, encodeBlock } from './block-codec.ts'
import { DamagedBlock } from './damage.ts'
import { blockOf, blockOfPairs, type DecodedBlock } from './decoded-block.ts'
import { maxStateKeyNid, maxTypeNid } from './key-number.ts'

const room = 3 as RoomNid
const block = inRoom<StateBlockNid>(room, 77)

const numbers = (max: number) => fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max }))
const blocks: fc.Arbitrary<DecodedBlock> = fc
  .tuple(
    fc.uniqueArray(fc.tuple(numbers(maxTypeNid), numbers(maxStateKeyNid)), {
      selector: key => key.join(),
      maxLength: 60,
    }),
    fc.uniqueArray(numbers(2 ** 28 - 1), { minLength: 60, maxLength: 60 }),
    fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
  )
  .map(([keys, events, chances]) =>
    blockOf(
      keys.map(([type, stateKey], i) => ({
        type: type as EventTypeNid,
        stateKey: stateKey as StateKeyNid,
        event: chances.next().value === 0 ? 0 : inRoom<EventNid>(room, events[i] as number),
      })),
    ),
  )

function member(stateKey: number, event: number): DecodedBlock {
  return blockOf([{ type: 5 as EventTypeNid, stateKey: stateKey as StateKeyNid, event: inRoom<EventNid>(room, event) }])
}

test('a block comes back as it was packed', () => {
  fc.assert(fc.property(blocks, entries => assert.deepEqual(decodeBlock(block, encodeBlock(block, entries)), entries)))
})

test('a block that is packed piece by piece has the same bytes', () => {
  fc.assert(
    fc.property(blocks, fc.integer({ min: 1, max: 9 }), (entries, piece) => {
      const encoder = new BlockEncoder(entries)
      while (encoder.encode(piece)) assert.throws(() => encoder.finish(block), /not packed whole/)
      assert.deepEqual(encoder.finish(block), encodeBlock(block, entries))
    }),
  )
})

test('a block of one entry takes at most 12 bytes in a room of 60,000 events', () => {
  assert.equal(encodeBlock(block, member(1, 1)).length, 8)
  assert.equal(encodeBlock(block, member(65_536, 8_191)).length, 11)
  assert.equal(encodeBlock(block, member(2_097_151, 65_000)).length, 12)
})

test('members who joined one after the other take two bytes each', () => {
  const entries = blockOfPairs(Array.from({ length: 1000 }, (_, i) => [5 * 2 ** 29 + 70_000 + i, 100 + i] as const))
  assert.ok(encodeBlock(block, entries).length < 2_020)
})

test('an event that stands under two neighbouring keys is no state', () => {
  const entries = { keys: Float64Array.of(2 ** 29 + 1, 2 ** 29 + 2), events: Uint32Array.of(4, 4) }
  assert.throws(() => encodeBlock(block, entries), /under two keys/)
})

test('every changed bit is found, and the error names block and room', () => {
  const data = encodeBlock(
    block,
    blockOfPairs([
      [2 ** 29 + 1, 1],
      [5 * 2 ** 29 + 70_000, 2],
      [5 * 2 ** 29 + 70_003, 9],
    ]),
  )
  for (let bit = 0; bit < data.length * 8; bit++) {
    const damaged = Uint8Array.from(data)
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
    assert.throws(
      () => decodeBlock(block, damaged),
      (error: unknown) => error instanceof DamagedBlock && error.block === block && error.room === room,
    )
  }
  for (let length = 0; length < data.length; length++)
    assert.throws(() => decodeBlock(block, data.subarray(0, length)), DamagedBlock)
})

test('the bytes of one block are not taken for another', () => {
  const data = encodeBlock(block, member(65_536, 5))
  assert.throws(() => decodeBlock(inRoom<StateBlockNid>(room, 78), data), /checksum/)
})

test('bytes from elsewhere in an unaligned buffer are read alike', () => {
  const data = encodeBlock(block, member(65_536, 5))
  const around = new Uint8Array(data.length + 7)
  around.set(data, 3)
  assert.deepEqual(decodeBlock(block, around.subarray(3, 3 + data.length)), member(65_536, 5))
})

/** Bytes whose checksum is right, whatever they say. */
function sealed(payload: readonly number[]): Uint8Array {
  const data = Uint8Array.of(1, 0, 0, 0, 0, ...payload)
  new DataView(data.buffer).setUint32(1, crc32(Uint8Array.from(payload), 77))
  return data
}

test('bytes with the right checksum that are no block are refused', () => {
  const wrong: Record<string, readonly number[]> = {
    'a run of no type': [1, 0, 2],
    'a run without entries': [4, 0],
    'a run of four thousand million entries': [4, 0xff, 0xff, 0xff, 0xff, 3, 0, 2],
    'a run of more entries than bytes': [4, 200, 1, 0, 2],
    'a number that goes on': [4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
    'a number of 33 bits': [0xff, 0xff, 0xff, 0xff, 0x1f, 1, 1],
    'a type that is too large': [0x81, 0x80, 0x80, 0x80, 1, 0, 2],
    'a state key that is too large': [3, 0xff, 0xff, 0xff, 0xff, 3, 2],
    'an event below 1': [3, 0, 1],
    'an event above 2^28': [3, 0, 0xff, 0xff, 0xff, 0xff, 3],
    'an entry without its event': [3, 0],
  }
  for (const [what, payload] of Object.entries(wrong))
    assert.throws(() => decodeBlock(block, sealed(payload)), DamagedBlock, what)
})

test('any bytes with the right checksum are a block or an error, in memory of their size', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 80 }), payload => {
      let decoded: DecodedBlock
      try {
        decoded = decodeBlock(block, sealed(payload))
      } catch (error) {
        assert.ok(error instanceof DamagedBlock)
        return
      }
      assert.ok(decoded.keys.length <= payload.length / 2)
      for (let i = 1; i < decoded.keys.length; i++)
        assert.ok((decoded.keys[i] as number) > (decoded.keys[i - 1] as number), 'keys rise')
    }),
    { numRuns: 2_000 },
  )
})
