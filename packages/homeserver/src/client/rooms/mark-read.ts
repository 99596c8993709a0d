/**
 * Moving receipts and the read marker. Client-server API, "Receipts", "Read and unread markers".
 */
import type { Statement } from '../../storage/database.ts'
import type { ReceiptType } from '../../storage/receipts.ts'
import type { Caller } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'

/** Where a reader is: `m.fully_read` is account data, the others are receipts. */
export type MarkerType = ReceiptType | 'm.fully_read'

export interface Marker {
  readonly type: MarkerType
  readonly eventId: string
  readonly threadId: string | undefined
}

/** Markers of one request become one change. A receipt never moves backwards. */
export async function markRead(
  context: ClientContext,
  { userId }: Caller,
  roomId: string,
  markers: readonly Marker[],
): Promise<void> {
  const { tables, streams, runtime, passing, hasRead, turns } = context
  await turns.take(`receipts ${userId} ${roomId}`, async () => {
    const at = runtime.clock.now()
    const statements: Statement[] = []
    const receipts = markers.flatMap(({ type, eventId, threadId }) =>
      type === 'm.fully_read' || isBehind(context, userId, roomId, { type, eventId, threadId })
        ? []
        : [{ roomId, userId, type, threadId, eventId, at }],
    )
    statements.push(...receipts.map(receipt => tables.receipts.set(receipt)))
    const fullyRead = markers.filter(({ type }) => type === 'm.fully_read')
    for (const { eventId } of fullyRead)
      statements.push(tables.accountData.set(userId, roomId, 'm.fully_read', { event_id: eventId }))
    await streams.write(
      {
        ...(receipts.length === 0 ? {} : { receipts: [roomId] }),
        ...(fullyRead.length === 0 ? {} : { account_data: [userId] }),
      },
      ...statements,
    )
    if (receipts.length > 0) await hasRead.tell(userId)
    for (const receipt of receipts) if (receipt.type === 'm.read') await passing.tell({ kind: 'receipt', receipt })
  })
}

/** Whether the reader is further already, as far as both places are known. */
function isBehind(
  { tables }: ClientContext,
  userId: string,
  roomId: string,
  { type, eventId, threadId }: Marker,
): boolean {
  const before = tables.receipts.of(roomId, userId).find(one => one.type === type && one.threadId === threadId)
  if (before === undefined) return false
  const [was, is] = [before.eventId, eventId].map(id => tables.timeline.find(roomId, id)?.position)
  return was !== undefined && is !== undefined && is <= was
}
