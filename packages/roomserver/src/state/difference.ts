/**
 * Where states differ. Design, "State snapshots and blocks": what differs between two snapshots is found by skipping the
 * blocks that both have.
 *
 * Skipped are the oldest and the youngest blocks that all lists have in common. A key that only these speak of is the same in all; for
 * every other key what counts is what the whole list says of it, since common blocks may override what differs or show
 * below it.
 */
import type { ConflictedEntry, KeyNumber } from '@neurite/protocol'
import { type EventNid, inRoom, type RoomNid, type StateTuple } from '../types/index.ts'
import { BlockCursors } from './block-cursors.ts'
import { type DecodedBlock, eventIn } from './decoded-block.ts'
import { stateKeyOfKey, typeOfKey } from './key-number.ts'
import { mergeBlocks } from './merge-blocks.ts'
import type { StateView } from './state-view.ts'

/** An entry that is another in the second state; 0 where the state has none. */
export interface StateChange extends StateTuple {
  readonly before: EventNid | 0
  readonly after: EventNid | 0
}

/** What differs between two states of a room, by type and state key. @param differing the keys on which they do, where that is known */
export function stateChanges(before: StateView, after: StateView, differing?: readonly DifferingKey[]): StateChange[] {
  const room = (after.room === 0 ? before.room : after.room) as RoomNid
  const nid = (event: number) => (event === 0 ? 0 : inRoom<EventNid>(room, event))
  const changes: StateChange[] = []
  const note = (key: KeyNumber, was: number, is: number) =>
    changes.push({ type: typeOfKey(key), stateKey: stateKeyOfKey(key), before: nid(was), after: nid(is) })
  if (differing !== undefined) {
    for (const each of differing) note(each.key, eventOf(each, 0), eventOf(each, 1))
    return changes
  }
  visitChanges(before, after, note)
  return changes
}

/**
 * A key on which states differ. What most states have is said once, since of very many forks nearly all have the same event for a key.
 * Events are local numbers, 0 where a state has none.
 */
export interface DifferingKey {
  readonly key: KeyNumber
  /** The event of all states that are not among the others. */
  readonly usual: number
  /** The states that have something else, as rising indexes, and what they have. */
  readonly others: readonly number[]
  readonly events: readonly number[]
  /** The same as resolution takes it, once that was asked for: see conflicts.ts. */
  entries?: readonly ConflictedEntry[]
}

/** The keys on which states differ, rising. */
export function differingKeys(views: readonly StateView[]): DifferingKey[] {
  const differing: DifferingKey[] = []
  visitDifferences(views, (key, usual, { blocks, events }) => {
    const isOther = (_: unknown, i: number) => events[i] !== usual
    const others = blocks.filter(isOther)
    if (others.length > 0) differing.push({ key, usual, others, events: events.filter(isOther) })
  })
  return differing
}

type Said = NonNullable<ReturnType<BlockCursors['next']>>

/** Every key on which states may differ, rising, with what those have that say nothing of it, or most of them where all do. */
function visitDifferences(
  views: readonly StateView[],
  visit: (key: KeyNumber, usual: number, said: Said) => void,
): void {
  if (views.length === 0) return
  const { below, between, above } = partsOf(views)
  const cursors = new BlockCursors(between)
  for (let said = cursors.next(); said !== undefined; said = cursors.next()) {
    const { key, blocks, events } = said
    const allSpeak = blocks.length === views.length
    if ((allSpeak && allSame(events)) || lookUp(above, key) >= 0) continue
    visit(key, allSpeak ? mostFrequent(events) : Math.max(lookUp(below, key), 0), said)
  }
}

/**
 * Every key on which two states differ, rising, with what each has: as {@link differingKeys} finds them, but a hundred thousand where a
 * room is joined, so no object is made of each.
 */
function visitChanges(
  before: StateView,
  after: StateView,
  visit: (key: KeyNumber, was: number, is: number) => void,
): void {
  const { below, between, above } = partsOf([before, after])
  const [was, is] = between as [DecodedBlock, DecodedBlock]
  let wasAt = 0
  let isAt = 0
  while (wasAt < was.keys.length || isAt < is.keys.length) {
    const wasKey = was.keys[wasAt] ?? Number.POSITIVE_INFINITY
    const isKey = is.keys[isAt] ?? Number.POSITIVE_INFINITY
    const key = Math.min(wasKey, isKey) as KeyNumber
    const saidBefore = wasKey === key ? (was.events[wasAt++] as number) : -1
    const saidAfter = isKey === key ? (is.events[isAt++] as number) : -1
    if (saidBefore === saidAfter || lookUp(above, key) >= 0) continue
    const eventBefore = saidBefore < 0 ? Math.max(lookUp(below, key), 0) : saidBefore
    const eventAfter = saidAfter < 0 ? Math.max(lookUp(below, key), 0) : saidAfter
    if (eventBefore !== eventAfter) visit(key, eventBefore, eventAfter)
  }
}

/** The oldest and the youngest blocks that all states have, and of each state those between as one. */
function partsOf(views: readonly StateView[]) {
  const [first] = views as [StateView]
  const oldest = commonBlocks(views, (list, i) => list[i])
  const youngest = commonBlocks(views, (list, i) => list[list.length - 1 - i], oldest)
  return {
    below: first.decoded.slice(0, oldest),
    between: views.map(({ decoded }) => mergeBlocks(decoded.slice(oldest, decoded.length - youngest), 'keep')),
    above: first.decoded.slice(first.decoded.length - youngest),
  }
}

/** The keys on which a state and one that was made from it by some changes differ, rising. */
export function keysChanged(before: StateView, { keys, events }: DecodedBlock): DifferingKey[] {
  const differing: DifferingKey[] = []
  for (let i = 0; i < keys.length; i++) {
    const [key, event] = [keys[i] as KeyNumber, events[i] as number]
    const usual = before.eventAt(key)
    if (usual !== event) differing.push({ key, usual, others: [1], events: [event] })
  }
  return differing
}

/** What one of the states has for a key on which they differ; 0 for nothing. */
export function eventOf({ usual, others, events }: Omit<DifferingKey, 'key'>, state: number): number {
  const at = others.indexOf(state)
  return at < 0 ? usual : (events[at] as number)
}

/** The value that more than half of some have, if there is one, and else any of them. */
export function mostFrequent(values: readonly number[]): number {
  let candidate = 0
  let lead = 0
  for (const value of values) {
    if (lead === 0) candidate = value
    lead += value === candidate ? 1 : -1
  }
  return candidate
}

/** How many blocks all lists have in common, counted from one end; `taken` of each are spoken for at the other. */
function commonBlocks<Block>(
  views: readonly StateView[],
  pick: (list: StateView['blocks'], i: number) => Block | undefined,
  taken = 0,
): number {
  let most = Number.POSITIVE_INFINITY
  for (const { blocks } of views) most = Math.min(most, blocks.length - taken)
  const [first, ...rest] = views
  if (first === undefined) return 0
  for (let count = 0; count < most; count++) {
    const block = pick(first.blocks, count)
    for (const { blocks } of rest) if (pick(blocks, count) !== block) return count
  }
  return most
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
