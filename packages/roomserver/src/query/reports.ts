/**
 * Events and rooms that users reported, oldest first.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { nextAfter, numberAfter, pageLimit } from './pages.ts'

export async function reports(
  request: RequestTo<'queryReports'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryReports'>> {
  const rows = await context.reader.reports(numberAfter(request), pageLimit(request))
  const reports = rows.map(({ id, roomId, eventId, reporter, reason, score, at }) => ({
    ...{ id, roomId, reporter, at },
    // Empty: it is the room that was reported.
    ...(eventId === '' ? {} : { eventId }),
    reason: reason ?? '',
    ...(score === undefined ? {} : { score }),
  }))
  return { reports, ...nextAfter(rows, request, rows.at(-1)?.id) }
}
