/**
 * Each accepted event was given out exactly once, as new or as history, unless a later correction did so; what is not accepted was
 * given out only where a correction took it back.
 */
import type { EventRow } from '../../storage/index.ts'
import type { CheckContext, RoomCheck } from '../check.ts'
import { readableEvents } from '../pages.ts'

export const outputsOfEvents: RoomCheck = {
  id: 'outputs-of-events',
  of: 'room',
  why: 'clients and other servers learn of an event by its output alone',
  async *run({ row }, context) {
    for await (const rows of readableEvents(context.reader, row.room)) {
      for (const event of rows) {
        const message = misfitOf(event, context)
        if (message !== undefined) yield { event: event.eventId, message }
      }
      await context.pause(rows.length)
    }
  },
}

function misfitOf({ event, status, outlier }: EventRow, { outputs }: CheckContext): string | undefined {
  const { asNew, asOld, corrected, correctedToAccepted } = outputs.of(event)
  if (asNew === 2) return 'it was given out as new more than once'
  if (asOld === 2) return 'it was given out as history more than once'
  if (asNew > 0 && asOld > 0) return 'it was given out as new and as history'
  const shown = asNew + asOld > 0
  if (outlier) return shown ? 'it is an outlier, and was given out' : undefined
  if (status === 'accepted') return shown || correctedToAccepted ? undefined : 'it is accepted, and was never given out'
  return shown && !corrected ? `it is ${status}, and was given out` : undefined
}
