/** All of the operations, in the order in which a room lives. */
import type { Operation } from '../operation.ts'
import { backfill } from './backfill.ts'
import { catchUp } from './catch-up.ts'
import { join } from './join.ts'
import { outgoingTransaction } from './outgoing-transaction.ts'

export const operations: readonly Operation[] = [join, backfill, catchUp, outgoingTransaction]
