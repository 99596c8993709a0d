/**
 * Judging the provisional events of rooms again, beside the work, until no look at them changes anything. docs/decisions/
 * provisional-verdicts.md.
 */
import type { EventNid } from '../types/index.ts'
import type { Judge } from './judge.ts'
import type { RoomQueues } from './room-queues.ts'
import { untilItStands } from './turn-lost.ts'

export interface RoomCorrectionsParts {
  readonly judge: Judge
  readonly queues: RoomQueues
  /** Called after commits: outputs may be there. */
  readonly committed: () => void
}

export class RoomCorrections {
  readonly #parts: RoomCorrectionsParts
  /** Rooms whose events are being judged again, and whether that is to be done once more. */
  readonly #underWay = new Map<string, boolean>()

  constructor(parts: RoomCorrectionsParts) {
    this.#parts = parts
  }

  /** Resolves when it is done; at once where it is under way already, and is then done once more. */
  async correct(roomId: string): Promise<void> {
    const isUnderWay = this.#underWay.has(roomId)
    this.#underWay.set(roomId, isUnderWay)
    if (isUnderWay) return
    try {
      do {
        this.#underWay.set(roomId, false)
        await this.untilNoneChanges(roomId)
      } while (this.#underWay.get(roomId) === true)
    } finally {
      this.#underWay.delete(roomId)
    }
  }

  async untilNoneChanges(roomId: string): Promise<void> {
    while (await this.#lookOnce(roomId)) this.#parts.committed()
  }

  /** One look at all provisional events, oldest first, so that most find what they build on corrected. @returns whether any was */
  async #lookOnce(roomId: string): Promise<boolean> {
    const { queues, judge } = this.#parts
    let corrected = false
    for (let after: EventNid | 0 = 0; ; ) {
      const events = await judge.provisionalEvents(roomId, after)
      for (const event of events) {
        const isCorrected = await untilItStands(roomId, `the correction of event NID ${event}`, async () => {
          const correction = await queues.runNext(roomId, () => judge.correction(roomId, event))
          await correction?.committed
          return correction !== undefined
        })
        corrected ||= isCorrected
      }
      const last = events.at(-1)
      if (last === undefined) return corrected
      after = last
    }
  }
}
