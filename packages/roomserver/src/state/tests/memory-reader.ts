/**
 * A reader over plain maps, for tests of the state part: what is written is visible at once. What state does not use of a
 * reader is not there.
 */
import type { RoomEvent } from '@neurite/protocol'
import { canonicalJson } from '@neurite/protocol'
import type {
  AuthGraphRow,
  BlockRow,
  EventRow,
  IdentityRow,
  LocalNumbers,
  Reader,
  SnapshotRow,
} from '../../storage/index.ts'
import {
  type EventNid,
  type EventTypeNid,
  firstFreeNameNid,
  inRoom,
  localOf,
  type RoomNid,
  type StateBlockNid,
  type StateKeyNid,
  type StateSnapshotNid,
  wellKnownStateKeys,
  wellKnownTypes,
} from '../../types/index.ts'
import { StateBuilder } from '../state-builder.ts'

type UsedByState = Pick<
  Reader,
  | 'authGraph'
  | 'blocks'
  | 'eventJson'
  | 'eventNids'
  | 'eventTexts'
  | 'events'
  | 'identity'
  | 'roomByNid'
  | 'snapshots'
  | 'stateKeyNids'
>

export class MemoryRoom implements UsedByState {
  readonly room: RoomNid
  readonly blockRows = new Map<StateBlockNid, BlockRow>()
  readonly snapshotRows = new Map<StateSnapshotNid, SnapshotRow>()
  readonly identityRows = new Map<string, IdentityRow>()
  readonly eventRows = new Map<
    EventNid,
    { readonly event: RoomEvent; readonly graph: AuthGraphRow; rejected: boolean }
  >()
  /** How often each method was called. */
  readonly calls: Record<string, number> = {}
  roomVersion = '11'
  #next: LocalNumbers = { event: 1, snapshot: 1, block: 1 }
  readonly #stateKeys = new Map<string, StateKeyNid>(wellKnownStateKeys.map(([nid, key]) => [key, nid]))
  readonly #types = new Map<string, EventTypeNid>(wellKnownTypes.map(([nid, type]) => [type, nid]))

  constructor(room = 1 as RoomNid) {
    this.room = room
  }

  /** The reader, as code takes it. */
  get reader(): Reader {
    return this as unknown as Reader
  }

  builder(): StateBuilder {
    return new StateBuilder(this.room, this.#next)
  }

  /** Writes what a builder made. */
  write(builder: StateBuilder): void {
    for (const row of builder.blocks) this.blockRows.set(row.block, row)
    for (const row of builder.snapshots) this.snapshotRows.set(row.snapshot, row)
    for (const row of builder.identities) this.identityRows.set(`${row.kind} ${row.inputs.join(' ')}`, row)
    this.#next = { ...builder.next, event: this.#next.event }
  }

  /** Builds something and writes it. */
  async commit<T>(build: (builder: StateBuilder) => Promise<T>): Promise<T> {
    const builder = this.builder()
    const result = await build(builder)
    this.write(builder)
    return result
  }

  typeNid(type: string): EventTypeNid {
    return named(this.#types, type)
  }

  stateKeyNid(key: string): StateKeyNid {
    return named(this.#stateKeys, key)
  }

  /** Adds an event under the next number, or another. */
  addEvent(event: RoomEvent, authEvents: readonly EventNid[], rejected = false, number = this.#next.event): EventNid {
    const nid = inRoom<EventNid>(this.room, number)
    const type = this.typeNid(event.type)
    const stateKey = (event.stateKey === undefined ? 0 : this.stateKeyNid(event.stateKey)) as StateKeyNid
    this.eventRows.set(nid, { event, rejected, graph: { event: nid, type, stateKey, rejected, authEvents } })
    this.#next = { ...this.#next, event: number + 1 }
    return nid
  }

  async snapshots(snapshots: readonly StateSnapshotNid[]) {
    this.#called('snapshots')
    return snapshots.flatMap(nid => this.snapshotRows.get(nid) ?? [])
  }

  async blocks(blocks: readonly StateBlockNid[]) {
    this.#called('blocks')
    return blocks.flatMap(nid => this.blockRows.get(nid) ?? [])
  }

  async identity(_: RoomNid, kind: IdentityRow['kind'], inputs: readonly number[]) {
    this.#called('identity')
    return this.identityRows.get(`${kind} ${inputs.join(' ')}`)?.result
  }

  async roomByNid(room: RoomNid) {
    this.#called('roomByNid')
    const row = { room, roomId: '!room', roomVersion: this.roomVersion, counter: 1, next: this.#next }
    const members = { joinedMembers: 0, invitedMembers: 0 }
    return { ...row, currentSnapshot: 0 as const, forwardExtremities: [], ...members, purging: false }
  }

  async authGraph(_: RoomNid, after: EventNid | 0, limit: number) {
    this.#called('authGraph')
    const rows: AuthGraphRow[] = []
    for (const [nid, { event, graph, rejected }] of this.eventRows)
      if (nid > after && event.stateKey !== undefined && rows.length < limit) rows.push({ ...graph, rejected })
    return rows
  }

  async events(events: readonly EventNid[]) {
    this.#called('events')
    const rows: EventRow[] = []
    for (const nid of events) {
      const found = this.eventRows.get(nid)
      if (found === undefined) continue
      const { event, graph, rejected } = found
      rows.push({
        ...{ ...graph, eventId: event.eventId, status: rejected ? 'rejected' : 'accepted', reason: undefined },
        ...{ outlier: false, provisional: false, depth: 1, timestamp: 1, prevEvents: [], origin: '' },
        ...{ snapshotBefore: 0, snapshotAfter: 0 },
      })
    }
    return rows
  }

  async eventNids(_: RoomNid, eventIds: readonly string[]) {
    this.#called('eventNids')
    const wanted = new Set(eventIds)
    const found = new Map<string, EventNid>()
    for (const [nid, { event }] of this.eventRows) if (wanted.has(event.eventId)) found.set(event.eventId, nid)
    return found
  }

  async eventJson(events: readonly EventNid[]) {
    this.#called('eventJson')
    return new Map(
      events.flatMap(nid => {
        const row = this.eventRows.get(nid)
        return row === undefined ? [] : [[nid, canonicalJson(row.event.json)] as const]
      }),
    )
  }

  async eventTexts(events: readonly EventNid[]) {
    this.#called('eventTexts')
    return events.flatMap(nid => {
      const row = this.eventRows.get(nid)
      if (row === undefined) return []
      const { event, rejected } = row
      const status = rejected ? ('rejected' as const) : ('accepted' as const)
      return [{ event: nid, eventId: event.eventId as string, status, outlier: false, json: canonicalJson(event.json) }]
    })
  }

  async stateKeyNids(keys: readonly string[]) {
    this.#called('stateKeyNids')
    return new Map(
      keys.flatMap(key => {
        const nid = this.#stateKeys.get(key)
        return nid === undefined ? [] : [[key, nid] as const]
      }),
    )
  }

  /** Bytes of state rows, with what a database takes around each. */
  bytes(overhead: number): number {
    let bytes = 0
    for (const { data } of this.blockRows.values()) bytes += data.length + overhead
    for (const { snapshot, form } of this.snapshotRows.values()) bytes += overhead + formBytes(snapshot, form)
    for (const { inputs, result } of this.identityRows.values())
      bytes += overhead + 1 + signedBytes(inputs) + numberBytes(localOf(result))
    return bytes
  }

  #called(method: string): void {
    this.calls[method] = (this.calls[method] ?? 0) + 1
  }
}

function named<N extends number>(names: Map<string, N>, name: string): N {
  const nid = names.get(name) ?? ((firstFreeNameNid + names.size) as N)
  names.set(name, nid)
  return nid
}

function formBytes(snapshot: StateSnapshotNid, form: SnapshotRow['form']): number {
  const parent = 1 + numberBytes(2 * (localOf(snapshot) - localOf(form.parent)))
  if (form.kind === 'append') return parent + numberBytes(localOf(form.block))
  if (form.kind === 'whole') return parent + form.blocks.reduce((sum, block) => sum + numberBytes(localOf(block)), 0)
  return parent + 2 + numberBytes(localOf(form.merged)) + numberBytes(localOf(form.block))
}

function signedBytes(inputs: readonly number[]): number {
  let bytes = 0
  let last = 0
  for (const input of inputs) {
    const local = localOf(input as StateBlockNid)
    bytes += numberBytes(2 * Math.abs(local - last))
    last = local
  }
  return bytes
}

function numberBytes(value: number): number {
  return value < 128 ? 1 : 1 + numberBytes(Math.floor(value / 128))
}
