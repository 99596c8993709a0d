/**
 * All that the state part keeps in memory, in one budget of bytes. Design, "Writing", "Caches": immutable things by NID.
 *
 * What a builder makes is kept at once, before its commit is done. Should the commit fail, its numbers may be given out again: then
 * whatever is made under them is kept in place of the old. Only a room that has moved on by another hand must be forgotten.
 */
import type { RoomEvent, RoomVersionRules } from '@neurite/protocol'
import {
  type EventNid,
  type RoomNid,
  roomOf,
  type StateBlockNid,
  type StateKeyNid,
  type StateSnapshotNid,
} from '../types/index.ts'
import { type AuthGraph, graphBytes } from './auth-graph.ts'
import { type BlockList, listBytes } from './block-list.ts'
import { ByteBudget, type ByteBudgetCache } from './byte-budget.ts'
import { blockBytes, type DecodedBlock } from './decoded-block.ts'

export class StateCaches {
  readonly budget: ByteBudget
  readonly blocks: ByteBudgetCache<StateBlockNid, DecodedBlock>
  readonly lists: ByteBudgetCache<StateSnapshotNid, BlockList>
  readonly events: ByteBudgetCache<EventNid, RoomEvent>
  readonly graphs: ByteBudgetCache<RoomNid, AuthGraph>
  readonly rules: ByteBudgetCache<RoomNid, RoomVersionRules>
  /** NIDs of state keys: names are never renamed. */
  readonly stateKeys: ByteBudgetCache<string, StateKeyNid>

  /** @param bytes what all of them may hold together */
  constructor(bytes: number) {
    this.budget = new ByteBudget(bytes)
    this.blocks = this.budget.cache(blockBytes)
    this.lists = this.budget.cache(listBytes)
    // The text, what of it is in fields too, and the objects around it.
    this.events = this.budget.cache(({ canonicalText }) => 1_500 + 2 * canonicalText.length)
    this.graphs = this.budget.cache(graphBytes)
    this.rules = this.budget.cache(() => 100)
    this.stateKeys = this.budget.cache(() => 250)
  }

  /** Drops everything of a room: for when it was changed by another hand, or a commit of it failed. */
  forgetRoom(room: RoomNid): void {
    this.blocks.deleteWhere(block => roomOf(block) === room)
    this.lists.deleteWhere(snapshot => roomOf(snapshot) === room)
    this.events.deleteWhere(event => roomOf(event) === room)
    this.graphs.delete(room)
    this.rules.delete(room)
  }
}
