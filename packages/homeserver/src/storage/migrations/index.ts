/**
 * The tables of the heads' database, in the order in which they came. What was released never changes: what is new stands at the end.
 */
import { applicationServiceTable } from '../application-services.ts'
import { callTable } from '../calls.ts'
import { federationSenderTables } from '../federation-sender.ts'
import { noticeRoomTable } from '../notice-rooms.ts'
import { serverKeyTables } from '../server-keys.ts'
import { accounts } from './accounts.ts'
import { encryption } from './encryption.ts'
import { media } from './media.ts'
import { pusherPositions } from './pushing.ts'
import { outsideLeaves, rooms } from './rooms.ts'
import { userData } from './user-data.ts'

export const migrations: readonly string[] = [
  serverKeyTables,
  callTable,
  federationSenderTables,
  accounts,
  userData,
  encryption,
  media,
  rooms,
  outsideLeaves,
  applicationServiceTable,
  noticeRoomTable,
  pusherPositions,
]
