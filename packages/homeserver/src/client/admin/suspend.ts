/**
 * GET and PUT /admin/suspend/{userId}. Client-server API, "Account suspension".
 */
import { Type } from 'typebox'
import { endpoint, v1 } from '../endpoint.ts'
import { forbidden } from '../errors.ts'
import { findLocalAccount } from './find-local-account.ts'

const path = '/admin/suspend/{userId}'
const suspended = Type.Object({ suspended: Type.Boolean() })

export const isSuspended = endpoint(
  { method: 'GET', at: v1, path, access: 'admin', response: suspended },
  ({ context, parameters }) => ({ suspended: findLocalAccount(context, parameters.userId).isSuspended }),
)

export const setSuspended = endpoint(
  { method: 'PUT', at: v1, path, access: 'admin', body: suspended, response: suspended },
  async ({ context, parameters, body }) => {
    const account = findLocalAccount(context, parameters.userId)
    if (account.isAdmin) throw forbidden('administrators cannot be suspended')
    await context.database.write(context.tables.accounts.setSuspended(account.userId, body.suspended))
    return { suspended: body.suspended }
  },
)
