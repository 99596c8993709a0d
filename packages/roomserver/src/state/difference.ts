/**
 * Where states differ. Design, "State snapshots and blocks": what differs between two snapshots is found by skipping the
 * blocks that both have.
 *
 * Skipped are the oldest and the youngest blocks that all lists have in common. A key that only these speak of is the same in all; for
 * every other key what counts is what the whole list says of it, since common blocks may override what differs or show
 * below it.
 */
import type { KeyNumber } from '@neurite/protocol'
import { type EventNid, inRoom, type RoomNid, type StateTuple } from '../types/index.ts'
import { type DecodedBlock, eventIn } from './decoded-block.ts'
import { stateKeyOfKey, typeOfKey } from './key-number.ts'
import { mergeBlocks } from './merge-blocks.ts'
import type { StateView } from './state-view.ts'

/** An entry that is another in the second state; 0 where the state has none. */
export interface StateChange extends StateTuple {
  readonly before: EventNid | 0
  readonly after: EventNid | 0
}

/** What differs between two states of a room, by type and state key. */
export function stateChanges(before: StateView, after: StateView): StateChange[] {
  const room = (after.room === 0 ? before.room : after.room) as RoomNid
  const nid = (event: number) => (event === 0 ? 0 : inRoom<EventNid>(room, event))
  return differingKeys([before, after]).map(({ key, events }) => ({
    type: typeOfKey(key),
    stateKey: stateKeyOfKey(key),
    before: nid(events[0] as number),
    after: nid(events[1] as number),
  }))
}

/** A key on which states differ, with the local number of its event in each of them, 0 where it has none. */
export interface DifferingKey {
  readonly key: KeyNumber
  readonly events: readonly number[]
}

/** The keys on which states differ, rising. */
export function differingKeys(views: readonly StateView[]): DifferingKey[] {
  const [first] = views
  if (first === undefined) return []
  const oldest = commonBlocks(views, (list, i) => list[i])
  const youngest = commonBlocks(views, (list, i) => list[list.length - 1 - i], oldest)
  const below = first.decoded.slice(0, oldest)
  const above = first.decoded.slice(first.decoded.length - youngest)
  const between = views.map(({ decoded }) => mergeBlocks(decoded.slice(oldest, decoded.length - youngest), 'keep'))

  const differing: DifferingKey[] = []
  const at = between.map(() => 0)
  // What each state says of a key between the common blocks, -1 for nothing. One buffer: there may be very many keys.
  const said = between.map(() => -1)
  for (let key = lowestKey(between, at); key < Number.POSITIVE_INFINITY; key = lowestKey(between, at)) {
    for (let i = 0; i < between.length; i++) {
      const { keys, events } = between[i] as DecodedBlock
      const index = at[i] as number
      if (keys[index] !== key) said[i] = -1
      else {
        said[i] = events[index] as number
        at[i] = index + 1
      }
    }
    if (allSame(said) || lookUp(above, key) >= 0) continue
    const under = said.includes(-1) ? Math.max(lookUp(below, key), 0) : 0
    const events = said.map(event => (event === -1 ? under : event))
    if (!allSame(events)) differing.push({ key, events })
  }
  return differing
}

/** How many blocks all lists have in common, counted from one end; `taken` of each are spoken for at the other. */
function commonBlocks<Block>(
  views: readonly StateView[],
  pick: (list: StateView['blocks'], i: number) => Block | undefined,
  taken = 0,
): number {
  const most = Math.min(...views.map(({ blocks }) => blocks.length)) - taken
  let count = 0
  while (count < most && allSame(views.map(({ blocks }) => pick(blocks, count)))) count++
  return count
}

function lowestKey(blocks: readonly DecodedBlock[], at: readonly number[]): number {
  let lowest = Number.POSITIVE_INFINITY
  for (let i = 0; i < blocks.length; i++) {
    const key = blocks[i]?.keys[at[i] as number]
    if (key !== undefined && key < lowest) lowest = key
  }
  return lowest
}

/** What blocks, from old to young, say of a key: -1 for nothing. */
function lookUp(blocks: readonly DecodedBlock[], key: KeyNumber): number {
  for (let i = blocks.length - 1; i >= 0; i--) {
    const event = eventIn(blocks[i] as DecodedBlock, key)
    if (event >= 0) return event
  }
  return -1
}

function allSame(values: readonly unknown[]): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false
  return true
}
