/**
 * GET and PUT /admin/lock/{userId}. Client-server API, "Account locking".
 */
import { Type } from 'typebox'
import { endpoint, v1 } from '../endpoint.ts'
import { forbidden } from '../errors.ts'
import { findLocalAccount } from './find-local-account.ts'

const path = '/admin/lock/{userId}'
const locked = Type.Object({ locked: Type.Boolean() })

export const isLocked = endpoint(
  { method: 'GET', at: v1, path, access: 'admin', response: locked },
  ({ context, parameters }) => ({ locked: findLocalAccount(context, parameters.userId).isLocked }),
)

export const setLocked = endpoint(
  { method: 'PUT', at: v1, path, access: 'admin', body: locked, response: locked },
  async ({ context, parameters, body }) => {
    const account = findLocalAccount(context, parameters.userId)
    if (account.isAdmin) throw forbidden('administrators cannot be locked')
    await context.database.write(context.tables.accounts.setLocked(account.userId, body.locked))
    return { locked: body.locked }
  },
)
