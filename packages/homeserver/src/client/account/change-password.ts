/**
 * POST /account/password. Client-server API, "Password management".
 */
import { Type } from 'typebox'
import { removeDevices } from '../devices/remove-devices.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { authenticationData, empty, password } from '../schemas.ts'
import { authenticateUser } from '../user-interactive/authenticate-user.ts'
import { checkNewPassword } from './password-rules.ts'

export const changePassword = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/account/password',
    access: 'optional',
    body: Type.Object({
      new_password: password,
      logout_devices: Type.Optional(Type.Boolean()),
      auth: Type.Optional(authenticationData),
    }),
    response: empty,
  },
  async ({ context, caller, body, request }) => {
    const { tables, passwords } = context
    checkNewPassword(context, body.new_password)
    const flows = [['m.login.password']] as const
    const { userId } = await authenticateUser({ context, request, body, flows, userId: caller?.userId })
    if (userId === undefined) throw new Error('the flow asks for a password, and nobody has shown one')
    const setPassword = tables.accounts.setPassword(userId, await passwords.hash(body.new_password))
    const others = body.logout_devices === false ? [] : tables.devices.of(userId).map(({ deviceId }) => deviceId)
    await removeDevices(
      context,
      userId,
      others.filter(deviceId => deviceId !== caller?.deviceId),
      [setPassword],
    )
    return {}
  },
)
