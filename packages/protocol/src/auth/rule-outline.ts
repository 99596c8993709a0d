/**
 * The authorisation rules of all room versions as one outline, in the specification's order. A rule's number on a
 * version's page is its place among the rules that the version has. Room version pages, "Authorisation rules".
 */
import type { AuthRules, RoomVersionRules } from '../room-version/index.ts'

interface OutlineEntry<Name extends string> {
  readonly name: Name
  /** 1 for a rule of its own, 2 for a part of the one above, and so on. */
  readonly depth: number
  /** The rule's sense, shortened. */
  readonly sense: string
  /** Which versions have it; absent: all. */
  readonly when?: (auth: AuthRules) => boolean
}

const rule = <const Name extends string>(
  depth: number,
  name: Name,
  sense: string,
  when?: (auth: AuthRules) => boolean,
): OutlineEntry<Name> => (when === undefined ? { depth, name, sense } : { depth, name, sense, when })

/** Every rule, in order. */
export const ruleOutline = [
  rule(1, 'create', 'type is m.room.create'),
  rule(2, 'create/prev-events', 'has prev_events: reject'),
  rule(
    2,
    'create/room-id-domain',
    'domain of room_id is not that of sender: reject',
    auth => !auth.createImpliedByRoomId,
  ),
  rule(2, 'create/has-room-id', 'has a room_id: reject', auth => auth.createImpliedByRoomId),
  rule(2, 'create/room-version', 'content.room_version is not a recognised version: reject'),
  rule(2, 'create/creator', 'content has no creator: reject', auth => auth.creatorInContent),
  rule(
    2,
    'create/additional-creators',
    'additional_creators is no array of user IDs: reject',
    auth => auth.privilegedCreators,
  ),
  rule(2, 'create/allow', 'otherwise, allow'),

  rule(1, 'room-id', 'room_id does not name an accepted create event: reject', auth => auth.createImpliedByRoomId),

  rule(1, 'auth-events', "considering the event's auth_events"),
  rule(2, 'auth-events/duplicate', 'two entries of one type and state_key: reject'),
  rule(2, 'auth-events/unselected', 'an entry that auth event selection does not name: reject'),
  rule(2, 'auth-events/rejected', 'an entry that was itself rejected: reject'),
  rule(2, 'auth-events/no-create', 'no m.room.create among the entries: reject', auth => !auth.createImpliedByRoomId),
  rule(2, 'auth-events/other-room', 'an entry of another room: reject'),

  rule(1, 'federate', 'm.federate is false and sender is of another server than the creator: reject'),

  rule(1, 'aliases', 'type is m.room.aliases', auth => auth.aliasesRule),
  rule(2, 'aliases/state-key', 'no state_key: reject', auth => auth.aliasesRule),
  rule(2, 'aliases/sender', "sender's domain is not the state_key: reject", auth => auth.aliasesRule),
  rule(2, 'aliases/allow', 'otherwise, allow', auth => auth.aliasesRule),

  rule(1, 'member', 'type is m.room.member'),
  rule(2, 'member/form', 'no state_key, or no membership in content: reject'),
  rule(
    2,
    'member/authoriser',
    'join_authorised_via_users_server, not signed by that server: reject',
    auth => auth.restrictedJoins,
  ),
  rule(2, 'join', 'membership is join'),
  rule(3, 'join/first', 'only prev event is the create, state_key is the creator: allow'),
  rule(3, 'join/sender', 'sender is not state_key: reject'),
  rule(3, 'join/banned', 'sender is banned: reject'),
  rule(3, 'join/invite', 'join rule invite (or knock): allow if membership is invite or join'),
  rule(3, 'join/restricted', 'join rule restricted (or knock_restricted)', auth => auth.restrictedJoins),
  rule(4, 'join/restricted/member', 'membership is join or invite: allow', auth => auth.restrictedJoins),
  rule(
    4,
    'join/restricted/authoriser',
    'authoriser may not invite or is not joined: reject',
    auth => auth.restrictedJoins,
  ),
  rule(4, 'join/restricted/allow', 'otherwise, allow', auth => auth.restrictedJoins),
  rule(3, 'join/public', 'join rule public: allow'),
  rule(3, 'join/otherwise', 'otherwise, reject'),
  rule(2, 'invite', 'membership is invite'),
  rule(3, 'invite/third-party', 'content has third_party_invite'),
  rule(4, 'invite/third-party/banned', 'target user is banned: reject'),
  rule(4, 'invite/third-party/signed', 'no signed property: reject'),
  rule(4, 'invite/third-party/properties', 'signed has no mxid and token: reject'),
  rule(4, 'invite/third-party/mxid', 'mxid is not the state_key: reject'),
  rule(4, 'invite/third-party/token', 'no m.room.third_party_invite with that token: reject'),
  rule(4, 'invite/third-party/sender', 'sender is not that of the m.room.third_party_invite: reject'),
  rule(4, 'invite/third-party/signature', 'a signature in signed matches a public key of that event: allow'),
  rule(4, 'invite/third-party/otherwise', 'otherwise, reject'),
  rule(3, 'invite/sender', 'sender is not joined: reject'),
  rule(3, 'invite/target', 'target user is joined or banned: reject'),
  rule(3, 'invite/power', 'sender has the invite level: allow'),
  rule(3, 'invite/otherwise', 'otherwise, reject'),
  rule(2, 'leave', 'membership is leave'),
  rule(3, 'leave/self', 'sender is state_key: allow if invited, joined (or knocking)'),
  rule(3, 'leave/sender', 'sender is not joined: reject'),
  rule(3, 'leave/unban', 'target user is banned and sender lacks the ban level: reject'),
  rule(3, 'leave/kick', 'sender has the kick level and more power than the target user: allow'),
  rule(3, 'leave/otherwise', 'otherwise, reject'),
  rule(2, 'ban', 'membership is ban'),
  rule(3, 'ban/sender', 'sender is not joined: reject'),
  rule(3, 'ban/power', 'sender has the ban level and more power than the target user: allow'),
  rule(3, 'ban/otherwise', 'otherwise, reject'),
  rule(2, 'knock', 'membership is knock', auth => auth.knock),
  rule(3, 'knock/join-rule', 'join rule is not knock (or knock_restricted): reject', auth => auth.knock),
  rule(3, 'knock/sender', 'sender is not state_key: reject', auth => auth.knock),
  rule(3, 'knock/membership', 'membership is not ban, invite or join: allow', auth => auth.knock),
  rule(3, 'knock/otherwise', 'otherwise, reject', auth => auth.knock),
  rule(2, 'member/unknown', 'otherwise, the membership is unknown: reject'),

  rule(1, 'sender', 'sender is not joined: reject'),

  rule(1, 'third-party-invite', 'type is m.room.third_party_invite'),
  rule(2, 'third-party-invite/power', 'allow if and only if sender has the invite level'),

  rule(1, 'required-power', "the event type's required power level is above the sender's: reject"),

  rule(1, 'state-key', 'state_key starts with @ and is not the sender: reject'),

  rule(1, 'power-levels', 'type is m.room.power_levels'),
  rule(2, 'power-levels/integers', 'a named level is not an integer: reject', auth => auth.integerPowerLevels),
  rule(
    2,
    'power-levels/maps',
    'events or notifications is no object of integers: reject',
    auth => auth.integerPowerLevels,
  ),
  rule(2, 'power-levels/users', 'users is no object of user IDs to integers: reject'),
  rule(2, 'power-levels/creators', 'users lists a creator: reject', auth => auth.privilegedCreators),
  rule(2, 'power-levels/first', 'no power levels before: allow'),
  rule(2, 'power-levels/named', 'a named level added, changed or removed'),
  rule(3, 'power-levels/named/current', "its current value is above the sender's power: reject"),
  rule(3, 'power-levels/named/new', "its new value is above the sender's power: reject"),
  rule(2, 'power-levels/entries-changed', 'an entry of events (or notifications) changed or removed'),
  rule(3, 'power-levels/entries-changed/current', "its current value is above the sender's power: reject"),
  rule(2, 'power-levels/entries-added', 'an entry of events (or notifications) added or changed'),
  rule(3, 'power-levels/entries-added/new', "its new value is above the sender's power: reject"),
  rule(2, 'power-levels/users-changed', "an entry of users changed or removed, other than the sender's own"),
  rule(3, 'power-levels/users-changed/current', "its current value is the sender's power or above: reject"),
  rule(2, 'power-levels/users-added', 'an entry of users added or changed'),
  rule(3, 'power-levels/users-added/new', "its new value is above the sender's power: reject"),
  rule(2, 'power-levels/allow', 'otherwise, allow'),

  rule(1, 'redaction', 'type is m.room.redaction', auth => auth.redactionRule),
  rule(2, 'redaction/power', 'sender has the redact level: allow', auth => auth.redactionRule),
  rule(2, 'redaction/own-server', 'both event IDs are of one domain: allow', auth => auth.redactionRule),
  rule(2, 'redaction/otherwise', 'otherwise, reject', auth => auth.redactionRule),

  rule(1, 'allow', 'otherwise, allow'),
] as const

/** The stable name of a rule, the same in all room versions: for logs, metrics, `explain` and tests. */
export type RuleName = (typeof ruleOutline)[number]['name']

const numbersOf = new WeakMap<AuthRules, ReadonlyMap<RuleName, string>>()

/** The numbers of all rules that a room version has, in order: `create/prev-events` is 1.1. */
export function ruleNumbers(auth: AuthRules): ReadonlyMap<RuleName, string> {
  let numbers = numbersOf.get(auth)
  if (numbers === undefined) {
    numbers = countRules(auth)
    numbersOf.set(auth, numbers)
  }
  return numbers
}

function countRules(auth: AuthRules): Map<RuleName, string> {
  const numbers = new Map<RuleName, string>()
  let counters: number[] = []
  for (const entry of ruleOutline as readonly OutlineEntry<RuleName>[]) {
    if (entry.when !== undefined && !entry.when(auth)) continue
    counters = counters.slice(0, entry.depth)
    while (counters.length < entry.depth) counters.push(0)
    counters[entry.depth - 1] = (counters[entry.depth - 1] ?? 0) + 1
    numbers.set(entry.name, counters.join('.'))
  }
  return numbers
}

/** A rule's number on the page of a room version, such as `5.3.3`; undefined where the version has no such rule. */
export function ruleNumber(name: RuleName, rules: RoomVersionRules): string | undefined {
  return ruleNumbers(rules.auth).get(name)
}
