/**
 * All tables of the heads' database together.
 */
import { AccountData } from './account-data.ts'
import { Accounts } from './accounts.ts'
import { ApplicationServiceTable } from './application-services.ts'
import { ClientTransactions } from './client-transactions.ts'
import { CrossSigning } from './cross-signing.ts'
import type { Database } from './database.ts'
import { DeviceKeys } from './device-keys.ts'
import { Devices } from './devices.ts'
import { EventTexts } from './event-texts.ts'
import { Filters } from './filters.ts'
import { KeyBackups } from './key-backups.ts'
import { MediaTable } from './media.ts'
import { NoticeRooms } from './notice-rooms.ts'
import { OpenIdTokens } from './openid-tokens.ts'
import { OutsideInvites } from './outside-invites.ts'
import { Profiles } from './profiles.ts'
import { Pushers } from './pushers.ts'
import { Receipts } from './receipts.ts'
import { IndexPositions } from './room-index.ts'
import { RoomStates } from './room-states.ts'
import { StreamPositions } from './streams.ts'
import { Timeline } from './timeline.ts'
import { ToDeviceMessages } from './to-device-messages.ts'
import { TokenPairs } from './token-pairs.ts'

export type Tables = ReturnType<typeof tablesOf>

export function tablesOf(database: Database) {
  return {
    applicationServices: new ApplicationServiceTable(database),
    accounts: new Accounts(database),
    devices: new Devices(database),
    tokenPairs: new TokenPairs(database),
    openIdTokens: new OpenIdTokens(database),
    streamPositions: new StreamPositions(database),
    profiles: new Profiles(database),
    accountData: new AccountData(database),
    filters: new Filters(database),
    pushers: new Pushers(database),
    clientTransactions: new ClientTransactions(database),
    deviceKeys: new DeviceKeys(database),
    crossSigning: new CrossSigning(database),
    toDeviceMessages: new ToDeviceMessages(database),
    keyBackups: new KeyBackups(database),
    media: new MediaTable(database),
    indexPositions: new IndexPositions(database),
    timeline: new Timeline(database),
    eventTexts: new EventTexts(database),
    roomStates: new RoomStates(database),
    outsideInvites: new OutsideInvites(database),
    noticeRooms: new NoticeRooms(database),
    receipts: new Receipts(database),
  } as const
}
