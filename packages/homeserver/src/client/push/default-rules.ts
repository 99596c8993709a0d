/**
 * The push rules that every user has, as the specification lists them. Client-server API, "Predefined Rules".
 */
import { localpartOf, type UserId } from '@neurite/protocol'
import type { PushRule, PushRuleset } from './push-rule.ts'

type Condition = NonNullable<PushRule['conditions']>[number]

const sound = (value: string) => ({ set_tweak: 'sound', value })
const highlight = { set_tweak: 'highlight' }
const event = (key: string, pattern: string): Condition => ({ kind: 'event_match', key, pattern })
const ofType = (type: string) => event('type', type)
const twoMembers: Condition = { kind: 'room_member_count', is: '2' }

function rule(name: string, conditions: readonly Condition[], actions: PushRule['actions']): PushRule {
  return { rule_id: `.m.rule.${name}`, default: true, enabled: true, conditions: [...conditions], actions }
}

/** Looks for the user's name in what is written. */
export const containsUserName = '.m.rule.contains_user_name'

/** Comes before all other rules, those of the user too. */
export const masterRule: PushRule = { ...rule('master', [], []), enabled: false }

/** In the order in which they are looked at. */
export function defaultRules(userId: UserId): PushRuleset {
  return {
    override: [
      rule('suppress_notices', [event('content.msgtype', 'm.notice')], []),
      rule(
        'invite_for_me',
        [ofType('m.room.member'), event('content.membership', 'invite'), event('state_key', userId)],
        ['notify', sound('default')],
      ),
      rule('member_event', [ofType('m.room.member')], []),
      rule(
        'is_user_mention',
        [{ kind: 'event_property_contains', key: 'content.m\\.mentions.user_ids', value: userId }],
        ['notify', sound('default'), highlight],
      ),
      rule(
        'is_room_mention',
        [
          { kind: 'event_property_is', key: 'content.m\\.mentions.room', value: true },
          { kind: 'sender_notification_permission', key: 'room' },
        ],
        ['notify', highlight],
      ),
      rule('tombstone', [ofType('m.room.tombstone'), event('state_key', '')], ['notify', highlight]),
      rule('reaction', [ofType('m.reaction')], []),
      rule('room.server_acl', [ofType('m.room.server_acl'), event('state_key', '')], []),
      rule(
        'suppress_edits',
        [{ kind: 'event_property_is', key: 'content.m\\.relates_to.rel_type', value: 'm.replace' }],
        [],
      ),
    ],
    content: [
      // Removed in v1.17 in favour of the two mentions above; it still serves clients that send no `m.mentions`, and counts only there.
      {
        ...{ rule_id: containsUserName, default: true, enabled: true, pattern: localpartOf(userId) },
        actions: ['notify', sound('default'), highlight],
      },
    ],
    room: [],
    sender: [],
    underride: [
      rule('call', [ofType('m.call.invite')], ['notify', sound('ring')]),
      rule('encrypted_room_one_to_one', [twoMembers, ofType('m.room.encrypted')], ['notify', sound('default')]),
      rule('room_one_to_one', [twoMembers, ofType('m.room.message')], ['notify', sound('default')]),
      rule('message', [ofType('m.room.message')], ['notify']),
      rule('encrypted', [ofType('m.room.encrypted')], ['notify']),
    ],
  }
}
