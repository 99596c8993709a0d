/**
 * Merges that are too large for a commit of the work: made beside it, in slices that let other work run, and added to the room
 * in a commit of their own. Design, "State snapshots and blocks": merges run beside the work, starting well below 64.
 */
import type { RoomNid, StateBlockNid } from '../types/index.ts'
import { BlockEncoder } from './block-codec.ts'
import type { DecodedBlock } from './decoded-block.ts'
import { mergeInSlices } from './merge-blocks.ts'
import type { StateBuilder, WantedMerge } from './state-builder.ts'
import type { StateReader } from './state-reader.ts'

/** Entries that are packed between two yields: some 100 microseconds. */
const encodeEntries = 8_192

/** A merge that is ready to be added. */
export interface PreparedMerge {
  readonly wanted: WantedMerge
  readonly entries: DecodedBlock
  readonly pack: (block: StateBlockNid) => Uint8Array
}

export class LargeMerges {
  readonly #reader: StateReader
  readonly #yieldNow: () => Promise<void>
  readonly #underWay = new Map<string, WantedMerge>()

  constructor(reader: StateReader, yieldNow: () => Promise<void>) {
    this.#reader = reader
    this.#yieldNow = yieldNow
  }

  /** Whether it is being made: so nobody else need look for it. */
  isUnderWay(inputs: readonly StateBlockNid[]): boolean {
    return this.#underWay.size > 0 && this.#underWay.has(nameOf(inputs))
  }

  async prepare(merge: WantedMerge): Promise<PreparedMerge | undefined> {
    if (this.isUnderWay(merge.inputs)) return undefined
    // Its own: the same may be wanted again after this one was given up.
    const wanted = { ...merge }
    this.#underWay.set(nameOf(wanted.inputs), wanted)
    let prepared: PreparedMerge | undefined
    try {
      prepared = await this.#make(wanted)
    } finally {
      if (prepared === undefined) this.drop(wanted)
    }
    return prepared
  }

  async #make(wanted: WantedMerge): Promise<PreparedMerge | undefined> {
    const { room, inputs, oldest } = wanted
    if ((await this.#reader.identity(room, 'merge', inputs)) !== undefined) return undefined
    const blocks: DecodedBlock[] = []
    for (const input of inputs) {
      blocks.push(...(await this.#reader.blocks([input])))
      await this.#yieldNow()
    }
    const slices = mergeInSlices(blocks, oldest ? 'drop' : 'keep')
    let slice = slices.next()
    for (; slice.done !== true; slice = slices.next()) await this.#yieldNow()
    const entries = slice.value
    const encoder = new BlockEncoder(entries)
    while (encoder.encode(encodeEntries)) await this.#yieldNow()
    return { wanted, entries, pack: block => encoder.finish(block) }
  }

  async add(builder: StateBuilder, prepared: PreparedMerge): Promise<boolean> {
    const { wanted, entries, pack } = prepared
    const { room, inputs } = wanted
    if (!this.drop(wanted)) return false
    if (builder.room !== room)
      throw new Error(`a merge of room NID ${room} does not belong into one of ${builder.room}`)
    if ((await this.#reader.identity(room, 'merge', inputs, builder)) !== undefined) return false
    const merged = builder.addBlock(entries, pack)
    builder.addIdentity('merge', inputs, merged)
    return true
  }

  /** @returns whether it was still to be made */
  drop(wanted: WantedMerge): boolean {
    const name = nameOf(wanted.inputs)
    return this.#underWay.get(name) === wanted && this.#underWay.delete(name)
  }

  /** Commits of the room failed, and with them blocks that may be what a merge is made of: their numbers are given out again. */
  forgetRoom(room: RoomNid): void {
    for (const wanted of this.#underWay.values()) if (wanted.room === room) this.drop(wanted)
  }
}

function nameOf(inputs: readonly StateBlockNid[]): string {
  return inputs.join(' ')
}
