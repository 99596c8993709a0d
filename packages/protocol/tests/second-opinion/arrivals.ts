// What depends on the order in which events arrive: soft failure, forward extremities, the current state.
// Follows: server-server API, "Soft failure"; the README of the corpus, rules 4 and 5.

import { authorizeByState } from './index.ts'
import type { Outcome } from './plain-room.ts'
import { PlainRoom } from './plain-room.ts'
import type { PlainEvent } from './types.ts'

export class Arrivals {
  readonly room: PlainRoom
  readonly softFailed = new Set<string>()
  readonly extremities = new Set<string>()

  constructor(version: string) {
    this.room = new PlainRoom(version)
  }

  currentState(): ReadonlyMap<string, string> {
    return this.room.resolveAfter([...this.extremities])
  }

  receive(event: PlainEvent): Outcome {
    const { room } = this
    const outcome = room.receive(event)
    if (!outcome.verdict.allowed) return outcome
    // Check 6, against the current state before the event counts. Where its prev events are the extremities, that
    // state is the one of check 5.
    const followsAll = new Set(event.prevEvents).symmetricDifference(this.extremities).size === 0
    if (!followsAll) {
      const current = room.eventsOf(this.currentState())
      if (!authorizeByState(room.version, event, current, room).allowed) {
        this.softFailed.add(event.eventId)
        return outcome
      }
    }
    // The event takes the place of those before it, also across rejected and soft-failed ones.
    const open = [...event.prevEvents]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      this.extremities.delete(id)
      if (room.isRejected(id) || this.softFailed.has(id)) open.push(...(room.event(id)?.prevEvents ?? []))
    }
    this.extremities.add(event.eventId)
    return outcome
  }
}
