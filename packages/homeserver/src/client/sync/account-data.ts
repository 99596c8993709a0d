/**
 * Account data that has changed: of no room, and of rooms. Client-server API, "Client Config", "Push Rules".
 */
import { noRoom } from '../../storage/account-data.ts'
import { eventPredicate } from '../events/event-filter.ts'
import { pushRulesOf } from '../push/push-rules-of.ts'
import type { SyncEvent, SyncLook } from './look.ts'

export interface ChangedAccountData {
  readonly global: readonly SyncEvent[]
  readonly ofRooms: ReadonlyMap<string, readonly SyncEvent[]>
}

export function changedAccountData({ context, caller, since, upTo, filter }: SyncLook): ChangedAccountData {
  const { accountData } = context.tables
  const { userId } = caller
  const after = since?.streams.account_data ?? 0
  const changes = accountData.changes(userId, after, upTo.streams.account_data)
  const isWanted = eventPredicate(filter.account_data)
  const isWantedOfRoom = eventPredicate(filter.room?.account_data)
  const row = (type: string) => ({ type, sender: userId, hasUrl: false })
  const ofRooms = new Map<string, SyncEvent[]>()
  const global: SyncEvent[] = []
  const rules = accountData.pushRuleChanges(userId)
  // What was written lies in the database a moment before its position is told of.
  const haveRulesChanged = rules !== undefined && rules.position > after && rules.position <= upTo.streams.account_data
  // Also who has changed none of them has rules.
  if (since === undefined || haveRulesChanged)
    global.push({ type: 'm.push_rules', content: { global: pushRulesOf(context, userId) } })
  for (const { roomId, type, content } of changes)
    if (roomId === noRoom) global.push({ type, content })
    else if (isWantedOfRoom(row(type))) {
      const ofRoom = ofRooms.get(roomId) ?? []
      ofRoom.push({ type, content })
      ofRooms.set(roomId, ofRoom)
    }
  return { global: global.filter(({ type }) => isWanted(row(`${type}`))), ofRooms }
}
