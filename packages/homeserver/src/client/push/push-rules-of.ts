/**
 * The push rules of a user: the server's own, with what the user has changed of them, and the user's. Only the changes are stored, so
 * that rules that the specification adds later are there for everybody. Client-server API, "Push Rules".
 */
import type { UserId } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import { defaultRules, masterRule } from './default-rules.ts'
import { type PushRule, type PushRuleset, type RuleKind, ruleKinds } from './push-rule.ts'

/** What a user has changed. */
export interface PushRuleChanges {
  /** The user's own rules, the most important first. */
  readonly own: Readonly<Record<RuleKind, readonly PushRule[]>>
  /** By the ID of a rule of the server. */
  readonly ofDefaults: Readonly<Record<string, { readonly enabled?: boolean; readonly actions?: PushRule['actions'] }>>
}

const noChanges: PushRuleChanges = {
  own: { override: [], content: [], room: [], sender: [], underride: [] },
  ofDefaults: {},
}

/** The whole set, each kind in the order in which its rules are looked at. */
export function pushRulesOf(context: ClientContext, userId: UserId): PushRuleset {
  const { own, ofDefaults } = changesOf(context, userId)
  const changed = (rule: PushRule): PushRule => ({ ...rule, ...ofDefaults[rule.rule_id] })
  const defaults = defaultRules(userId)
  const entries = ruleKinds.map(kind => [kind, [...own[kind], ...defaults[kind].map(changed)]] as const)
  const rules = Object.fromEntries(entries) as unknown as PushRuleset
  return { ...rules, override: [changed(masterRule), ...rules.override] }
}

/** Changes them in the user's turn. */
export async function changePushRules(
  context: ClientContext,
  userId: UserId,
  change: (changes: PushRuleChanges) => PushRuleChanges,
): Promise<void> {
  const { tables, streams, turns } = context
  await turns.take(`push rules ${userId}`, async () => {
    const set = tables.accountData.setPushRuleChanges(userId, change(changesOf(context, userId)))
    await streams.write({ account_data: [userId] }, set)
  })
}

function changesOf({ tables }: ClientContext, userId: UserId): PushRuleChanges {
  return (tables.accountData.pushRuleChanges(userId)?.changes as PushRuleChanges | undefined) ?? noChanges
}
