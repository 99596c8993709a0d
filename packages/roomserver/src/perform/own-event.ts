/**
 * What belongs to every event that this server sends for one of its users.
 */
import type { RequestTo } from '../api/index.ts'
import type { DraftOptions } from '../input/draft.ts'
import type { PerformContext } from './context.ts'

export type TransactionId = RequestTo<'performSend'>['transactionId']

export function ownEvent({ serverName }: PerformContext, transactionId?: TransactionId): DraftOptions {
  return {
    ...{ origin: serverName, sendAsServer: serverName },
    ...(transactionId === undefined ? {} : { transactionId }),
  }
}
