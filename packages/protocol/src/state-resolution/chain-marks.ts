/**
 * Which of several states have an event in their auth chains, as bits, while the graph is walked from the highest event down.
 * Room version 2, "Auth difference".
 *
 * Bits lie in pages that are made where events are met: a walk over few events of a large room takes little memory.
 */
import type { ConflictedEntry, EventNumber } from './input.ts'

/** What a mark on an event says of a state: the event is in its chain; or only what the event leads to is. */
export type ChainMark = 'in-chain' | 'start'

const pageEvents = 1024

/** Pages of one word that no walk uses, all zeros: making one takes longer than a walk over a few events. */
const sparePages: Uint32Array[] = []
/** 128 KiB in all. */
const maxSparePages = 16
const sparePageLength = pageEvents * 2

export class ChainMarks {
  readonly #words: number
  /** The bits of a whole word, and of the last one. */
  readonly #lastWord: number
  /** For each event its words of chain bits, then those of start bits. */
  readonly #pages: (Uint32Array | undefined)[] = []
  /** Marked events not yet met that are not in all chains. Where there are none, all further ones are in all. */
  #undecided = 0
  #at = 0

  /** @param states how many there are */
  constructor(states: number) {
    this.#words = Math.ceil(states / 32)
    this.#lastWord = states % 32 === 0 ? 0xffff_ffff : 2 ** (states % 32) - 1
  }

  /** Marks an event for the states that have it. Only before the walk. */
  mark({ event, states, has }: ConflictedEntry, mark: ChainMark): void {
    const page = this.#pageOf(event)
    const at = this.#offsetOf(event)
    const wasUndecided = this.#isUndecided(page, at)
    const first = at + (mark === 'start' ? this.#words : 0)
    if (has === 'all-others') {
      page.fill(0xffff_ffff, first, first + this.#words)
      page[first + this.#words - 1] = this.#lastWord
    }
    // What most have may be all bits but a few: these are taken back.
    for (const state of states) {
      const word = first + (state >>> 5)
      page[word] = (page[word] as number) ^ (1 << (state & 31))
    }
    this.#count(wasUndecided, this.#isUndecided(page, at))
    if (event >= this.#at) this.#at = event + 1
  }

  /** Goes to the next marked event. Undefined where all that are left are in all chains. */
  next(): EventNumber | undefined {
    while (this.#undecided > 0 && this.#at > 0) {
      const event = --this.#at
      const page = this.#pages[Math.floor(event / pageEvents)]
      if (page === undefined) {
        this.#at -= event % pageEvents
        continue
      }
      const at = this.#offsetOf(event)
      if (!this.#isMarked(page, at)) continue
      if (!this.#isInAll(page, at)) this.#undecided--
      return event
    }
    return undefined
  }

  /** Whether the event is in the chains of some states but not of all. */
  isInSome(event: EventNumber): boolean {
    const page = this.#pageOf(event)
    const at = this.#offsetOf(event)
    for (let i = 0; i < this.#words; i++) if (page[at + i] !== 0) return !this.#isInAll(page, at)
    return false
  }

  /** Whatever state leads to an event has this auth event of it in its chain. */
  passOn(event: EventNumber, authEvent: EventNumber): void {
    const words = this.#words
    const from = this.#pageOf(event)
    const fromAt = this.#offsetOf(event)
    const page = this.#pageOf(authEvent)
    const at = this.#offsetOf(authEvent)
    // Bits that are set, and chain bits that are not, before and after: of 1,000 states that is one look at their words in place of four.
    let [markedBefore, markedAfter, missingBefore, missingAfter] = [0, 0, 0, 0]
    for (let i = 0; i < words; i++) {
      const all = i === words - 1 ? this.#lastWord : 0xffff_ffff
      const before = page[at + i] as number
      const after = before | (from[fromAt + i] as number) | (from[fromAt + words + i] as number)
      const start = page[at + words + i] as number
      page[at + i] = after
      markedBefore |= before | start
      markedAfter |= after | start
      missingBefore |= before ^ all
      missingAfter |= after ^ all
    }
    this.#count(markedBefore !== 0 && missingBefore !== 0, markedAfter !== 0 && missingAfter !== 0)
  }

  /** Gives the pages back: nothing may be asked any more. */
  release(): void {
    for (const page of this.#pages) {
      if (page?.length !== sparePageLength || sparePages.length === maxSparePages) continue
      sparePages.push(page.fill(0))
    }
    this.#pages.length = 0
  }

  #count(before: boolean, after: boolean): void {
    if (before !== after) this.#undecided += after ? 1 : -1
  }

  #isUndecided(page: Uint32Array, at: number): boolean {
    return this.#isMarked(page, at) && !this.#isInAll(page, at)
  }

  #isMarked(page: Uint32Array, at: number): boolean {
    for (let i = 0; i < 2 * this.#words; i++) if (page[at + i] !== 0) return true
    return false
  }

  #isInAll(page: Uint32Array, at: number): boolean {
    const last = this.#words - 1
    for (let i = 0; i < last; i++) if (page[at + i] !== 0xffff_ffff) return false
    return page[at + last] === this.#lastWord
  }

  #offsetOf(event: EventNumber): number {
    return (event % pageEvents) * 2 * this.#words
  }

  #pageOf(event: EventNumber): Uint32Array {
    const index = Math.floor(event / pageEvents)
    let page = this.#pages[index]
    if (page === undefined) {
      const length = pageEvents * 2 * this.#words
      page = (length === sparePageLength ? sparePages.pop() : undefined) ?? new Uint32Array(length)
      this.#pages[index] = page
    }
    return page
  }
}
