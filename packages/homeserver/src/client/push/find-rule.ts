/**
 * A push rule by its kind and ID.
 */
import type { UserId } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import { type ClientError, notFound } from '../errors.ts'
import { isRuleKind, type PushRule, type RuleKind } from './push-rule.ts'
import { type PushRuleChanges, pushRulesOf } from './push-rules-of.ts'

/** @throws {ClientError} `M_NOT_FOUND`: of kinds that are not known here there are no rules */
export function kindOf(text: string): RuleKind {
  if (!isRuleKind(text)) throw notFound(`${text} is no kind of push rule`)
  return text
}

/** @throws {ClientError} `M_NOT_FOUND` */
export function findRule(context: ClientContext, userId: UserId, kind: RuleKind, ruleId: string): PushRule {
  const rule = pushRulesOf(context, userId)[kind].find(({ rule_id }) => rule_id === ruleId)
  if (rule === undefined) throw ruleNotFound()
  return rule
}

export function ruleNotFound(): ClientError {
  return notFound('you have no such push rule')
}

export function replaceOwn(changes: PushRuleChanges, kind: RuleKind, rules: readonly PushRule[]): PushRuleChanges {
  return { ...changes, own: { ...changes.own, [kind]: rules } }
}

/**
 * A rule with some of it changed: one of the user's own, or one of the server's.
 * @throws {ClientError} `M_NOT_FOUND`
 */
export function adjustRule(
  changes: PushRuleChanges,
  kind: RuleKind,
  rule: PushRule,
  adjustment: Partial<Pick<PushRule, 'enabled' | 'actions'>>,
): PushRuleChanges {
  const { rule_id: ruleId } = rule
  if (rule.default) {
    const adjusted = { ...changes.ofDefaults[ruleId], ...adjustment }
    return { ...changes, ofDefaults: { ...changes.ofDefaults, [ruleId]: adjusted } }
  }
  const at = changes.own[kind].findIndex(({ rule_id }) => rule_id === ruleId)
  if (at < 0) throw ruleNotFound()
  return replaceOwn(
    changes,
    kind,
    changes.own[kind].with(at, { ...(changes.own[kind][at] as PushRule), ...adjustment }),
  )
}
