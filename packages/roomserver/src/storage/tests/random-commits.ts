/**
 * Commits of every shape, from a seed: new events and events judged anew, forks, blocks, snapshots of each form, identities,
 * memberships and servers that come and go, invites that end, redactions, waits, outputs, finished queue rows.
 */
import type { SeededRandomness } from '../../runtime/index.ts'
import {
  type EventNid,
  type EventTypeNid,
  inRoom,
  type QueueRowNid,
  type RoomNid,
  type SnapshotForm,
  type StateBlockNid,
  type StateKeyNid,
  type StateSnapshotNid,
} from '../../types/index.ts'
import type { EventRow, EventWrite, IdentityRow, RoomCommit } from '../index.ts'
import { hashId, TestRoom, user } from './rooms.ts'

const statuses = ['accepted', 'soft-failed', 'rejected'] as const
const origins = ['computed', 'given', 'partial', 'imported'] as const
const memberships = ['join', 'invite', 'knock', 'leave', 'ban'] as const
const servers = ['a.example', 'b.example:8448', 'c.example', '[::1]', 'B.example', 'ü.example']
const maxUsers = 12
/** Times of events, so near each other that some are the same. */
const firstTime = 1_760_000_000_000
const times = 40

/** A room that makes up its next commit. */
export class RandomRoom {
  readonly #random: SeededRandomness
  #room: TestRoom
  /** Of events that were decided: what is judged anew takes one of them. */
  #rows: EventRow[] = []
  #identities = new Set<string>()

  constructor(room: number, random: SeededRandomness, roomId = `!${room}:example.org`) {
    this.#random = random
    this.#room = new TestRoom(room as RoomNid, roomId)
  }

  get room(): RoomNid {
    return this.#room.room
  }
  get roomId(): string {
    return this.#room.roomId
  }
  get counter(): number {
    return this.#room.counter
  }

  /** What was decided since is forgotten: the room is where a copy of it was. */
  rewind(to: RandomRoom): void {
    this.#room = Object.assign(new TestRoom(to.room, to.roomId), to.#room)
    this.#rows = [...to.#rows]
    this.#identities = new Set(to.#identities)
  }
  copy(): RandomRoom {
    const copy = new RandomRoom(this.room, this.#random, this.roomId)
    copy.rewind(this)
    return copy
  }

  commit(queued: readonly QueueRowNid[]): RoomCommit {
    const random = this.#random
    const room = this.#room
    const events = this.#some(3, () => this.#event())
    const blocks = this.#some(2, () => ({ block: room.block(), data: random.bytes(random.nextInt(40)) }))
    const snapshots = this.#some(2, () => {
      const form = this.#form()
      return { snapshot: room.snapshot(), form, origin: random.pick(origins) }
    })
    const identities = this.#some(2, () => this.#identity()).filter(row => this.#isNew(row))
    const commit = room.commit({
      ...{ events, blocks, snapshots, identities },
      currentSnapshot: random.chance(0.5) ? undefined : (this.#local(room.snapshots) as StateSnapshotNid | 0),
      forwardExtremities: random.chance(0.5) ? undefined : this.#events(4),
      memberships: this.#some(3, () => ({
        user: user(random.nextInt(maxUsers)),
        event: random.chance(0.2) ? 0 : (this.#local(room.events + 1) as EventNid | 0),
        membership: random.pick(memberships),
      })).filter((row, at, all) => all.findIndex(other => other.user === row.user) === at),
      members: random.chance(0.5) ? undefined : { joined: random.nextInt(99), invited: random.nextInt(9) },
      joinedServers: random
        .shuffled(servers)
        .slice(0, random.nextInt(3))
        .map(server => ({ server, by: random.pick([1, 2, -1, -2]) })),
      invitesEnd: this.#some(2, () => `@user${random.nextInt(6)}:example.org`),
      redactions: this.#some(1, () => {
        return { redaction: this.#eventId(), target: this.#eventId(), applied: random.chance(0.5) }
      }),
      waits: this.#some(1, () => ({ on: this.#eventId(), event: this.#local(room.events + 1) as EventNid })).filter(
        row => row.event > 0,
      ),
      waitsEnd: random.chance(0.3) ? this.#events(2) : [],
      outputs: this.#some(3, () => `{"output":${random.nextInt(1_000)}}`),
      finishes: random.chance(0.5) ? queued.slice(0, random.nextInt(3)) : [],
    })
    this.#rows = [
      ...this.#rows.filter(row => !events.some(write => write.row.event === row.event)),
      ...events.map(write => write.row),
    ]
    return commit
  }

  /** An ID that the room may or may not have: all events have one of these. */
  eventId(): string {
    return this.#eventId()
  }
  server(): string {
    return this.#random.pick(servers)
  }
  time(): number {
    return firstTime + this.#random.nextInt(times)
  }
  event(): EventNid {
    return inRoom(this.room, 1 + this.#random.nextInt(this.#room.events + 2))
  }
  snapshot(): StateSnapshotNid {
    return inRoom(this.room, 1 + this.#random.nextInt(this.#room.snapshots + 2))
  }
  block(): StateBlockNid {
    return inRoom(this.room, 1 + this.#random.nextInt(this.#room.blocks + 2))
  }
  inputs(): IdentityRow['inputs'] {
    return this.#identity().inputs
  }

  #event(): EventWrite {
    const random = this.#random
    const anew = this.#rows.length > 0 && random.chance(0.2) ? random.pick(this.#rows) : undefined
    const event = anew?.event ?? this.#room.event()
    const isState = random.chance(0.5)
    const row: EventRow = {
      event,
      eventId: anew?.eventId ?? this.#idOf(event),
      type: (random.chance(0.5) ? 1 + random.nextInt(7) : 65_536 + random.nextInt(5)) as EventTypeNid,
      stateKey: isState ? ((random.chance(0.3) ? 1 : user(random.nextInt(maxUsers))) as StateKeyNid) : 0,
      status: random.pick(statuses),
      outlier: random.chance(0.1),
      provisional: random.chance(0.2),
      reason: random.chance(0.7)
        ? undefined
        : { check: 'c', rule: 'r', reason: 's', decidedBy: random.pick([undefined, '$e']) },
      timestamp: random.chance(0.9) ? this.time() : random.pick([0, -5, Number.MAX_SAFE_INTEGER]),
      depth: random.pick([random.nextInt(1_000), 2 ** 53 - 1, 10n ** 30n, -3]),
      prevEvents: this.#events(4),
      authEvents: this.#events(5),
      snapshotBefore: this.#local(this.#room.snapshots + 1) as StateSnapshotNid | 0,
      snapshotAfter: this.#local(this.#room.snapshots + 1) as StateSnapshotNid | 0,
      origin: random.pick(['example.org', 'other.example:8448', '']),
    }
    return {
      row,
      json: anew === undefined ? `{"event":${event},"text":"${'é'.repeat(random.nextInt(50))}"}` : undefined,
    }
  }

  #form(): SnapshotForm {
    const random = this.#random
    const parent = this.#local(this.#room.snapshots) as StateSnapshotNid | 0
    const block = this.block()
    if (parent === 0 || random.chance(0.2)) return { kind: 'whole', parent, blocks: this.#some(5, () => this.block()) }
    if (random.chance(0.5)) return { kind: 'append', parent, block }
    return {
      kind: 'merge',
      parent,
      at: random.nextInt(60),
      count: random.nextInt(64),
      merged: this.block(),
      block: random.pick([0, block]),
    }
  }

  #identity(): IdentityRow {
    const inputs = this.#some(4, () => this.snapshot())
    return { kind: this.#random.pick(['merge', 'whole', 'resolution']), inputs, result: this.block() }
  }

  #isNew({ kind, inputs }: IdentityRow): boolean {
    const key = `${kind} ${inputs.join(' ')}`
    if (this.#identities.has(key)) return false
    this.#identities.add(key)
    return true
  }

  #events(most: number): EventNid[] {
    return this.#some(most, () => inRoom<EventNid>(this.room, 1 + this.#random.nextInt(this.#room.events + 3)))
  }

  #local(last: number): number {
    const local = this.#random.nextInt(last + 1)
    return local === 0 ? 0 : inRoom<EventNid>(this.room, local)
  }

  #eventId(): string {
    return this.#idOf(inRoom(this.room, 1 + this.#random.nextInt(this.#room.events + 2)))
  }
  /** Every third is of an old room version. */
  #idOf(event: EventNid): string {
    return event % 3 === 0 ? `$${event}:example.org` : hashId(`${event}`)
  }

  #some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.#random.nextInt(most + 1) }, make)
  }
}
