/**
 * The streams of changes that clients follow, beside the rooms' own output: one increasing number per kind. /sync combines them to one
 * position. Design, "Writing": the client head numbers its own streams.
 *
 * Durable kinds are numbered in the transaction of the change. The others live in memory; they start at the time of day, so that a
 * number from before a restart is never ahead of those after it.
 */
import type { Clock } from '@neurite/roomserver/runtime'
import type { Database, Statement, StatementResult } from '../storage/database.ts'
import { type DurableStream, raise, StreamPositions } from '../storage/streams.ts'

export type { DurableStream } from '../storage/streams.ts'

/** Kinds of changes that a restart may forget. */
export type PassingStream = 'typing' | 'presence'
export type Stream = DurableStream | PassingStream

/** A change that is there to be read. */
export interface StreamChange {
  readonly stream: Stream
  readonly position: number
  /** The users, or rooms for `typing` and `receipts`, that it is about. */
  readonly about: readonly string[]
}

/** In the order in which they stand in a token; a letter each. */
const letters: Readonly<Record<Stream, string>> = {
  account_data: 'a',
  device_lists: 'd',
  presence: 'p',
  receipts: 'r',
  to_device: 't',
  typing: 'y',
}

export type Positions = Readonly<Record<Stream, number>>

export class Streams {
  readonly #database: Database
  readonly #positions: Record<Stream, number>
  readonly #listeners = new Set<(change: StreamChange) => void>()

  constructor(database: Database, clock: Clock) {
    this.#database = database
    const start = clock.now()
    this.#positions = { ...new StreamPositions(database).read(), typing: start, presence: start }
  }

  /** How far each kind has come. All changes up to there can be read. */
  get positions(): Positions {
    return { ...this.#positions }
  }

  /**
   * Writes a change of durable kinds, numbers it, and tells listeners once it is on disk.
   * @param changes the kinds that change, each with those that it is about
   * @returns the results of the statements
   */
  async write(
    changes: Readonly<Partial<Record<DurableStream, readonly string[]>>>,
    ...statements: readonly Statement[]
  ): Promise<StatementResult[]> {
    const streams = Object.keys(changes) as DurableStream[]
    const results = await this.#database.write(...streams.map(raise), ...statements)
    for (const [at, stream] of streams.entries())
      this.#reached(stream, results[at]?.rows[0]?.['position'] as number, changes[stream] ?? [])
    return results.slice(streams.length)
  }

  /** A change of a kind that lives in memory. @returns its position */
  advance(stream: PassingStream, about: readonly string[]): number {
    const position = this.#positions[stream] + 1
    this.#reached(stream, position, about)
    return position
  }

  /** @returns stops the listening */
  listen(listener: (change: StreamChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #reached(stream: Stream, position: number, about: readonly string[]): void {
    // Those of one group of writes may be told in another order than they were numbered in: all of them are on disk.
    this.#positions[stream] = Math.max(this.#positions[stream], position)
    for (const listener of this.#listeners) listener({ stream, position, about })
  }
}

/** Positions as part of a token: `a12_d3_p…`. */
export function writePositions(positions: Positions): string {
  return (Object.keys(letters) as Stream[]).map(stream => `${letters[stream]}${positions[stream]}`).join('_')
}

/** @returns undefined where it is no such text; kinds that it does not name are at 0 */
export function readPositions(text: string): Positions | undefined {
  const positions: Record<Stream, number> = {
    account_data: 0,
    device_lists: 0,
    presence: 0,
    receipts: 0,
    to_device: 0,
    typing: 0,
  }
  const streams = new Map((Object.keys(letters) as Stream[]).map(stream => [letters[stream], stream]))
  for (const part of text.split('_')) {
    const [, letter = '', digits = ''] = /^([a-z])(\d{1,15})$/.exec(part) ?? []
    const stream = streams.get(letter)
    if (stream === undefined) return undefined
    positions[stream] = Number(digits)
  }
  return positions
}
