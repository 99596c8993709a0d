/**
 * The join rule of a room that replaces another, in a room version that may not have the rule. Room versions 7, 8 and 10.
 */
import type { JsonObject, RoomVersionRules } from '@neurite/protocol'

/** Each join rule that not all versions have, who has it, and what comes closest to it without letting anybody in whom it does not. */
const rulesOfSomeVersions: Readonly<
  Record<string, { readonly isIn: (rules: RoomVersionRules['auth']) => boolean; readonly closest: string }>
> = {
  knock: { isIn: ({ knock }) => knock, closest: 'invite' },
  restricted: { isIn: ({ restrictedJoins }) => restrictedJoins, closest: 'invite' },
  knock_restricted: { isIn: ({ knockRestricted }) => knockRestricted, closest: 'restricted' },
}

/** @param content of the old room's `m.room.join_rules` */
export function upgradedJoinRule(content: JsonObject, rules: RoomVersionRules): JsonObject {
  const { join_rule: rule } = content
  const special =
    typeof rule === 'string' && Object.hasOwn(rulesOfSomeVersions, rule) ? rulesOfSomeVersions[rule] : undefined
  if (special === undefined || special.isIn(rules.auth)) return content
  return upgradedJoinRule({ ...content, join_rule: special.closest }, rules)
}
