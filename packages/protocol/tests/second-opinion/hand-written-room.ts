// Rooms written by hand, and rooms made up from a seed, for the tests of the second opinion: events get their IDs,
// room ID, prev events and auth events by themselves unless a test says otherwise.

import type { Json, PlainEvent } from './index.ts'
import { authKeys } from './index.ts'
import type { Outcome } from './plain-room.ts'
import { eventOf, PlainRoom } from './plain-room.ts'

export interface Draft {
  readonly type: string
  readonly sender: string
  readonly content?: { readonly [key: string]: Json | undefined }
  readonly stateKey?: string
  readonly redacts?: string
  readonly prev?: readonly string[]
  readonly auth?: readonly string[]
  readonly ts?: number
  readonly roomId?: string
}

export const alice = '@alice:one.example'
export const bob = '@bob:two.example'
export const carol = '@carol:three.example'
export const dan = '@dan:one.example'

export class HandWrittenRoom extends PlainRoom {
  last: string[] = []
  count = 0

  /** Sends an event after the last accepted one; the answer tells its ID besides what became of it. */
  send(draft: Draft): Outcome & { readonly id: string; readonly event: PlainEvent } {
    const number = this.count++
    const domain = draft.sender.slice(draft.sender.indexOf(':') + 1)
    const id = Number(this.version) <= 2 ? `$${number}:${domain}` : `$event-${number}`
    const isV12Create = this.version === '12' && draft.type === 'm.room.create'
    const roomId = draft.roomId ?? (this.version === '12' ? '!event-0' : '!room:one.example')
    const prev = draft.prev ?? this.last
    const event = eventOf(
      {
        type: draft.type,
        sender: draft.sender,
        content: draft.content ?? {},
        state_key: draft.stateKey,
        redacts: draft.redacts,
        room_id: isV12Create ? draft.roomId : roomId,
        origin_server_ts: draft.ts ?? number,
        depth: number + 1,
        prev_events: prev,
      },
      id,
    )
    const state = this.resolveAfter(prev)
    const selected = authKeys(this.version, event).map(key => state.get(key))
    const withAuth = { ...event, authEvents: draft.auth ?? selected.filter(authId => authId !== undefined) }
    const outcome = this.receive(withAuth)
    if (outcome.verdict.allowed) this.last = [id]
    return { ...outcome, id, event: withAuth }
  }

  member(sender: string, membership: string, target = sender, more: Draft['content'] = {}) {
    return this.send({ type: 'm.room.member', sender, stateKey: target, content: { membership, ...more } })
  }
  joinRule(join_rule: string, sender = alice) {
    return this.send({ type: 'm.room.join_rules', sender, stateKey: '', content: { join_rule } })
  }
  powerLevels(content: Draft['content'], sender = alice) {
    return this.send({ type: 'm.room.power_levels', sender, stateKey: '', content: content ?? {} })
  }
  message(sender: string) {
    return this.send({ type: 'm.room.message', sender })
  }
}

/** A room by alice: the create event and her join. */
export function roomByAlice(version: string, createContent: Draft['content'] = {}): HandWrittenRoom {
  const room = new HandWrittenRoom(version)
  const creator = Number(version) <= 10 ? { creator: alice } : {}
  room.send({ type: 'm.room.create', sender: alice, stateKey: '', content: { ...creator, ...createContent } })
  room.member(alice, 'join')
  return room
}

/** The same with the join rule public, alice at 100 (in version 12: beyond all), bob at 50 and carol at 0 joined. */
export function busyRoom(version: string, levels: Draft['content'] = {}): HandWrittenRoom {
  const room = roomByAlice(version)
  room.powerLevels({ users: { ...(version === '12' ? {} : { [alice]: 100 }), [bob]: 50 }, ...levels })
  room.joinRule('public')
  room.member(bob, 'join')
  room.member(carol, 'join')
  return room
}

/** Numbers between 0 and 1 that follow from a seed. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** Makes up a room with forks, merges, and people who promote, demote, kick, ban and rename each other. */
export function madeUpRoom(version: string, seed: number, events: number, people = 4): HandWrittenRoom {
  const room = busyRoom(version)
  const random = randomFrom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const users = [alice, bob, carol, dan, ...Array.from({ length: people - 4 }, (_, i) => `@user${i}:one.example`)]
  const recent = [...room.last]
  const draft = (): Draft => {
    const [sender, target] = [pick(users), pick(users)]
    const others = version === '12' ? {} : { [alice]: 100 }
    const member = (from: string, membership: string): Draft => {
      return { type: 'm.room.member', sender: from, stateKey: target, content: { membership } }
    }
    const drafts: Draft[] = [
      member(target, 'join'),
      member(target, 'join'),
      member(target, 'leave'),
      member(sender, 'leave'),
      member(sender, 'ban'),
      member(sender, 'invite'),
      { type: 'm.room.join_rules', sender, stateKey: '', content: { join_rule: pick(['public', 'public', 'invite']) } },
      {
        type: 'm.room.power_levels',
        sender,
        stateKey: '',
        content: {
          users: { ...others, [bob]: pick([50, 100]), [carol]: pick([0, 50, 75]) },
          state_default: pick([0, 50]),
        },
      },
      { type: 'm.room.topic', sender, stateKey: '', content: { topic: `${random()}` } },
      { type: 'm.room.name', sender, stateKey: '', content: { name: `${random()}` } },
    ]
    return { ...pick(drafts), prev: [...new Set([pick(recent), pick(recent)])], ts: Math.floor(random() * 20) }
  }
  for (let i = 0; i < events; i++) {
    const sent = room.send(draft())
    if (!sent.verdict.allowed) continue
    recent.push(sent.id)
    if (recent.length > 6) recent.shift()
  }
  return room
}
