/**
 * Step 3, first half: of old room versions events are about whose keys are longer than the specification allows. They have their place in
 * the graph, so that what builds on them can be judged, and are rejected. docs/decisions/long-keys.md.
 */
import { hasLongKeys, type RoomEvent } from '@neurite/protocol'
import type { VerdictReason } from '../../storage/index.ts'
import { plainReason } from '../item.ts'
import { next, type Step } from '../step.ts'

export const keyLengths: Step = {
  name: 'key_lengths',
  async run({ event }) {
    const reason = tooLongKeys(event)
    return reason === undefined ? next : { kind: 'reject', reason }
  },
}

/** @returns undefined where the event's keys are within the limits */
export function tooLongKeys(event: RoomEvent): VerdictReason | undefined {
  return hasLongKeys(event) ? plainReason(keyLengths.name, 'its type or state key has more than 255 bytes') : undefined
}
