/**
 * What users have set for a room goes on in the one that takes its place: push rules and tags. Client-server API, "Room Upgrades", "Server
 * behaviour".
 */
import type { UserId } from '@neurite/protocol'
import type { ResponseFrom } from '@neurite/roomserver/api'
import type { ClientContext } from '../context.ts'
import { changePushRules, pushRulesOf } from '../push/push-rules-of.ts'
import type { RoomUpgrade } from '../room-index/take-in.ts'

/** @returns stops it */
export function followUpgrades(context: ClientContext, onError: (error: unknown) => void): () => void {
  return context.rooms.listen(({ upgrades }) => {
    for (const upgrade of upgrades) carryOver(context, upgrade).catch(onError)
  })
}

async function carryOver(context: ClientContext, upgrade: RoomUpgrade): Promise<void> {
  for (let after: string | undefined; ; ) {
    const page: ResponseFrom<'queryJoinedUsers'> = await context.roomServer.queryJoinedUsers({
      ...{ roomId: upgrade.from, localOnly: true },
      ...(after === undefined ? {} : { after }),
    })
    for (const { userId } of page.users) await carryOverFor(context, userId as UserId, upgrade)
    if (page.next === undefined) return
    after = page.next
  }
}

/** What the user has set for the new room already stays. */
async function carryOverFor(context: ClientContext, userId: UserId, { from, to }: RoomUpgrade): Promise<void> {
  const { tables, streams, turns } = context
  if (ruleFor(context, userId, from) !== undefined && ruleFor(context, userId, to) === undefined)
    await changePushRules(context, userId, changes => {
      const rule = changes.own.room.find(({ rule_id }) => rule_id === from)
      if (rule === undefined) return changes
      const room = [...changes.own.room, { ...rule, rule_id: to }]
      return { ...changes, own: { ...changes.own, room } }
    })
  await turns.take(`account data ${userId} ${to}`, async () => {
    const tags = tables.accountData.find(userId, from, 'm.tag')
    if (tags === undefined || tables.accountData.find(userId, to, 'm.tag') !== undefined) return
    await streams.write({ account_data: [userId] }, tables.accountData.set(userId, to, 'm.tag', tags))
  })
}

function ruleFor(context: ClientContext, userId: UserId, roomId: string) {
  return pushRulesOf(context, userId).room.find(({ rule_id }) => rule_id === roomId)
}
