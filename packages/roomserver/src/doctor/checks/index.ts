/** The checks, in the order in which they run: what others rely on comes first. */
import type { Check } from '../check.ts'
import { blocks } from './blocks.ts'
import { columns } from './columns.ts'
import { currentState } from './current-state.ts'
import { file } from './file.ts'
import { forwardExtremities } from './forward-extremities.ts'
import { hashes } from './hashes.ts'
import { memberCounts } from './member-counts.ts'
import { memberships } from './memberships.ts'
import { numbers } from './numbers.ts'
import { orphans } from './orphans.ts'
import { outputPositions } from './output-positions.ts'
import { outputsOfEvents } from './outputs-of-events.ts'
import { queue } from './queue.ts'
import { redactions } from './redactions.ts'
import { snapshots } from './snapshots.ts'
import { states } from './states.ts'
import { strangers } from './strangers.ts'
import { verdicts } from './verdicts.ts'

export const checks: readonly Check[] = [
  file,
  strangers,
  queue,
  outputPositions,
  numbers,
  blocks,
  snapshots,
  orphans,
  columns,
  hashes,
  states,
  verdicts,
  forwardExtremities,
  currentState,
  memberships,
  memberCounts,
  redactions,
  outputsOfEvents,
]
