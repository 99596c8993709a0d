/**
 * How a life ended, in words that do not depend on which numbers were lost on the way: verdicts, the state before every event,
 * forward extremities, current state, memberships, redactions.
 */
import assert from 'node:assert/strict'
import { nodeCrypto } from '@neurite/protocol'
import { examineSqlite, type Finding } from '@neurite/roomserver/doctor'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { EventCache, StateCaches, StateStore } from '@neurite/roomserver/state'
import { type EventRow, openSqliteForReading, type Reader, type RoomRow } from '@neurite/roomserver/storage'
import type { EventNid, StateSnapshotNid } from '@neurite/roomserver/types'
import { stateDigest } from '../../src/replay/state-digest.ts'

const { yieldNow } = nodeRuntime.timers

export async function endOf(path: string): Promise<unknown> {
  const { reader, close } = openSqliteForReading(path)
  try {
    const rooms = await reader.rooms(0, 100)
    const told = await Promise.all(rooms.map(room => new Telling(reader, room).tell()))
    return told.sort((a, b) => (a.roomId < b.roomId ? -1 : 1))
  } finally {
    close()
  }
}

/**
 * `check` finds nothing.
 * @param collected unused state was collected: then there is also none left
 */
export async function assertSound(path: string, { collected = false } = {}): Promise<void> {
  const findings: Finding[] = []
  await examineSqlite(path, { crypto: nodeCrypto, yieldNow }, finding => findings.push(finding))
  assert.deepEqual(
    findings.filter(({ severity }) => collected || severity === 'damage'),
    [],
  )
}

class Telling {
  readonly #reader: Reader
  readonly #room: RoomRow
  readonly #states: StateStore
  readonly #digests = new Map<number, string>()

  constructor(reader: Reader, room: RoomRow) {
    const caches = new StateCaches(64 * 1024 * 1024)
    this.#reader = reader
    this.#room = room
    this.#states = new StateStore({
      reader,
      caches,
      events: new EventCache(reader, caches),
      crypto: nodeCrypto,
      yieldNow,
    })
  }

  async tell() {
    const { room, roomId, currentSnapshot, forwardExtremities } = this.#room
    const rows = await this.#reader.eventsOfRoom(room, 0, 10_000)
    const ids = new Map(rows.map(row => [row.event, row.eventId]))
    const idOf = (event: EventNid | 0) => (event === 0 ? '' : ids.get(event))
    const events = await Promise.all(rows.map(row => this.#event(row, idOf)))
    const members = await this.#reader.memberships(room, undefined, 0, 10_000)
    const users = await this.#reader.stateKeys(members.map(({ user }) => user))
    const redactions = await this.#reader.redactions(room, [...ids.values()])
    return {
      roomId,
      events: Object.fromEntries(events),
      extremities: forwardExtremities.map(idOf).sort(),
      current: await this.#digest(currentSnapshot),
      memberships: members
        .map(({ user, event, membership }) => [users.get(user), idOf(event), membership].join(' '))
        .sort(),
      redactions: redactions.map(({ redaction, target, applied }) => `${redaction} ${target} ${applied}`).sort(),
    }
  }

  async #event(row: EventRow, idOf: (event: EventNid) => string | undefined) {
    const { eventId, status, outlier, provisional, reason, prevEvents, snapshotBefore, snapshotAfter } = row
    const states = [await this.#digest(snapshotBefore), await this.#digest(snapshotAfter)]
    const json = (await this.#reader.eventJson([row.event])).get(row.event)
    return [eventId, { status, outlier, provisional, reason, prevEvents: prevEvents.map(idOf), states, json }] as const
  }

  async #digest(snapshot: StateSnapshotNid | 0): Promise<string> {
    const known = this.#digests.get(snapshot)
    if (known !== undefined) return known
    const reader = this.#reader
    const entries = [...(await this.#states.view(snapshot)).entries()]
    const types = await reader.eventTypes(entries.map(({ type }) => type))
    const keys = await reader.stateKeys(entries.map(({ stateKey }) => stateKey))
    const events = new Map(
      (await reader.events(entries.map(({ event }) => event))).map(row => [row.event, row.eventId]),
    )
    const rows = entries.map(({ type, stateKey, event }) => [types.get(type), keys.get(stateKey), events.get(event)])
    const digest = stateDigest(rows as never)
    this.#digests.set(snapshot, digest)
    return digest
  }
}
