/**
 * Step 0: is the event here already? Accepted, soft-failed and rejected events stay what they are: the verdict follows from
 * the graph. An outlier is worked again as a full event, unless it comes as an outlier again.
 */
import { done, next, type Step } from '../step.ts'

export const known: Step = {
  name: 'known',
  async run(work, { room, reader }) {
    const { eventId } = work.event
    work.stored = (await room.eventRows([eventId], reader)).get(eventId)
    if (work.stored === undefined) return next
    return work.stored.outlier && work.item.kind !== 'outlier' ? next : done
  },
}
