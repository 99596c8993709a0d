/**
 * Views of states that were looked at lately, so that one is not put together from its 64 blocks for each event that stands on it. A view
 * belongs to a list of blocks: a snapshot that is made anew under the same number has another.
 *
 * Views hold on to blocks, also those that the caches drop: see HeldBeside.
 */
import { BoundedMap } from '../storage/index.ts'
import type { BlockList } from './block-list.ts'
import type { ByteBudget } from './byte-budget.ts'
import { HeldBeside } from './held-beside.ts'
import type { StateView } from './state-view.ts'

/** A busy room has a dozen; each takes about a kilobyte besides its blocks. */
const maxViews = 4_000

export class RecentViews {
  readonly #beside: HeldBeside
  #views = new BoundedMap<BlockList, StateView>(maxViews)

  constructor(budget: ByteBudget) {
    this.#beside = new HeldBeside(budget)
  }

  get(list: BlockList): StateView | undefined {
    this.#letGo()
    return this.#views.get(list)
  }

  set(list: BlockList, view: StateView): void {
    this.#letGo()
    this.#views.set(list, view)
  }

  #letGo(): void {
    if (this.#beside.isTooMuch) this.#views = new BoundedMap(maxViews)
  }
}
