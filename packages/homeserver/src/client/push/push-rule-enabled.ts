/**
 * GET and PUT /pushrules/global/{kind}/{ruleId}/enabled. Client-server API, "Push Rules: API".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { empty } from '../schemas.ts'
import { adjustRule, findRule, kindOf } from './find-rule.ts'
import { changePushRules } from './push-rules-of.ts'

const path = '/pushrules/global/{kind}/{ruleId}/enabled'
const enabled = Type.Object({ enabled: Type.Boolean() })

export const pushRuleEnabled = endpoint(
  { method: 'GET', at: v3, path, access: 'user', response: enabled },
  ({ context, caller, parameters }) => {
    const rule = findRule(context, caller.userId, kindOf(parameters.kind), parameters.ruleId)
    return { enabled: rule.enabled }
  },
)

export const setPushRuleEnabled = endpoint(
  { method: 'PUT', at: v3, path, access: 'user', body: enabled, response: empty },
  async ({ context, caller, parameters, body }) => {
    const kind = kindOf(parameters.kind)
    const rule = findRule(context, caller.userId, kind, parameters.ruleId)
    await changePushRules(context, caller.userId, changes => adjustRule(changes, kind, rule, { enabled: body.enabled }))
    return {}
  },
)
