/**
 * Compares the fast rules with the plain ones: each verdict on each event, and each resolution of states.
 */
import {
  authEventKeys,
  authorizeByAuthEvents,
  authorizeByState,
  type ConflictedStates,
  conflictedEntries,
  createEventIdOf,
  type Resolution,
  resolveConflict,
  resolveStates,
  type StateMap,
  type Verdict,
} from '@neurite/protocol'
import { PlainView, plainEventOf } from '../plain-view.ts'
import * as plain from '../second-opinion/index.ts'
import type { ConflictCount } from './conflict-count.ts'
import { ReferringGraph } from './counting-graph.ts'
import type { Random } from './random.ts'
import { rememberingCrypto, type TestRoom } from './test-room.ts'

export class Comparison {
  readonly #room: TestRoom
  readonly #view: PlainView
  readonly #random: Random
  readonly #version: string
  #referring: ReferringGraph | undefined
  /** What came out differently, in words. */
  readonly differences: string[] = []

  constructor(room: TestRoom, random: Random) {
    this.#room = room
    this.#view = new PlainView(room, rememberingCrypto)
    this.#random = random
    this.#version = room.rules.version
  }

  /** Auth event selection and checks 4 and 5 on an event, and check 5 against one more state. */
  verdicts(number: number, otherState: StateMap, count?: ConflictCount): void {
    const room = this.#room
    const event = room.event(number)
    const plainEvent = plainEventOf(event)
    const judged = (at: number) => ({ event: room.event(at), rejected: room.isRejected(at) })
    const named = room.numberOf(createEventIdOf(event.roomId))
    const create = named === undefined ? undefined : judged(named)
    const byAuthEvents = authorizeByAuthEvents(event, room.authEvents(number).map(judged), create, rememberingCrypto)
    count?.rules.add(byAuthEvents.rule)
    const keys = authEventKeys(event).map(key => key.join('\t'))
    const plainKeys = plain.authKeys(this.#version, plainEvent)
    // A member event without a state key is denied whatever it selects.
    const matters = event.stateKey !== undefined || event.type !== 'm.room.member'
    if (matters && keys.sort().join() !== plainKeys.sort().join())
      this.differences.push(`event ${number} selects: fast ${keys.join()}, plain ${plainKeys.join()}`)
    this.#sameVerdict(
      `event ${number} by its auth events`,
      byAuthEvents,
      plain.authorizeByAuthEvents(this.#version, plainEvent, this.#view),
    )
    for (const [name, state] of [['before', room.stateBefore(number)] as const, ['elsewhere', otherState] as const])
      this.#sameVerdict(
        `event ${number} by the state ${name}`,
        authorizeByState(event, room.lookup(state), rememberingCrypto),
        plain.authorizeByState(this.#version, plainEvent, this.#view.stateOf(state), this.#view),
      )
  }

  #sameVerdict(what: string, fast: Verdict, second: plain.PlainVerdict): void {
    if (fast.allowed === second.allowed) return
    const said = fast.allowed ? fast.rule : `${fast.rule}: ${fast.reason}`
    const plainSaid = second.allowed ? 'allowed' : `${second.rule}: ${second.why}`
    this.differences.push(`${what}: fast ${fast.allowed ? 'allows' : 'denies'} (${said}), plain ${plainSaid}`)
  }

  /** Resolves states in all ways that must agree. Counts them where they differ at all. */
  resolutions(states: readonly StateMap[], count?: ConflictCount): void {
    const random = this.#random
    const resolved = this.#resolve(states)
    const [first = new Map()] = states
    if (count !== undefined && !states.every(state => isSame(state, first)))
      count.add(this.#room, states, resolved.result, resolved.denied)

    this.#samePlain(states, resolved.result, 'with-state-events')
    if (this.#room.rules.stateResolution !== 'v1')
      this.#samePlain(states, this.#resolve(states, 'letter').result, 'letter')

    const reordered = random
      .shuffled([...states, random.pick(states)])
      .map(state => new Map(random.shuffled([...state])))
    this.#same('the states in another order', states, resolved.result, this.#resolve(reordered).result)
    const equal = [first, new Map(random.shuffled([...first])), first]
    this.#same('equal states', equal, first, this.#resolve(equal).result)
    this.#referring ??= new ReferringGraph(this.#room)
    const referring = resolveStates(states, this.#resolution({ graph: this.#referring }))
    this.#same('a graph that knows who names whom', states, resolved.result, referring)
    this.#same('states that the caller split', states, resolved.result, this.#resolveSplit(states))
  }

  #resolve(states: readonly StateMap[], chains: plain.Readings['chains'] = 'with-state-events') {
    let denied = 0
    const options = this.#resolution({
      options: { chains },
      observe: (_, verdict) => {
        if (!verdict.allowed) denied++
      },
    })
    return { result: resolveStates(states, options), denied }
  }

  #resolution(more: Partial<Resolution> = {}): Resolution {
    return { graph: this.#room, rules: this.#room.rules, crypto: rememberingCrypto, ...more }
  }

  #samePlain(states: readonly StateMap[], fast: StateMap, chains: plain.Readings['chains']): void {
    const view = this.#view
    const bySets = (sets: readonly StateMap[]) => {
      const ids = sets.map(state => view.idsOf(state))
      return view.numbersOf(plain.resolve(this.#version, ids, view, { chains }))
    }
    const second = bySets(states)
    if (isSame(fast, second)) return
    const differs = (sets: readonly StateMap[]) => !isSame(this.#resolve(sets, chains).result, bySets(sets))
    const fewest = smallest(states, differs)
    const [fastFewest, plainFewest] = [this.#resolve(fewest, chains).result, bySets(fewest)]
    this.#differ(`the plain rules (chains: ${chains})`, fewest, plainFewest, fastFewest)
  }

  /** Splits the states here, by the definitions, and resolves only what is conflicted. */
  #resolveSplit(states: readonly StateMap[]): StateMap {
    const { stateResolution } = this.#room.rules
    const unconflicted = new Map<number, number>()
    for (const key of new Set(states.flatMap(state => [...state.keys()]))) {
      const values = new Set(states.map(state => state.get(key)))
      // In version 1 a state that lacks a key contradicts nobody.
      if (stateResolution === 'v1') values.delete(undefined)
      const [value] = values
      if (values.size === 1 && value !== undefined) unconflicted.set(key, value)
    }
    const conflict: ConflictedStates = {
      unconflicted: { get: key => unconflicted.get(key), events: () => unconflicted.values() },
      count: states.length,
      entries: conflictedEntries(states.map(state => new Map([...state].filter(([key]) => !unconflicted.has(key))))),
    }
    return new Map([...unconflicted, ...resolveConflict(conflict, this.#resolution())])
  }

  #same(what: string, states: readonly StateMap[], expected: StateMap, actual: StateMap): void {
    if (!isSame(expected, actual)) this.#differ(what, states, expected, actual)
  }

  #differ(what: string, states: readonly StateMap[], expected: StateMap, actual: StateMap): void {
    const rows = (state: StateMap) => [...state.values()].sort((a, b) => a - b).join(' ')
    const lines = [`${what}: expected ${rows(expected)}, came ${rows(actual)}, from the states`, ...states.map(rows)]
    this.differences.push(lines.join('\n    '))
  }
}

function isSame(a: StateMap, b: StateMap): boolean {
  if (a.size !== b.size) return false
  for (const [key, event] of a) if (b.get(key) !== event) return false
  return true
}

/** Takes states, then keys, away for as long as something differs. */
function smallest(states: readonly StateMap[], differs: (states: readonly StateMap[]) => boolean): readonly StateMap[] {
  let fewest = states
  for (let again = true; again; ) {
    again = false
    const keys = new Set(fewest.flatMap(state => [...state.keys()]))
    const smaller = [
      ...fewest.map((_, without) => fewest.filter((_, at) => at !== without)),
      ...[...keys].map(key => fewest.map(state => new Map([...state].filter(([other]) => other !== key)))),
    ]
    const still = smaller.find(differs)
    if (still === undefined) continue
    fewest = still
    again = true
  }
  return fewest
}
