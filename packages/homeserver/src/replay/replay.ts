/**
 * Replays a room file: every event goes through the checks in an order of arrival, then what came out is compared with
 * what the file expects. The expectations are not looked at before.
 */
import { type Crypto, codePointCompare, type StateMap, type VerifyKeys } from '@neurite/protocol'
import { MemoryRoom, MissingEventError, type Outcome, RepeatedEventError } from './memory-room.ts'
import type { ArrivalOrder, ExpectedState, RoomFile, RoomFileEvent, StateRow } from './room-file.ts'
import { RoomFileError } from './room-file.ts'
import type { RoomJudge } from './room-judge.ts'
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

/**
 * Replays one order.
 * @throws {RoomFileError} where the file refers to events that it does not hold in time, or repeats one
 */
export function replayOrder(room: RoomFile, orderIndex: number, judge: RoomJudge, crypto: Crypto): Difference[] {
  const order = room.orders[orderIndex]
  if (order === undefined) throw new RangeError(`${room.file} has no order ${orderIndex}`)
  const memoryRoom = new MemoryRoom(room.rules, keysOf(room), judge, crypto)
  const outcomes = order.order.map(index => receive(memoryRoom, room, room.events[index] as RoomFileEvent))
  return new Comparison(room, orderIndex, order, memoryRoom).of(outcomes)
}

function receive(memoryRoom: MemoryRoom, room: RoomFile, event: RoomFileEvent): Outcome {
  try {
    return memoryRoom.receive(event.pdu)
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
  readonly #memoryRoom: MemoryRoom
  readonly #differences: Difference[] = []
  readonly #digests = new Map<StateMap, { readonly sha256: string; readonly rows: readonly StateRow[] }>()

  constructor(room: RoomFile, orderIndex: number, order: ArrivalOrder, memoryRoom: MemoryRoom) {
    this.#room = room
    this.#orderIndex = orderIndex
    this.#order = order
    this.#memoryRoom = memoryRoom
  }

  of(outcomes: readonly Outcome[]): Difference[] {
    for (const [at, outcome] of outcomes.entries()) this.#event(this.#order.order[at] as number, outcome)
    const extremities = [...this.#order.forwardExtremities].sort().join(' ')
    this.#compare(undefined, 'forward extremities', extremities, this.#memoryRoom.forwardExtremities().join(' '))
    this.#state(undefined, 'final state', this.#order.finalState, this.#memoryRoom.currentState())
    return this.#differences
  }

  #event(index: number, outcome: Outcome): void {
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
    this.#compare(eventId, 'soft-failed', String(softFailed), String(outcome.softFailed), because)
    if (expect.stateBefore === undefined) return
    if (outcome.stateBefore === undefined)
      this.#compare(eventId, 'state before', expect.stateBefore.sha256, 'none', because)
    else this.#state(eventId, 'state before', expect.stateBefore, outcome.stateBefore)
  }

  #compare(eventId: string | undefined, what: string, expected: string, actual: string, because = ''): void {
    if (expected === actual) return
    this.#differences.push({ order: this.#orderIndex, eventId, what, expected, actual: `${actual}${because}` })
  }

  #state(eventId: string | undefined, what: string, expected: ExpectedState, state: StateMap): void {
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
  #digest(state: StateMap) {
    let digest = this.#digests.get(state)
    if (digest === undefined) {
      const { events } = this.#memoryRoom
      const rows = [...state.values()].map((number): StateRow => {
        const { type, stateKey = '', eventId } = events.event(number)
        return [type, stateKey, eventId]
      })
      digest = { sha256: stateDigest(rows), rows }
      this.#digests.set(state, digest)
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
