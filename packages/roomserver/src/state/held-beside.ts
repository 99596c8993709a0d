/**
 * For what holds on to things of a {@link ByteBudget}'s caches without being counted by it: says when to let go of all, so that what is
 * held and was dropped by the caches never takes more than a part of the budget. Once the budget is full something is dropped with each
 * new thing, so letting go each time would be keeping nothing.
 */
import type { ByteBudget } from './byte-budget.ts'

/** The part of a budget that may be held though its caches have dropped it: 16 MiB of the default, what some 1,600 events of forks bring. */
const heldPart = 1 / 16

export class HeldBeside {
  readonly #budget: ByteBudget
  readonly #most: number
  #droppedBytes = 0

  constructor(budget: ByteBudget) {
    this.#budget = budget
    this.#most = budget.limit * heldPart
  }

  /** Whether all has to be let go of. Once for as much as was dropped. */
  get isTooMuch(): boolean {
    const { droppedBytes } = this.#budget
    if (droppedBytes - this.#droppedBytes <= this.#most) return false
    this.#droppedBytes = droppedBytes
    return true
  }
}
