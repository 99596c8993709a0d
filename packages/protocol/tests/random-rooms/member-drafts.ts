/**
 * Memberships: joins of every kind, leaves, kicks, bans and unbans, invites, knocks, and forms that are none of these.
 */
import type { JsonObject, JsonValue } from '@neurite/protocol'
import type { Draft, Scene } from './scene.ts'

export function memberDraft(
  sender: string,
  target: string | undefined,
  membership: JsonValue,
  more: JsonObject = {},
): Draft {
  return { type: 'm.room.member', sender, stateKey: target, content: { membership, ...more } }
}

export function joinDraft(scene: Scene): Draft {
  const { random, rules } = scene
  const user = scene.oneWho('leave', 'invite', 'knock')
  const restricted = String(scene.state.joinRule().value).includes('restricted')
  if (rules.auth.restrictedJoins && (restricted || random.percent(5)) && random.percent(90))
    return memberDraft(user, user, 'join', { join_authorised_via_users_server: scene.oneWho('join') })
  return memberDraft(random.percent(97) ? user : scene.anyone(), user, 'join')
}

/** Joined users join again: a new display name. */
export function profileDraft(scene: Scene): Draft {
  const user = scene.oneWho('join')
  return memberDraft(user, user, 'join', { displayname: `name ${scene.random.below(4)}` })
}

export function leaveDraft(scene: Scene): Draft {
  const user = scene.oneWho('join', 'invite', 'knock')
  return memberDraft(user, user, 'leave')
}

export const kickDraft = (scene: Scene): Draft =>
  memberDraft(scene.someoneInPower(), scene.oneWho('join', 'invite', 'knock'), 'leave')
export const banDraft = (scene: Scene): Draft =>
  memberDraft(scene.someoneInPower(), scene.oneWho('join', 'leave', 'invite'), 'ban')
export const unbanDraft = (scene: Scene): Draft => memberDraft(scene.someoneInPower(), scene.oneWho('ban'), 'leave')
export const inviteDraft = (scene: Scene): Draft =>
  memberDraft(scene.oneWho('join'), scene.oneWho('leave', 'knock'), 'invite')

export function knockDraft(scene: Scene): Draft {
  const user = scene.oneWho('leave', 'ban', 'invite')
  return memberDraft(scene.random.percent(85) ? user : scene.anyone(), user, 'knock')
}

/** Member events of odd form. */
export function oddMemberDraft(scene: Scene): Draft {
  const { random } = scene
  const [user, other] = [scene.oneWho('join', 'leave'), scene.oneWho('join')]
  const via = (authoriser: JsonValue) => ({ join_authorised_via_users_server: authoriser })
  return random.pick<Draft>([
    { type: 'm.room.member', sender: user, stateKey: user, content: {} },
    memberDraft(user, user, null),
    memberDraft(user, user, 7),
    memberDraft(user, user, { membership: 'join' }),
    memberDraft(user, user, 'lurk'),
    memberDraft(user, user, 'knock'),
    memberDraft(user, undefined, 'join'),
    memberDraft(other, 'nobody', 'invite'),
    memberDraft(other, '@', 'ban'),
    memberDraft(other, '', 'leave'),
    memberDraft(user, user, 'join', via(7)),
    memberDraft(user, user, 'join', via(null)),
    memberDraft(user, user, 'join', via('nobody')),
    memberDraft(user, user, 'join', via(user)),
    memberDraft(user, user, 'leave', via('@x')),
    memberDraft(user, user, 'leave', via(other)),
    memberDraft(other, user, 'invite', via(other)),
  ])
}
