/**
 * The steps of the pipeline, in order. The first three look at the event alone and run for many events side by side; the
 * others run in the room, one event after the other. Server-server API, "Checks performed on receipt of a PDU".
 */
import type { Step, StepContext, StepOutcome } from './step.ts'
import { next } from './step.ts'
import { allowedByAuthEvents } from './steps/allowed-by-auth-events.ts'
import { allowedByCurrentState } from './steps/allowed-by-current-state.ts'
import { allowedByStateBefore } from './steps/allowed-by-state-before.ts'
import { authEventsPresent } from './steps/auth-events-present.ts'
import { keyLengths } from './steps/key-lengths.ts'
import { known } from './steps/known.ts'
import { prevEventsPresent } from './steps/prev-events-present.ts'
import { recommendedByPolicyServer } from './steps/recommended-by-policy-server.ts'
import { stateBefore } from './steps/state-before.ts'
import type { Work } from './work.ts'

/** An outlier is judged by its own auth events only. */
export const outlierSteps: readonly Step[] = [known, authEventsPresent, keyLengths, allowedByAuthEvents]

/** An event with its place in the graph. Form, signatures and content hash come before: see arrival.ts. */
export const fullSteps: readonly Step[] = [
  ...outlierSteps,
  prevEventsPresent,
  stateBefore,
  allowedByStateBefore,
  allowedByCurrentState,
  recommendedByPolicyServer,
]

/** An event that was built just now: nobody can have it yet. */
export const draftSteps: readonly Step[] = fullSteps.filter(step => step !== known)

/**
 * Runs the steps until one says that the event goes no further. A rejection is noted and the state before the event still worked
 * out, since events that build on it need that.
 * @param begin told of each step by its name; what it returns is called at the step's end
 */
export async function runSteps(
  work: Work,
  context: StepContext,
  begin: (step: string) => () => void,
  steps = work.item.kind === 'outlier' ? outlierSteps : fullSteps,
): Promise<StepOutcome> {
  let rejected: StepOutcome | undefined
  for (const step of steps) {
    if (rejected !== undefined && !step.evenWhenRejected) continue
    const end = begin(step.name)
    const outcome = await step.run(work, context)
    end()
    if (outcome.kind === 'soft-fail') work.softFailure = outcome.reason
    else if (outcome.kind === 'reject') rejected ??= outcome
    else if (outcome.kind !== 'next') return outcome
  }
  return rejected ?? next
}
