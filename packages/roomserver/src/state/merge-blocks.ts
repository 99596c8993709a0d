/**
 * Several blocks into one: a later block overrides an earlier one. Blocks of like size are merged first, so that each entry
 * is moved a logarithmic number of times. Design, "State snapshots and blocks".
 */
import { type DecodedBlock, emptyBlock, firstFrom } from './decoded-block.ts'

/** Entries of each block that are merged between two yields: some 50 microseconds. */
const sliceEntries = 8_192

/**
 * @param blocks from old to young
 * @param absent whether entries that say "absent" are kept. They must be, unless nothing older could be uncovered.
 */
export function mergeBlocks(blocks: readonly DecodedBlock[], absent: 'keep' | 'drop'): DecodedBlock {
  const [only] = blocks
  if (only !== undefined && blocks.length === 1 && absent === 'keep') return only
  const slices = mergeInSlices(blocks, absent)
  for (;;) {
    const slice = slices.next()
    if (slice.done === true) return slice.value
  }
}

/** {@link mergeBlocks} that stops between slices of bounded length. */
export function* mergeInSlices(
  blocks: readonly DecodedBlock[],
  absent: 'keep' | 'drop',
): Generator<void, DecodedBlock> {
  // From young to old. The last of the open ones is the oldest so far; those before it are larger.
  const open: DecodedBlock[] = []
  for (let i = blocks.length - 1; i >= 0; i--) {
    let oldest = blocks[i] as DecodedBlock
    for (let younger = open.at(-1); younger !== undefined; younger = open.at(-1)) {
      if (younger.keys.length > oldest.keys.length) break
      open.pop()
      oldest = yield* mergeTwo(oldest, younger)
    }
    open.push(oldest)
  }
  let merged = open.pop() ?? emptyBlock
  for (let younger = open.pop(); younger !== undefined; younger = open.pop()) merged = yield* mergeTwo(merged, younger)
  return absent === 'drop' ? withoutAbsent(merged) : merged
}

function* mergeTwo(old: DecodedBlock, young: DecodedBlock): Generator<void, DecodedBlock> {
  if (young.keys.length === 0) return old
  if (old.keys.length === 0) return young
  const keys = new Float64Array(old.keys.length + young.keys.length)
  const events = new Uint32Array(keys.length)
  let length = 0
  let oldAt = 0
  let youngAt = 0
  while (oldAt < old.keys.length || youngAt < young.keys.length) {
    // Up to the key where one of the two has done its slice.
    const limit = Math.min(keyAt(old, oldAt + sliceEntries), keyAt(young, youngAt + sliceEntries))
    const oldEnd = firstFrom(old.keys, limit, oldAt)
    const youngEnd = firstFrom(young.keys, limit, youngAt)
    length = mergeSlice(old, oldAt, oldEnd, young, youngAt, youngEnd, keys, events, length)
    oldAt = oldEnd
    youngAt = youngEnd
    yield
  }
  if (length === keys.length) return { keys, events }
  return { keys: keys.slice(0, length), events: events.slice(0, length) }
}

function keyAt({ keys }: DecodedBlock, index: number): number {
  return keys[index] ?? Number.POSITIVE_INFINITY
}

/** @returns the length of what is merged so far */
function mergeSlice(
  old: DecodedBlock,
  oldStart: number,
  oldEnd: number,
  young: DecodedBlock,
  youngStart: number,
  youngEnd: number,
  keys: Float64Array,
  events: Uint32Array,
  start: number,
): number {
  const { keys: oldKeys, events: oldEvents } = old
  const { keys: youngKeys, events: youngEvents } = young
  let length = start
  let i = oldStart
  let j = youngStart
  while (i < oldEnd && j < youngEnd) {
    const oldKey = oldKeys[i] as number
    const youngKey = youngKeys[j] as number
    if (oldKey < youngKey) {
      keys[length] = oldKey
      events[length++] = oldEvents[i++] as number
    } else {
      if (oldKey === youngKey) i++
      keys[length] = youngKey
      events[length++] = youngEvents[j++] as number
    }
  }
  // Of the two at most one has something left.
  keys.set(oldKeys.subarray(i, oldEnd), length)
  events.set(oldEvents.subarray(i, oldEnd), length)
  length += oldEnd - i
  keys.set(youngKeys.subarray(j, youngEnd), length)
  events.set(youngEvents.subarray(j, youngEnd), length)
  return length + youngEnd - j
}

/** A block without the entries that say "absent". */
export function withoutAbsent(block: DecodedBlock): DecodedBlock {
  const { keys, events } = block
  if (!events.includes(0)) return block
  let length = 0
  const keptKeys = new Float64Array(keys.length)
  const keptEvents = new Uint32Array(keys.length)
  for (let i = 0; i < keys.length; i++) {
    if (events[i] === 0) continue
    keptKeys[length] = keys[i] as number
    keptEvents[length++] = events[i] as number
  }
  return { keys: keptKeys.slice(0, length), events: keptEvents.slice(0, length) }
}
