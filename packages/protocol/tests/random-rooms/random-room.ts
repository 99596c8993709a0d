/**
 * A random room from a version and a seed: forks of up to eight branches, merges, rivals, rule-breakers and odd forms.
 * The same version and seed give the same events on every machine, and the first events do not depend on how many follow.
 */
import {
  authorizeByState,
  type EventId,
  type JsonObject,
  roomIdOfCreate,
  rulesOf,
  type StateMap,
} from '@neurite/protocol'
import { chooseAuthEvents } from './auth-event-choice.ts'
import { madeUpEventId } from './event-ids.ts'
import {
  banDraft,
  inviteDraft,
  joinDraft,
  kickDraft,
  knockDraft,
  leaveDraft,
  memberDraft,
  oddMemberDraft,
  profileDraft,
  unbanDraft,
} from './member-drafts.ts'
import {
  aliasesDraft,
  joinRulesDraft,
  lateCreateDraft,
  messageDraft,
  plainStateDraft,
  redactionDraft,
  userStateDraft,
} from './other-drafts.ts'
import { firstPowerLevels, powerLevelsDraft } from './power-level-drafts.ts'
import { Random } from './random.ts'
import { type Draft, Scene, serverOf } from './scene.ts'
import { rememberingCrypto, TestRoom } from './test-room.ts'
import { thirdPartyClaimDraft, thirdPartyInviteDraft } from './third-party-invites.ts'

const everybody = [
  '@alice:one.example',
  '@bob:two.example:8448',
  '@carol:three.example',
  '@dan:one.example',
  '@:two.example:8448',
  '@Émile the 2nd:[2001:db8::1]',
]

/** Branches at a time, at most. */
const maxBranches = 8

/** What people do, by weight. */
const deeds: readonly (readonly [weight: number, draft: (scene: Scene) => Draft])[] = [
  [160, joinDraft],
  [40, profileDraft],
  [15, leaveDraft],
  [60, kickDraft],
  [70, banDraft],
  [60, unbanDraft],
  [50, inviteDraft],
  [40, knockDraft],
  [40, thirdPartyInviteDraft],
  [80, thirdPartyClaimDraft],
  [260, powerLevelsDraft],
  [80, joinRulesDraft],
  [110, plainStateDraft],
  [40, userStateDraft],
  [30, aliasesDraft],
  [30, redactionDraft],
  [20, messageDraft],
  [60, oddMemberDraft],
  [3, lateCreateDraft],
]

export class RandomRoom {
  readonly room: TestRoom
  readonly random: Random
  /** Numbers of the events that were received and judged, in order: all but those of the other room. */
  readonly received: number[] = []
  readonly #people: readonly string[]
  readonly #foreign: number[] = []
  readonly #lateCreates = new Set<number>()
  #branches: number[] = []

  constructor(version: string, seed: number, events = 40) {
    const rules = rulesOf(version)
    this.room = new TestRoom(rules)
    // Each version has rooms of its own, since most rules are the same in the next.
    this.random = new Random(seed * 1009 + Number(rules.version))
    this.#people = everybody.slice(0, this.random.between(3, everybody.length))
    this.#open()
    for (let i = 0; i < events; i++) this.#step()
  }

  /** The create event, another room's events, and mostly the state that rooms begin with. */
  #open(): void {
    const { random, room } = this
    const [creator = ''] = this.#people
    this.#branches = [this.#create(creator)]
    this.#addForeignRoom()
    if (random.percent(97)) this.#send(memberDraft(creator, creator, 'join'))
    if (random.percent(85)) {
      const scene = this.#scene(this.#stateAt(this.#branches))
      this.#send({ type: 'm.room.power_levels', sender: creator, stateKey: '', content: firstPowerLevels(scene) })
    }
    if (random.percent(90)) {
      const join_rule = random.pick(['public', 'public', 'public', 'invite', 'restricted', 'knock_restricted'])
      this.#send({ type: 'm.room.join_rules', sender: creator, stateKey: '', content: { join_rule } })
    }
    for (const user of this.#people.slice(1)) {
      if (random.percent(30)) continue
      const open = new Scene(
        random,
        room.rules,
        [user],
        room.lookup(this.#stateAt(this.#branches)),
        [],
      ).state.joinRule()
      if (open.value !== 'public') this.#send(memberDraft(creator, user, 'invite'))
      this.#send(memberDraft(user, user, 'join'))
    }
  }

  #create(creator: string): number {
    const { random, room } = this
    const eventId = madeUpEventId(room.rules, serverOf(creator), random)
    const content: Record<string, JsonObject[string]> = {}
    if (room.rules.auth.creatorInContent) {
      const other = random.percent(4) ? this.#people[1] : creator
      if (random.below(200) > 0) content['creator'] = other
    } else if (random.percent(20)) content['creator'] = random.pick(this.#people)
    if (random.percent(50)) content['room_version'] = room.rules.version
    if (random.percent(1)) content['room_version'] = random.pick(['99', 7, ''])
    if (random.percent(8)) content['m.federate'] = random.pick([false, false, true, 'false'])
    if (random.percent(40)) content['additional_creators'] = random.some(this.#people.slice(1), random.below(3))
    if (random.percent(1)) content['additional_creators'] = random.pick(['x', ['x'], [7], {}])
    const number = room.receive({
      eventId,
      roomId: this.#roomIdFor(eventId, creator),
      type: 'm.room.create',
      sender: creator,
      stateKey: '',
      content,
      timestamp: random.below(10),
      writesRoomId: random.percent(2),
    })
    this.received.push(number)
    return number
  }

  #roomIdFor(createEventId: EventId, creator: string): string {
    if (this.room.rules.auth.createImpliedByRoomId) return roomIdOfCreate(createEventId)
    return `!room:${this.random.below(200) === 0 ? 'elsewhere.example' : serverOf(creator)}`
  }

  #addForeignRoom(): void {
    const { room, random } = this
    const [creator = ''] = this.#people
    const create = madeUpEventId(room.rules, serverOf(creator), random)
    const implied = room.rules.auth.createImpliedByRoomId
    const roomId = implied ? roomIdOfCreate(create) : `!other:${serverOf(creator)}`
    const parts = { roomId, sender: creator, timestamp: 1 }
    const add = (
      type: string,
      stateKey: string,
      content: JsonObject,
      eventId = madeUpEventId(room.rules, 'x', random),
    ) => this.#foreign.push(room.add({ ...parts, type, stateKey, content, eventId, authEvents: this.#foreign.slice() }))
    add('m.room.create', '', { creator }, create)
    add('m.room.member', creator, { membership: 'join' })
    add('m.room.power_levels', '', { users: implied ? {} : { [creator]: 100 } })
    add('m.room.join_rules', '', { join_rule: 'public' })
  }

  /** One event: on a branch, on a merge of branches, or on a new branch. */
  #step(): void {
    const { random } = this
    const branches = this.#branches
    if (branches.length < maxBranches && random.percent(22))
      branches.push(random.percent(70) ? random.pick(branches) : random.pick(this.received.slice(-12)))
    const merged = branches.length > 1 && random.percent(18) ? random.between(2, branches.length) : 1
    const chosen = random.some([...branches.keys()], merged)
    const prevEvents = [...new Set(chosen.map(at => branches[at] as number))]
    // Mostly people know the state that they build on; sometimes only an older one, which may have been allowed much more.
    const known = random.percent(80) ? this.#stateAt(prevEvents) : this.room.stateAfter(random.pick(this.received))
    // Whether a join on a late create event is the creator's first join is a question that scenarios.test.ts answers.
    const onLateCreate = prevEvents.length === 1 && this.#lateCreates.has(prevEvents[0] as number)
    const draft = onLateCreate ? messageDraft(this.#scene(known)) : this.#promisingDraft(known, prevEvents)
    const number = this.#receive(draft, prevEvents, known)
    if (draft.type === 'm.room.create') this.#lateCreates.add(number)
    // Rejected events are built on as well, but not always.
    if (this.room.isRejected(number) && random.percent(60)) return
    this.#branches = branches.filter((_, at) => !chosen.includes(at))
    this.#branches.push(number)
  }

  /** A draft that the known state allows, or whatever came to mind after a few tries. */
  #promisingDraft(known: StateMap, prevEvents: readonly number[]): Draft {
    const { random, room } = this
    const scene = this.#scene(known)
    for (let tries = 6; ; tries--) {
      const draft = random.weighted(deeds)(scene)
      if (tries === 0 || random.percent(15)) return draft
      const event = room.build({ ...draft, eventId: '$draft', roomId: room.roomId, prevEvents })
      if (authorizeByState(event, room.lookup(known), rememberingCrypto).allowed) return draft
    }
  }

  /** An event of the beginning, on the only branch. */
  #send(draft: Draft): void {
    const number = this.#receive(draft, [...this.#branches], this.#stateAt(this.#branches))
    if (!this.room.isRejected(number)) this.#branches = [number]
  }

  #receive(draft: Draft, on: readonly number[], known: StateMap): number {
    const { room, random } = this
    const isCreate = draft.type === 'm.room.create'
    const prevEvents = isCreate && random.percent(50) && room.impliedCreate === undefined ? [] : on
    const followsCreate = prevEvents.some(prev => room.event(prev).type === 'm.room.create')
    const surroundings = { foreign: this.#foreign, received: this.received }
    const number = room.receive({
      ...draft,
      eventId: madeUpEventId(room.rules, serverOf(draft.sender), random),
      roomId: followsCreate || random.percent(99) ? room.roomId : room.event(random.pick(this.#foreign)).roomId,
      timestamp: this.#timestamp(),
      depth: this.#depth(prevEvents),
      prevEvents,
      authEvents: isCreate ? [] : chooseAuthEvents(room, draft, known, surroundings, random),
    })
    this.received.push(number)
    return number
  }

  /** Few different ones, so that ties are common. */
  #timestamp(): number | bigint {
    const { random, room } = this
    if (random.percent(96)) return random.below(10)
    const lenient = room.rules.format.json === 'lenient'
    return lenient ? random.pick([2n ** 53n, 2n ** 53n + 1n, -(2n ** 60n)]) : random.pick([-1, Number.MAX_SAFE_INTEGER])
  }

  #depth(prevEvents: readonly number[]): number | bigint {
    const { random, room } = this
    if (random.percent(5)) return random.pick([0, 1, Number.MAX_SAFE_INTEGER, room.rules.format.maxDepth])
    const depths = prevEvents.map(number => Number(room.event(number).depth))
    return Math.min(Math.max(0, ...depths) + 1, Number.MAX_SAFE_INTEGER)
  }

  #stateAt(prevEvents: readonly number[]): StateMap {
    return this.room.resolveAfter(prevEvents)
  }

  #scene(state: StateMap): Scene {
    const { room, random } = this
    const eventIds = this.received.map(number => room.event(number).eventId)
    return new Scene(random, room.rules, this.#people, room.lookup(state), eventIds)
  }
}
