/**
 * Step 5: the state before the event: what the states after its prev events resolve to, or the state that was given with it.
 */
import { belongsTo, isUserId } from '@neurite/protocol'
import type { SnapshotOrigin } from '../../types/index.ts'
import { givenState } from '../given-state.ts'
import { resolveStatesOf } from '../resolve-states.ts'
import { next, type Step, type StepContext } from '../step.ts'
import type { KnownState, Work } from '../work.ts'

export const stateBefore: Step = {
  name: 'state_resolution',
  evenWhenRejected: true,
  async run(work, context) {
    const { stateEventIds, stateIsPartial } = work.item
    const origin: SnapshotOrigin = stateIsPartial === true ? 'partial' : 'given'
    if (stateEventIds === undefined) {
      work.stateBefore = await stateAfterPrevEvents(work, context)
      return next
    }
    work.stateBefore = { snapshot: await givenState(stateEventIds, origin, context), origin }
    work.comesIn = await comesIn(work, context)
    return next
  },
}

/** Whether a local user joins a room in which no other is. */
async function comesIn({ item, event }: Work, { reader, room, serverName }: StepContext): Promise<boolean> {
  const { stateKey } = event
  if (item.kind !== 'new' || event.type !== 'm.room.member' || event.content['membership'] !== 'join') return false
  if (stateKey === undefined || !isUserId(stateKey) || !belongsTo(stateKey, serverName)) return false
  return (await reader.joinedMembersOfServer(room.nid, serverName)) === 0
}

/** An event that stands on exactly the forward extremities has the current state before it: that is what they resolve to. */
async function stateAfterPrevEvents({ prevEvents }: Work, context: StepContext): Promise<KnownState> {
  const { forwardExtremities, currentSnapshot } = context.room
  const prev = new Set(prevEvents.map(row => row.event))
  const isCurrent =
    prev.size > 1 && prev.size === forwardExtremities.length && forwardExtremities.every(nid => prev.has(nid))
  if (!isCurrent || prevEvents.some(row => row.provisional)) return resolveStatesOf(prevEvents, context)
  return { snapshot: currentSnapshot, origin: 'computed' }
}
