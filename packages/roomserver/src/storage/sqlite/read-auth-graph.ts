/**
 * A room's auth graph, a page at a time. SQLite hands a page over as one row of long texts, a text a column: for the hundred thousand
 * rows of a large room that takes a third of the time of as many rows with a byte string each.
 */
import type { DatabaseSync } from 'node:sqlite'
import {
  afterRoom,
  type EventNid,
  type EventTypeNid,
  inRoom,
  type RoomNid,
  type StateKeyNid,
} from '../../types/index.ts'
import { decodeRow } from '../packed/damage.ts'
import { isRejected } from '../packed/event-flags.ts'
import { readLinks } from '../packed/event-links.ts'
import type { AuthGraphRow } from '../reader.ts'
import { prepare } from './sql.ts'

type Page = [
  count: number,
  locals: string,
  types: string,
  stateKeys: string,
  flags: string,
  sizes: string,
  links: string,
]

export class AuthGraphReading {
  readonly #page

  constructor(database: DatabaseSync) {
    // Aggregates take the rows of a subquery in its order; that they take the same one is what the page needs.
    this.#page = prepare(
      database,
      `SELECT count(*), group_concat(local), group_concat(type), group_concat(state_key), group_concat(flags),
        group_concat(length(links)), group_concat(hex(links), '') FROM (
          SELECT event & 0xfffffff AS local, type, state_key, flags, links FROM events INDEXED BY state_events
            WHERE state_key <> 0 AND event > ? AND event < ? ORDER BY event LIMIT ?)`,
    )
  }

  rows(room: RoomNid, after: EventNid | 0, limit: number): AuthGraphRow[] {
    const page = this.#page.get(after || inRoom(room, 1) - 1, afterRoom(room), limit) as unknown as Page
    if (page[0] === 0) return []
    const [count, ...columns] = page
    const locals = new NumbersInText(columns[0])
    const types = new NumbersInText(columns[1])
    const stateKeys = new NumbersInText(columns[2])
    const flags = new NumbersInText(columns[3])
    const sizes = new NumbersInText(columns[4])
    const links = Buffer.from(columns[5], 'hex')
    const rows: AuthGraphRow[] = []
    for (let left = count, start = 0; left > 0; left--) {
      const local = locals.next()
      const event = inRoom<EventNid>(room, local)
      const end = start + sizes.next()
      const { authEvents } = decodeRow('events', event, () => readLinks(room, local, links, start, end))
      start = end
      rows.push({
        event,
        type: types.next() as EventTypeNid,
        stateKey: stateKeys.next() as StateKeyNid,
        rejected: isRejected(flags.next()),
        authEvents,
      })
    }
    return rows
  }
}

const comma = 0x2c
const zero = 0x30

/** Whole numbers in decimal digits with commas between, one after the other. */
class NumbersInText {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  next(): number {
    let number = 0
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === comma) break
      number = number * 10 + code - zero
    }
    this.#at++
    return number
  }
}
