/**
 * Views of states that were looked at lately, so that one is not put together from its 64 blocks for each event that stands on it. A view
 * belongs to a list of blocks: a snapshot that is made anew under the same number has another.
 *
 * Views hold on to blocks. So that these never take more than the budget says, all are let go of as soon as it has to drop anything.
 */
import type { BlockList } from './block-list.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { StateView } from './state-view.ts'

/** A busy room has a dozen; each takes about a kilobyte besides its blocks. */
const maxViews = 2_000

export class RecentViews {
  readonly #budget: ByteBudget
  readonly #views = new Map<BlockList, StateView>()
  #dropped = 0

  constructor(budget: ByteBudget) {
    this.#budget = budget
  }

  get(list: BlockList): StateView | undefined {
    this.#letGo()
    return this.#views.get(list)
  }

  set(list: BlockList, view: StateView): void {
    this.#letGo()
    this.#views.set(list, view)
    if (this.#views.size <= maxViews) return
    for (const oldest of this.#views.keys()) {
      this.#views.delete(oldest)
      return
    }
  }

  #letGo(): void {
    if (this.#dropped === this.#budget.dropped) return
    this.#dropped = this.#budget.dropped
    this.#views.clear()
  }
}
