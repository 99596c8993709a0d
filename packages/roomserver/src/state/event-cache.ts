/**
 * Events by NID, out of the cache or out of storage.
 */
import { type EventId, type RoomEvent, type RoomVersionRules, readStoredPdu, rulesOf } from '@neurite/protocol'
import type { Reader } from '../storage/index.ts'
import { type EventNid, localOf, type RoomNid, roomOf } from '../types/index.ts'
import type { StateCaches } from './state-caches.ts'

/** Events that are read at once. */
const pageEvents = 512

/** Of a `m.room.member`. */
export interface MemberEvent {
  readonly userId: string
  /** As it stands there. */
  readonly membership: unknown
}

export class EventCache {
  readonly #reader: Reader
  readonly #caches: StateCaches
  /** Not in storage yet: the caches must not forget them. */
  readonly #beingDecided = new Map<EventNid, RoomEvent>()

  constructor(reader: Reader, caches: StateCaches) {
    this.#reader = reader
    this.#caches = caches
  }

  /** Keeps an event that is at hand, so that it need not be read. */
  keep(nid: EventNid, event: RoomEvent): void {
    event.keepAsText()
    this.#caches.events.set(nid, event)
  }

  /** Keeps an event that is not stored yet at hand while something is done, however much else is read meanwhile. */
  async holding<T>(nid: EventNid, event: RoomEvent, work: () => Promise<T>): Promise<T> {
    this.keep(nid, event)
    this.#beingDecided.set(nid, event)
    try {
      return await work()
    } finally {
      this.#beingDecided.delete(nid)
    }
  }

  /** @throws where one of them is not stored: a NID comes from storage, so its event is there */
  async load(events: Iterable<EventNid>): Promise<Map<EventNid, RoomEvent>> {
    const found = new Map<EventNid, RoomEvent>()
    const missing: EventNid[] = []
    for (const nid of new Set(events)) {
      const known = this.#atHand(nid)
      if (known === undefined) missing.push(nid)
      else found.set(nid, known)
    }
    for (let i = 0; i < missing.length; i += pageEvents) await this.#read(missing.slice(i, i + pageEvents), found)
    return found
  }

  /**
   * What member events say. Of those that are not at hand no more than that is read, nor are they kept: a whole state has a hundred
   * thousand, each once. @throws as `load` does
   */
  async members(events: Iterable<EventNid>): Promise<Map<EventNid, MemberEvent>> {
    const found = new Map<EventNid, MemberEvent>()
    const missing: EventNid[] = []
    for (const nid of new Set(events)) {
      const known = this.#atHand(nid)
      if (known === undefined) missing.push(nid)
      else found.set(nid, { userId: known.stateKey ?? '', membership: known.content['membership'] })
    }
    for (let i = 0; i < missing.length; i += pageEvents) {
      const page = missing.slice(i, i + pageEvents)
      const texts = await this.#reader.eventJson(page)
      for (const nid of page) found.set(nid, memberIn(texts.get(nid) ?? notStored(nid)))
    }
    return found
  }

  #atHand(nid: EventNid): RoomEvent | undefined {
    return this.#caches.events.get(nid) ?? this.#beingDecided.get(nid)
  }

  async #read(events: readonly EventNid[], found: Map<EventNid, RoomEvent>): Promise<void> {
    const texts = new Map((await this.#reader.eventTexts(events)).map(text => [text.event, text]))
    for (const nid of events) {
      const { eventId, json: text } = texts.get(nid) ?? notStored(nid)
      const rules = await this.#rules(roomOf(nid))
      const event = readStoredPdu(text, eventId as EventId, rules)
      event.keepAsText()
      // What was kept in the meantime is younger than what was read.
      if (this.#caches.events.get(nid) === undefined) this.#caches.events.set(nid, event)
      found.set(nid, event)
    }
  }

  async #rules(room: RoomNid): Promise<RoomVersionRules> {
    const known = this.#caches.rules.get(room)
    if (known !== undefined) return known
    const row = await this.#reader.roomByNid(room)
    if (row === undefined) throw new Error(`room NID ${room} is not stored`)
    const rules = rulesOf(row.roomVersion)
    this.#caches.rules.set(room, rules)
    return rules
  }
}

/** The text was read in full before it was stored, so what is in it is no question. */
function memberIn(text: string): MemberEvent {
  const { state_key: userId, content } = JSON.parse(text) as { state_key: string; content: { membership?: unknown } }
  return { userId, membership: content.membership }
}

function notStored(nid: EventNid): never {
  throw new Error(`event NID ${nid} (number ${localOf(nid)} of room NID ${roomOf(nid)}) is not stored`)
}
