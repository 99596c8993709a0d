/**
 * GET, PUT and DELETE /pushrules/global/{kind}/{ruleId}. Client-server API, "Push Rules: API".
 */
import { isRoomId, isUserId } from '@neurite/protocol'
import { type Static, Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { ClientError, invalidParameter, notFound } from '../errors.ts'
import { empty } from '../schemas.ts'
import { findRule, kindOf, replaceOwn, ruleNotFound } from './find-rule.ts'
import { actions, conditions, type PushRule, pattern, pushRule, type RuleKind } from './push-rule.ts'
import { changePushRules, type PushRuleChanges } from './push-rules-of.ts'

const path = '/pushrules/global/{kind}/{ruleId}'
/** Of one kind. Each is looked at for each event. */
const maxRules = 1_000

const newRule = Type.Object({
  actions,
  conditions: Type.Optional(conditions),
  pattern: Type.Optional(pattern),
})

interface Place {
  readonly before?: string | undefined
  readonly after?: string | undefined
}

export const getPushRule = endpoint(
  { method: 'GET', at: v3, path, access: 'user', response: pushRule },
  ({ context, caller, parameters }) => findRule(context, caller.userId, kindOf(parameters.kind), parameters.ruleId),
)

export const setPushRule = endpoint(
  {
    method: 'PUT',
    at: v3,
    path,
    access: 'user',
    query: Type.Object({ before: Type.Optional(Type.String()), after: Type.Optional(Type.String()) }),
    body: newRule,
    response: empty,
  },
  async ({ context, caller, parameters, query, body }) => {
    const kind = kindOf(parameters.kind)
    checkRuleId(kind, parameters.ruleId)
    const rule = ruleOf(kind, parameters.ruleId, body)
    await changePushRules(context, caller.userId, changes => placed(changes, kind, rule, query))
    return {}
  },
)

export const deletePushRule = endpoint(
  { method: 'DELETE', at: v3, path, access: 'user', response: empty },
  async ({ context, caller, parameters }) => {
    const kind = kindOf(parameters.kind)
    await changePushRules(context, caller.userId, changes => {
      const left = changes.own[kind].filter(rule => rule.rule_id !== parameters.ruleId)
      if (left.length === changes.own[kind].length) throw ruleNotFound()
      return replaceOwn(changes, kind, left)
    })
    return {}
  },
)

function checkRuleId(kind: RuleKind, ruleId: string): void {
  if (ruleId.startsWith('.')) throw invalidParameter('IDs that begin with a dot are those of the server')
  if (/[/\\]/.test(ruleId)) throw invalidParameter('an ID has no slashes')
  if (kind === 'sender' && !isUserId(ruleId)) throw invalidParameter('the ID of such a rule is a user ID')
  if (kind === 'room' && !isRoomId(ruleId)) throw invalidParameter('the ID of such a rule is a room ID')
}

function ruleOf(kind: RuleKind, ruleId: string, body: Static<typeof newRule>): PushRule {
  const rule = { rule_id: ruleId, default: false, enabled: true, actions: body.actions }
  if (kind === 'override' || kind === 'underride') return { ...rule, conditions: body.conditions ?? [] }
  if (kind !== 'content') return rule
  if (body.pattern === undefined) throw new ClientError('M_MISSING_PARAM', 'such a rule has a pattern')
  return { ...rule, pattern: body.pattern }
}

/** The rule where it is wanted; without a wish a new one comes first, and one that is there already stays where it is. */
function placed(changes: PushRuleChanges, kind: RuleKind, rule: PushRule, { before, after }: Place): PushRuleChanges {
  const known = changes.own[kind]
  const at = known.findIndex(({ rule_id }) => rule_id === rule.rule_id)
  const isWanted = before !== undefined || after !== undefined
  const kept = { ...rule, enabled: known[at]?.enabled ?? true }
  if (at >= 0 && !isWanted) return replaceOwn(changes, kind, known.with(at, kept))
  const others = known.filter(({ rule_id }) => rule_id !== rule.rule_id)
  if (others.length >= maxRules) throw invalidParameter(`you have ${maxRules} rules of this kind already`)
  const place = !isWanted ? 0 : before !== undefined ? indexOf(others, before) : indexOf(others, after as string) + 1
  return replaceOwn(changes, kind, others.toSpliced(place, 0, kept))
}

function indexOf(rules: readonly PushRule[], ruleId: string): number {
  const at = rules.findIndex(({ rule_id }) => rule_id === ruleId)
  if (at < 0) throw notFound(`you have no rule ${ruleId} of this kind`)
  return at
}
