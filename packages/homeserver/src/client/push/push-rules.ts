/**
 * GET /pushrules/ and /pushrules/global/. Client-server API, "Push Rules: API".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { pushRuleset } from './push-rule.ts'
import { pushRulesOf } from './push-rules-of.ts'

export const pushRules = endpoint(
  { method: 'GET', at: v3, path: '/pushrules/', access: 'user', response: Type.Object({ global: pushRuleset }) },
  ({ context, caller }) => ({ global: pushRulesOf(context, caller.userId) }),
)

export const globalPushRules = endpoint(
  { method: 'GET', at: v3, path: '/pushrules/global/', access: 'user', response: pushRuleset },
  ({ context, caller }) => pushRulesOf(context, caller.userId),
)
