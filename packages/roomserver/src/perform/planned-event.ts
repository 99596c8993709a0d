/**
 * An event of a room that is about to be opened, before it is built.
 */
import type { JsonObject } from '@neurite/protocol'

export interface PlannedEvent {
  readonly type: string
  readonly stateKey: string
  readonly content: JsonObject
  /**
   * What the caller is told where the rules refuse it, and with it the whole room. `left-out`: the room does without, as with what an
   * upgrade cannot carry over.
   */
  readonly ifRefused: 'M_INVALID_ROOM_STATE' | 'M_FORBIDDEN' | 'left-out'
}
