/**
 * Step 0: is the event here already? Accepted, soft-failed and rejected events stay what they are: the verdict follows from
 * the graph. An outlier is worked again as a full event, unless it comes as an outlier again.
 */
import { done, next, type Step } from '../step.ts'

export const known: Step = {
  name: 'known',
  async run(work, { room, reader }) {
    work.stored = await room.eventRow(work.event.eventId, reader)
    if (work.stored === undefined) return next
    return work.stored.outlier && work.item.kind !== 'outlier' ? next : done
  },
}
