/**
 * GET, PUT and DELETE /profile/{userId}/{keyName}. Client-server API, "Profiles"; rooms are told by `profileChanged`.
 */
import type { Caller } from '../authenticate.ts'
import { mustBeOwn } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { ClientError } from '../errors.ts'
import { anyObject, empty } from '../schemas.ts'
import { findProfile } from './find-profile.ts'
import { checkFieldName, checkFieldValue, checkProfileSize } from './profile-fields.ts'

const path = '/profile/{userId}/{keyName}'

export const profileField = endpoint(
  { method: 'GET', at: v3, path, access: 'anyone', response: anyObject },
  ({ context, parameters, request }) => findProfile(context, parameters.userId, parameters.keyName, request),
)

export const setProfileField = endpoint(
  { method: 'PUT', at: v3, path, access: 'user', notWhileSuspended: true, body: anyObject, response: empty },
  async ({ context, caller, parameters, body }) => {
    const { keyName: field } = parameters
    mustBeOwn(caller, parameters.userId)
    checkFieldName(field)
    if (!Object.hasOwn(body, field)) throw new ClientError('M_MISSING_PARAM', `the body has no ${field}`)
    const value = body[field]
    checkFieldValue(field, value)
    const { tables, database, turns } = context
    await turns.take(`profile ${caller.userId}`, async () => {
      checkProfileSize(context, caller.userId, field, value)
      await database.write(tables.profiles.set(caller.userId, field, value))
    })
    await tell(context, caller, field)
    return {}
  },
)

export const deleteProfileField = endpoint(
  { method: 'DELETE', at: v3, path, access: 'user', notWhileSuspended: true, response: empty },
  async ({ context, caller, parameters }) => {
    mustBeOwn(caller, parameters.userId)
    checkFieldName(parameters.keyName)
    await context.database.write(context.tables.profiles.remove(caller.userId, parameters.keyName))
    await tell(context, caller, parameters.keyName)
    return {}
  },
)

/** Only these two are in member events. */
async function tell({ profileChanged }: ClientContext, { userId }: Caller, field: string): Promise<void> {
  if (field === 'displayname' || field === 'avatar_url') await profileChanged.tell({ userId, field })
}
