/**
 * GET and PUT /pushrules/global/{kind}/{ruleId}/actions. Client-server API, "Push Rules: API".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { empty } from '../schemas.ts'
import { adjustRule, findRule, kindOf } from './find-rule.ts'
import { actions as actionList } from './push-rule.ts'
import { changePushRules } from './push-rules-of.ts'

const path = '/pushrules/global/{kind}/{ruleId}/actions'
const actions = Type.Object({ actions: actionList })

export const pushRuleActions = endpoint(
  { method: 'GET', at: v3, path, access: 'user', response: actions },
  ({ context, caller, parameters }) => {
    const rule = findRule(context, caller.userId, kindOf(parameters.kind), parameters.ruleId)
    return { actions: rule.actions }
  },
)

export const setPushRuleActions = endpoint(
  { method: 'PUT', at: v3, path, access: 'user', body: actions, response: empty },
  async ({ context, caller, parameters, body }) => {
    const kind = kindOf(parameters.kind)
    const rule = findRule(context, caller.userId, kind, parameters.ruleId)
    await changePushRules(context, caller.userId, changes => adjustRule(changes, kind, rule, { actions: body.actions }))
    return {}
  },
)
