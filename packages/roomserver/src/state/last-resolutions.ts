/**
 * The last resolution of each of the rooms that fork, for the next one. They hold on to states: see HeldBeside.
 */
import type { RoomNid } from '../types/index.ts'
import type { ByteBudget } from './byte-budget.ts'
import { HeldBeside } from './held-beside.ts'
import type { LastResolution } from './last-resolution.ts'
import type { StateView } from './state-view.ts'

/** Rooms that fork at the same time; each has a dozen states that are looked at lately anyway. */
const maxRooms = 200

export class LastResolutions {
  readonly #beside: HeldBeside
  readonly #ofRooms = new Map<RoomNid, LastResolution>()

  constructor(budget: ByteBudget) {
    this.#beside = new HeldBeside(budget)
  }

  /** The resolution that came to a state; undefined where that was not the room's last. */
  of(room: RoomNid, { blocks }: StateView): LastResolution | undefined {
    this.#letGo()
    const last = this.#ofRooms.get(room)
    return last?.result === blocks ? last : undefined
  }

  note(room: RoomNid, resolution: LastResolution): void {
    this.#letGo()
    this.#ofRooms.delete(room)
    this.#ofRooms.set(room, resolution)
    if (this.#ofRooms.size <= maxRooms) return
    for (const oldest of this.#ofRooms.keys()) {
      this.#ofRooms.delete(oldest)
      return
    }
  }

  #letGo(): void {
    if (this.#beside.isTooMuch) this.#ofRooms.clear()
  }
}
