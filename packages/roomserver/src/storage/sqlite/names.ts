/**
 * Names of one kind (event types or state keys) and their NIDs: bounded maps in memory before the table. A name that got its
 * NID just now is kept until the writer says that it is durable; nothing else may give it another.
 */
import type { StatementSync } from 'node:sqlite'
import { BoundedMap } from '../bounded-map.ts'
import { type StoredText, toStored, toText } from '../packed/text.ts'
import type { NumberRange } from './number-range.ts'
import { pagesOf } from './sql.ts'

export interface NamesTable {
  /** NID of a name. */
  readonly nidOf: StatementSync
  /** NIDs and names of a list of NIDs: see `inList`. */
  readonly namesOf: StatementSync
}

/**
 * Names kept in memory, of each kind: those of a room of 100,000 members and more, which are in use together. Some 40 MB when full,
 * where state keys are user IDs.
 */
const maxKeptNames = 250_000
/** Names kept that have no NID: a few are asked for with every event, such as the type of a policy that most rooms do not have. */
const maxAbsentNames = 1_000

export class Names<N extends number> {
  readonly #nids = new BoundedMap<string, N>(maxKeptNames)
  readonly #names = new BoundedMap<N, string>(maxKeptNames)
  /** Not known to be durable, in the order in which they were sent. */
  readonly #unsavedNids = new Map<string, N>()
  readonly #unsavedNames = new Map<N, string>()
  /** Not in the table. Nobody but us adds to it. */
  readonly #absent = new BoundedMap<string, true>(maxAbsentNames)
  #saved = 0
  readonly #table: () => NamesTable
  readonly #numbers: NumberRange
  readonly #send: (nid: N, name: StoredText) => void

  /** @param send gives a new name to the writer, before any write that is given to it later */
  constructor(table: () => NamesTable, numbers: NumberRange, send: (nid: N, name: StoredText) => void) {
    this.#table = table
    this.#numbers = numbers
    this.#send = send
  }

  nid(name: string): N | undefined {
    const known = this.#nids.get(name) ?? this.#unsavedNids.get(name)
    if (known !== undefined || this.#absent.get(name) !== undefined) return known
    const [stored] = (this.#table().nidOf.get(toStored(name)) ?? []) as [nid?: N]
    if (stored !== undefined) this.#keep(stored, name)
    else this.#absent.set(name, true)
    return stored
  }

  /** Unknown ones are left out. */
  names(nids: readonly N[]): Map<N, string> {
    const names = new Map<N, string>()
    const missing: N[] = []
    for (const nid of nids) {
      const known = this.#names.get(nid) ?? this.#unsavedNames.get(nid)
      if (known === undefined) missing.push(nid)
      else names.set(nid, known)
    }
    for (const page of pagesOf(missing))
      for (const [nid, stored] of this.#table().namesOf.all(page) as unknown as [N, StoredText][]) {
        const name = toText(stored)
        this.#keep(nid, name)
        names.set(nid, name)
      }
    return names
  }

  async intern(names: readonly string[]): Promise<N[]> {
    const nids: N[] = []
    for (const name of names) {
      let nid = this.nid(name)
      while (nid === undefined) {
        const given = this.#numbers.give() as N | undefined
        if (given === undefined) {
          await this.#numbers.ready()
          // Someone else may have named it meanwhile.
          nid = this.nid(name)
          continue
        }
        nid = given
        this.#absent.delete(name)
        this.#unsavedNids.set(name, nid)
        this.#unsavedNames.set(nid, name)
        this.#keep(nid, name)
        this.#send(nid, toStored(name))
      }
      nids.push(nid)
    }
    return nids
  }

  /** @param count how many of the names sent are durable, since the start */
  saved(count: number): void {
    for (const [name, nid] of this.#unsavedNids) {
      if (this.#saved >= count) return
      this.#saved++
      this.#unsavedNids.delete(name)
      this.#unsavedNames.delete(nid)
    }
  }

  #keep(nid: N, name: string): void {
    this.#nids.set(name, nid)
    this.#names.set(nid, name)
  }
}
