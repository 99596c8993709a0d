/**
 * Replays a room file: every event goes through the checks in an order of arrival, then what came out is compared with
 * what the file expects. The expectations are not looked at before.
 */
import { codePointCompare, type VerifyKeys } from '@neurite/protocol'
import type { ArrivalOrder, ExpectedState, RoomFile, RoomFileEvent, StateRow } from './room-file.ts'
import { RoomFileError } from './room-file.ts'
import {
  MissingEventError,
  type Outcome,
  RepeatedEventError,
  type RoomUnderTest,
  type StateUnderTest,
} from './room-under-test.ts'
import { stateDigest } from './state-digest.ts'

/** Something that came out otherwise than expected. */
export interface Difference {
  /** Which order of arrival: 0 is the first. */
  readonly order: number
  /** The event's ID in the file; undefined where it is about the room. */
  readonly eventId: string | undefined
  /** What was compared: `verdict`, `check`, `state_before` and so on. */
  readonly what: string
  readonly expected: string
  readonly actual: string
}

/** Entries of two states that are named in a difference at most, each way. */
const maxNamedEntries = 5

/** How a file's room is made, with the keys that the file gives. */
export type RoomMaker = (room: RoomFile, keys: VerifyKeys) => Promise<RoomUnderTest>

export interface OrderOptions {
  /** How many events are handed over at once. */
  readonly batch: number
  /** Compare only what follows from the graph, whatever the order of arrival. */
  readonly graphOnly: boolean
}

/**
 * Replays one order.
 * @throws {RoomFileError} where the file refers to events that it does not hold in time, or repeats one
 */
export async function replayOrder(
  room: RoomFile,
  orderIndex: number,
  make: RoomMaker,
  { batch, graphOnly }: OrderOptions,
): Promise<Difference[]> {
  const order = room.orders[orderIndex]
  if (order === undefined) throw new RangeError(`${room.file} has no order ${orderIndex}`)
  const underTest = await make(room, keysOf(room))
  try {
    const outcomes: Outcome[] = []
    for (let at = 0; at < order.order.length; at += batch) {
      const events = order.order.slice(at, at + batch).map(index => room.events[index] as RoomFileEvent)
      outcomes.push(...(await receive(underTest, room, events)))
    }
    return await new Comparison(room, orderIndex, order, underTest, graphOnly).of(outcomes)
  } finally {
    await underTest.close()
  }
}

async function receive(underTest: RoomUnderTest, room: RoomFile, events: readonly RoomFileEvent[]): Promise<Outcome[]> {
  try {
    return await underTest.receive(events)
  } catch (error) {
    if (error instanceof MissingEventError || error instanceof RepeatedEventError)
      throw new RoomFileError(room.file, error.message, { cause: error })
    throw error
  }
}

/** The keys of a room file count at all times. */
function keysOf(room: RoomFile): VerifyKeys {
  return (server, keyId) => {
    const publicKey = room.serverKeys.get(server)?.get(keyId)
    return publicKey && { publicKey, validUntil: Number.MAX_SAFE_INTEGER, fetchedAt: Number.MAX_SAFE_INTEGER }
  }
}

class Comparison {
  readonly #room: RoomFile
  readonly #orderIndex: number
  readonly #order: ArrivalOrder
  readonly #underTest: RoomUnderTest
  readonly #graphOnly: boolean
  readonly #differences: Difference[] = []
  readonly #digests = new Map<unknown, { readonly sha256: string; readonly rows: readonly StateRow[] }>()

  constructor(room: RoomFile, orderIndex: number, order: ArrivalOrder, underTest: RoomUnderTest, graphOnly: boolean) {
    this.#room = room
    this.#orderIndex = orderIndex
    this.#order = order
    this.#underTest = underTest
    this.#graphOnly = graphOnly
  }

  async of(outcomes: readonly Outcome[]): Promise<Difference[]> {
    for (const [at, outcome] of outcomes.entries()) await this.#event(this.#order.order[at] as number, outcome)
    if (this.#graphOnly) return this.#differences
    const extremities = [...this.#order.forwardExtremities].sort().join(' ')
    this.#compare(undefined, 'forward extremities', extremities, (await this.#underTest.forwardExtremities()).join(' '))
    this.#state(undefined, 'final state', this.#order.finalState, await this.#underTest.currentState())
    return this.#differences
  }

  async #event(index: number, outcome: Outcome): Promise<void> {
    const { eventId, expect } = this.#room.events[index] as RoomFileEvent
    if (outcome.eventId !== undefined) this.#compare(eventId, 'event ID', eventId, outcome.eventId)
    const verdict = outcome.verdict === 'dropped' ? 'rejected' : outcome.verdict
    const because = outcome.reason === undefined ? '' : ` (${outcome.check ?? 'current_state'}: ${outcome.reason})`
    this.#compare(eventId, 'verdict', expect.verdict, verdict, because)
    if (expect.check !== 'malformed') {
      this.#compare(eventId, 'check', expect.check ?? 'none', outcome.check ?? 'none', because)
      this.#compare(eventId, 'redacted', String(expect.redacted), String(outcome.redacted))
    }
    const softFailed = this.#order.softFailed.has(index)
    if (!this.#graphOnly) this.#compare(eventId, 'soft-failed', String(softFailed), String(outcome.softFailed), because)
    if (expect.stateBefore === undefined) return
    const stateBefore = await this.#underTest.stateBefore(eventId)
    if (stateBefore === undefined) this.#compare(eventId, 'state before', expect.stateBefore.sha256, 'none', because)
    else this.#state(eventId, 'state before', expect.stateBefore, stateBefore)
  }

  #compare(eventId: string | undefined, what: string, expected: string, actual: string, because = ''): void {
    if (expected === actual) return
    this.#differences.push({ order: this.#orderIndex, eventId, what, expected, actual: `${actual}${because}` })
  }

  #state(eventId: string | undefined, what: string, expected: ExpectedState, state: StateUnderTest): void {
    const actual = this.#digest(state)
    this.#compare(eventId, `${what}, count`, String(expected.count), String(actual.rows.length))
    if (expected.sha256 === actual.sha256) return
    const rowsExpected = expected.entries?.map(row => row.join(' ')) ?? [expected.sha256]
    const rowsActual = expected.entries === undefined ? [actual.sha256] : actual.rows.map(row => row.join(' '))
    this.#differences.push({
      order: this.#orderIndex,
      eventId,
      what,
      expected: onlyIn(rowsExpected, rowsActual),
      actual: onlyIn(rowsActual, rowsExpected),
    })
  }

  /** Many events share one state, which is hashed once. */
  #digest({ id, rows }: StateUnderTest) {
    let digest = this.#digests.get(id)
    if (digest === undefined) {
      digest = { sha256: stateDigest(rows), rows }
      this.#digests.set(id, digest)
    }
    return digest
  }
}

/** What the first list has and the second has not, shortened. */
function onlyIn(list: readonly string[], other: readonly string[]): string {
  const others = new Set(other)
  const own = list.filter(item => !others.has(item)).sort(codePointCompare)
  const more = own.length > maxNamedEntries ? ` and ${own.length - maxNamedEntries} more` : ''
  return own.length === 0 ? 'nothing else' : `${own.slice(0, maxNamedEntries).join(', ')}${more}`
}
