/**
 * Takes in a room's state as another server gave it, a hundred thousand events and more: read, checked and stored in batches, while
 * the signatures of the next ones are being verified and the last ones are on their way to the disk. Events whose keys have to be
 * fetched first, or whose auth events come later, are put aside and hold up nobody. Of each event only its text is kept meanwhile.
 */
import { type Crypto, type JsonObject, PduError, type RoomEvent, readPdu, rulesOf } from '@neurite/protocol'
import type { Reader } from '../../storage/index.ts'
import type { FetchedEvent } from '../fetch/fetched-events.ts'
import type { InputItem } from '../item.ts'
import type { SignatureChecks } from '../signature-checks.ts'
import type { CheckedOutlier, OutlierResult, StoredOutlier } from './outlier-batch.ts'

export interface StateIntakeParts {
  readonly reader: Reader
  readonly crypto: Crypto
  readonly signatures: SignatureChecks
  readonly pause: () => Promise<void>
  /**
   * Events that are known not to be stored, by ID: nobody has to look whether they are. What becomes of them is noted here. The keys stay
   * the strings that they are: of a hundred thousand IDs there are no second copies.
   */
  readonly unstored: Map<string, StoredOutlier | undefined>
  /** Stores outliers in one turn of the room. */
  readonly store: (outliers: readonly CheckedOutlier[]) => Promise<StoredBatch | undefined>
  readonly signal: AbortSignal
}

export interface StoredBatch {
  readonly results: readonly OutlierResult[]
  /** Resolves when they are on disk. */
  readonly committed: Promise<unknown>
}

/** Where the events come from. */
export type IntakeSource = Pick<InputItem, 'roomId' | 'roomVersion' | 'origin'>

/** Events of one batch: some ten milliseconds of a room's turn. */
const batchEvents = 250
/**
 * Batches that are read and verified ahead of the one that is being stored. More are no faster, but what is at hand for longer than a
 * moment ends among the old objects of the heap, which grows by it.
 */
const batchesAhead = 1

export class StateIntake {
  readonly #source: IntakeSource
  readonly #parts: StateIntakeParts
  /** Texts to be looked at; those before `#at` were. */
  #pdus: (string | undefined)[] = []
  #at = 0
  /** Of which an auth event is not here, by its ID: they are looked at again when it is. */
  readonly #orphans = new Map<string, string[]>()
  /** Orphans whose auth event has come. */
  readonly #adopted: string[] = []
  /** Orphans whose signatures are valid, by their text. */
  readonly #verified = new Set<string>()
  /** Events that cannot be checked before the keys of some servers are here, by those keys. */
  readonly #withoutKeys = new Map<string, string[]>()
  readonly #keysAsked = new Set<string>()
  /** Keys that were asked for, and are here or will not come; or why that is not known. */
  readonly #keysAnswered: string[] = []
  #askingFailed: { readonly error: unknown } | undefined
  #answerCame: (() => void) | undefined
  /** What is left to be looked at one by one: not as it was hashed, or without its auth events. */
  readonly #left = new Map<string, FetchedEvent>()
  readonly #refused = new Set<string>()
  /** The last batch on its way to the disk. */
  #committing: Promise<unknown> = Promise.resolve()

  constructor(source: IntakeSource, parts: StateIntakeParts) {
    this.#source = source
    this.#parts = parts
  }

  /** The IDs of events that came and were not taken: not validly signed, or by keys that nobody has. */
  get refused(): ReadonlySet<string> {
    return this.#refused
  }

  /**
   * Takes events in. Those that are no events or not validly signed are left out, as are those whose keys nobody has.
   * @param pdus is emptied. It goes faster where those that others refer to come first
   * @returns what could not be taken in this way, by event ID
   */
  async take(pdus: (string | undefined)[]): Promise<Map<string, FetchedEvent>> {
    this.#pdus = pdus
    this.#at = 0
    const ahead: Promise<CheckedOutlier[]>[] = []
    let storing: Promise<void> = Promise.resolve()
    try {
      for (;;) {
        while (ahead.length < batchesAhead && this.#at < this.#pdus.length) ahead.push(later(this.#check(this.#next())))
        const next = ahead.shift()
        if (next !== undefined) {
          const checked = await next
          await storing
          storing = later(this.#store(checked))
          continue
        }
        await storing
        await this.#committing
        if (!(await this.#goOn())) return this.#left
      }
    } finally {
      await Promise.allSettled([...ahead, storing])
      await Promise.allSettled([this.#committing])
    }
  }

  #next(): string[] {
    this.#parts.signal.throwIfAborted()
    const batch: string[] = []
    for (; batch.length < batchEvents && this.#at < this.#pdus.length; this.#at++) {
      batch.push(this.#pdus[this.#at] as string)
      this.#pdus[this.#at] = undefined
    }
    return batch
  }

  /** All that was at hand was looked at: what was put aside may be taken by now. @returns whether there is anything to look at */
  async #goOn(): Promise<boolean> {
    if (this.#adopted.length > 0) return this.#again(this.#adopted.splice(0))
    if (this.#withoutKeys.size > 0) {
      await this.#anyKeys()
      return this.#again(
        this.#keysAnswered.splice(0).flatMap(keys => {
          const pdus = this.#withoutKeys.get(keys) ?? []
          this.#withoutKeys.delete(keys)
          return pdus
        }),
      )
    }
    for (const pdus of this.#orphans.values())
      for (const pdu of pdus) {
        await this.#parts.pause()
        this.#leave(pdu)
      }
    return false
  }

  #again(pdus: string[]): true {
    this.#pdus = pdus
    this.#at = 0
    return true
  }

  /** Reads a batch; what is not stored yet and validly signed goes on. */
  async #check(pdus: readonly string[]): Promise<CheckedOutlier[]> {
    const { reader, signatures, pause, unstored } = this.#parts
    const read = new Map<string, CheckedOutlier>()
    for (const pdu of pdus) {
      await pause()
      const outlier = this.#read(pdu)
      if (outlier !== undefined) read.set(outlier.event.eventId, outlier)
    }
    const doubtful = [...read.keys()].filter(eventId => !unstored.has(eventId))
    const room = doubtful.length === 0 ? undefined : await reader.room(this.#source.roomId)
    if (room !== undefined)
      for (const stored of (await reader.eventNids(room.room, doubtful)).keys()) read.delete(stored)
    const checkable = [...read.values()].filter(outlier => this.#hasKeys(outlier))
    // While there are no orphans nothing is looked up by a whole text, which has to be hashed for that.
    const verdicts = await Promise.all(
      checkable.map(({ event, item }) =>
        this.#verified.size > 0 && this.#verified.has(item.pdu) ? undefined : signatures.verify(event),
      ),
    )
    return checkable.filter(({ event }, at) => {
      if (verdicts[at] === undefined || verdicts[at].kind === 'valid') return true
      this.#refused.add(event.eventId)
      return false
    })
  }

  #read(pdu: string): CheckedOutlier | undefined {
    const { roomId } = this.#source
    try {
      const read = this.#readPdu(pdu)
      if (read.event.roomId !== roomId) return undefined
      if (read.contentHashMatches) return { item: { kind: 'outlier', ...this.#source, pdu }, event: read.event }
      this.#left.set(read.event.eventId, { pdu, event: read.event, isWhole: false })
    } catch (error) {
      if (!(error instanceof PduError)) throw error
    }
    return undefined
  }

  #readPdu(pdu: string) {
    const rules = rulesOf(this.#source.roomVersion)
    return readPdu(pdu, rules, this.#parts.crypto, { referenceLimits: false, longKeys: true })
  }

  /** Asks for keys that are not known, each server's once. @returns whether the event can be checked now */
  #hasKeys({ event, item }: CheckedOutlier): boolean {
    const { signatures, signal } = this.#parts
    if (signatures.areKeysKnown(event)) return true
    const wanted = keysOf(event)
    const waiting = this.#withoutKeys.get(wanted)
    if (waiting !== undefined) waiting.push(item.pdu)
    else if (this.#keysAsked.has(wanted)) return true
    else {
      this.#keysAsked.add(wanted)
      this.#withoutKeys.set(wanted, [item.pdu])
      signatures.fetchKeys([event], signal).then(
        () => this.#answered(wanted),
        error => {
          this.#askingFailed = { error }
          this.#answered(wanted)
        },
      )
    }
    return false
  }

  #answered(keys: string): void {
    this.#keysAnswered.push(keys)
    this.#answerCame?.()
  }

  /** Resolves when some that were asked for are answered. @throws where asking failed */
  async #anyKeys(): Promise<void> {
    if (this.#keysAnswered.length === 0)
      await new Promise<void>(resolve => {
        this.#answerCame = resolve
      })
    if (this.#askingFailed !== undefined) throw this.#askingFailed.error
  }

  async #store(checked: readonly CheckedOutlier[]): Promise<void> {
    if (checked.length === 0) return
    const { store, unstored } = this.#parts
    const batch = await store(checked)
    if (batch === undefined) return
    const before = this.#committing
    this.#committing = later(batch.committed)
    for (const [at, { item, event }] of checked.entries()) {
      const result = batch.results[at]
      if (result === undefined) continue
      if ('lacks' in result) {
        this.#putAside(item.pdu, result.lacks)
        continue
      }
      if (unstored.has(event.eventId)) unstored.set(event.eventId, result.stored)
      this.#adopt(event.eventId)
    }
    // While this batch is on its way the next is stored; not more, as all of them are in memory until then.
    await before
  }

  #putAside(pdu: string, lacks: string): void {
    this.#verified.add(pdu)
    const others = this.#orphans.get(lacks)
    if (others === undefined) this.#orphans.set(lacks, [pdu])
    else others.push(pdu)
  }

  #adopt(eventId: string): void {
    const pdus = this.#orphans.get(eventId)
    if (pdus === undefined) return
    this.#orphans.delete(eventId)
    // One by one: all of a room may wait for its create event, more than a call takes arguments.
    for (const pdu of pdus) this.#adopted.push(pdu)
  }

  #leave(pdu: string): void {
    const { event, contentHashMatches: isWhole } = this.#readPdu(pdu)
    this.#left.set(event.eventId, { pdu, event, isWhole })
  }
}

/** The keys that an event was signed with: events with the same are asked for together. */
function keysOf({ json }: RoomEvent): string {
  const signatures = json['signatures'] as JsonObject
  return JSON.stringify(Object.entries(signatures).map(([server, keys]) => [server, Object.keys(keys as object)]))
}

/** Work that is waited for later: until then it fails in silence. */
function later<T>(work: Promise<T>): Promise<T> {
  const done = () => undefined
  work.then(done, done)
  return work
}
