/**
 * State blocks as bytes. Design, "State snapshots and blocks": sorted and packed, delta-coded, checksummed, a version byte.
 *
 *   byte 0      1, the version of this form
 *   bytes 1-4   CRC-32 of the rest, begun with the block's local number: bytes in another block's row are found too
 *   then        for each type a run: its head, how many entries it has (not where the head says one), its entries
 *
 * All numbers are LEB128. A head is the rise over the last type, times 2, plus 1 where the run has one entry. An entry is its
 * state key (after the first of the run: the rise over the last, less 1) and its event: the distance to the last entry's
 * event, folded so that small ones of both signs are short. No two keys share an event, so distance 0 is free to say "absent".
 * One entry takes 9 to 14 bytes, most often 11; an entry among many some 2 to 5.
 */
import { crc32 } from 'node:zlib'
import { localOf, maxLocalNumber, type StateBlockNid } from '../types/index.ts'
import { DamagedBlock } from './damage.ts'
import { type DecodedBlock, emptyBlock, firstFrom } from './decoded-block.ts'
import { lowestKeyOf, maxStateKeyNid, maxTypeNid, stateKeyOfKey, typeOfKey } from './key-number.ts'

const formVersion = 1
const headerBytes = 5
/** Numbers are below 2^30: five bytes. */
const maxNumberBytes = 5
/** The shortest entry, and the shortest run but for one that has its count: what bounds claims of size. */
const leastEntryBytes = 2

/** Packs a block. */
export function encodeBlock(block: StateBlockNid, entries: DecodedBlock): Uint8Array {
  const encoder = new BlockEncoder(entries)
  encoder.encode(entries.keys.length)
  return encoder.finish(block)
}

/** Packs a block piece by piece, so that a large one need not hold up the event loop. */
export class BlockEncoder {
  readonly #entries: DecodedBlock
  #bytes: Uint8Array
  #length = headerBytes
  #at = 0
  #endOfRun = 0
  #lastType = 0
  #lastStateKey = 0
  #lastEvent = 0

  constructor(entries: DecodedBlock) {
    this.#entries = entries
    this.#bytes = new Uint8Array(headerBytes + entries.keys.length * 4 + 4 * maxNumberBytes)
  }

  /** Packs so many more entries. @returns whether there are more */
  encode(count: number): boolean {
    const { keys, events } = this.#entries
    const end = Math.min(keys.length, this.#at + count)
    for (; this.#at < end; this.#at++) {
      const key = keys[this.#at] as number
      if (this.#length + 4 * maxNumberBytes > this.#bytes.length) this.#grow()
      if (this.#at === this.#endOfRun) this.#beginRun(key)
      const stateKey = stateKeyOfKey(key)
      this.#write(stateKey - this.#lastStateKey - 1)
      this.#lastStateKey = stateKey
      this.#writeEvent(events[this.#at] as number)
    }
    return this.#at < keys.length
  }

  /** Seals what was packed under the block's NID. */
  finish(block: StateBlockNid): Uint8Array {
    if (this.#at < this.#entries.keys.length) throw new Error('the block is not packed whole')
    const data = this.#bytes.slice(0, this.#length)
    data[0] = formVersion
    new DataView(data.buffer).setUint32(1, checksum(block, data))
    return data
  }

  #beginRun(key: number): void {
    const type = typeOfKey(key)
    this.#endOfRun = firstFrom(this.#entries.keys, lowestKeyOf(type + 1), this.#at)
    const count = this.#endOfRun - this.#at
    this.#write((type - this.#lastType) * 2 + (count === 1 ? 1 : 0))
    if (count > 1) this.#write(count)
    this.#lastType = type
    this.#lastStateKey = 0
  }

  #writeEvent(event: number): void {
    const distance = event === 0 ? 0 : event - this.#lastEvent
    if (event !== 0 && distance === 0) throw new RangeError(`event ${event} stands under two keys`)
    this.#write(distance < 0 ? -2 * distance - 1 : 2 * distance)
    if (event !== 0) this.#lastEvent = event
  }

  #write(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
  }

  #grow(): void {
    const longer = new Uint8Array(this.#bytes.length * 2)
    longer.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = longer
  }
}

/** Unpacks a block. Takes time and memory in proportion to the bytes, whatever they say. @throws {DamagedBlock} */
export function decodeBlock(block: StateBlockNid, data: Uint8Array): DecodedBlock {
  if (data.length < headerBytes) throw new DamagedBlock(block, `it has ${data.length} bytes`)
  if (data[0] !== formVersion)
    throw new DamagedBlock(block, `it is of form ${data[0]}, this program knows ${formVersion}`)
  if (new DataView(data.buffer, data.byteOffset).getUint32(1) !== checksum(block, data))
    throw new DamagedBlock(block, 'its checksum is another')
  if (data.length === headerBytes) return emptyBlock
  return new BlockDecoder(block, data).decode()
}

function checksum(block: StateBlockNid, data: Uint8Array): number {
  return crc32(data.subarray(headerBytes), localOf(block))
}

class BlockDecoder {
  readonly #block: StateBlockNid
  readonly #data: Uint8Array
  #at = headerBytes

  constructor(block: StateBlockNid, data: Uint8Array) {
    this.#block = block
    this.#data = data
  }

  decode(): DecodedBlock {
    const room = Math.floor((this.#data.length - this.#at) / leastEntryBytes)
    const keys = new Float64Array(room)
    const events = new Uint32Array(room)
    let length = 0
    let type = 0
    let event = 0
    while (this.#at < this.#data.length) {
      const head = this.#read()
      const count = head % 2 === 1 ? 1 : this.#read()
      if (head < 2 || count === 0) throw this.#damaged('a run is empty or of no new type')
      if (count > (this.#data.length - this.#at) / leastEntryBytes)
        throw this.#damaged('a run is longer than the block')
      type += head >>> 1
      if (type > maxTypeNid) throw this.#damaged('a type is too large')
      const base = lowestKeyOf(type)
      let stateKey = 0
      for (const end = length + count; length < end; length++) {
        stateKey += this.#read() + 1
        const distance = this.#read()
        if (distance !== 0) event += distance % 2 === 0 ? distance / 2 : -(distance + 1) / 2
        if (stateKey > maxStateKeyNid) throw this.#damaged('a state key is too large')
        if (distance !== 0 && (event < 1 || event > maxLocalNumber))
          throw this.#damaged('an event number is out of range')
        keys[length] = base + stateKey
        events[length] = distance === 0 ? 0 : event
      }
    }
    // Copies, where much was left over: what is kept in memory is what is counted.
    return { keys: keys.slice(0, length), events: events.slice(0, length) }
  }

  #read(): number {
    const data = this.#data
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = data[this.#at++]
      if (byte === undefined) throw this.#damaged('it ends too early')
      if (shift === 28 && byte > 3) break
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw this.#damaged('a number is too long')
  }

  #damaged(reason: string): DamagedBlock {
    return new DamagedBlock(this.#block, reason)
  }
}
