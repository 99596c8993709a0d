/**
 * GET and PUT /user/{userId}/account_data/{type}: of no room. Client-server API, "Client Config".
 */
import { noRoom } from '../../storage/account-data.ts'
import { mustBeOwn } from '../authenticate.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { notFound } from '../errors.ts'
import { pushRulesOf } from '../push/push-rules-of.ts'
import { anyObject, empty } from '../schemas.ts'
import { checkNotManaged } from './server-managed.ts'

const path = '/user/{userId}/account_data/{type}'

export const accountData = endpoint(
  { method: 'GET', at: v3, path, access: 'user', response: anyObject },
  ({ context, caller, parameters }) => {
    mustBeOwn(caller, parameters.userId)
    if (parameters.type === 'm.push_rules') return { global: pushRulesOf(context, caller.userId) }
    const content = context.tables.accountData.find(caller.userId, noRoom, parameters.type)
    if (content === undefined) throw notFound(`you have no account data ${parameters.type}`)
    return content
  },
)

export const setAccountData = endpoint(
  { method: 'PUT', at: v3, path, access: 'user', body: anyObject, response: empty },
  async ({ context, caller, parameters, body }) => {
    const { tables, streams } = context
    mustBeOwn(caller, parameters.userId)
    checkNotManaged(parameters.type)
    const set = tables.accountData.set(caller.userId, noRoom, parameters.type, body)
    await streams.write({ account_data: [caller.userId] }, set)
    return {}
  },
)
