/**
 * Counts what kinds of conflicts were resolved and which rules decided, so that a generator of trivial ones is noticed.
 */
import { isPowerEvent, type RuleName, type StateMap } from '@neurite/protocol'
import type { TestRoom } from './test-room.ts'

export class ConflictCount {
  /** States that differed. */
  resolved = 0
  /** The result was none of the states. */
  unlikeAll = 0
  /** The states differed in power levels, join rules, kicks or bans. */
  powerRelevant = 0
  /** An event was denied in the iterative auth checks (from version 2 on). */
  withDenials = 0
  /** The rules that decided on the events. */
  readonly rules = new Set<RuleName>()

  add(room: TestRoom, states: readonly StateMap[], result: StateMap, denied: number): void {
    this.resolved++
    if (!states.some(state => state.size === result.size && [...state].every(([key, n]) => result.get(key) === n)))
      this.unlikeAll++
    const numbers = new Set(states.flatMap(state => [...state.values()]))
    const disputed = [...numbers].filter(number => states.some(state => state.get(room.keyOf(number)) !== number))
    if (disputed.some(number => isPowerEvent(room.event(number)))) this.powerRelevant++
    if (denied > 0) this.withDenials++
  }

  share(of: 'unlikeAll' | 'powerRelevant' | 'withDenials'): number {
    return this[of] / this.resolved
  }

  toString(): string {
    const percent = (of: 'unlikeAll' | 'powerRelevant' | 'withDenials') => `${(100 * this.share(of)).toFixed(0)} %`
    return [
      `${this.resolved} conflicts resolved`,
      `${percent('unlikeAll')} unlike every state`,
      `${percent('powerRelevant')} over power events`,
      `${percent('withDenials')} with denials`,
    ].join(', ')
  }
}
