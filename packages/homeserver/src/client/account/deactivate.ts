/**
 * POST /account/deactivate. Client-server API, "Account deactivation". Rooms are told and left by those who listen to
 * `accountClosed`.
 */
import { Type } from 'typebox'
import { removeDevices } from '../devices/remove-devices.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { authenticationData } from '../schemas.ts'
import { authenticateUser } from '../user-interactive/authenticate-user.ts'

export const deactivate = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/account/deactivate',
    access: 'optional',
    body: Type.Object({
      auth: Type.Optional(authenticationData),
      id_server: Type.Optional(Type.String()),
      erase: Type.Optional(Type.Boolean()),
    }),
    response: Type.Object({ id_server_unbind_result: Type.String() }),
  },
  async ({ context, caller, body, request }) => {
    const { tables, runtime, accountClosed } = context
    const flows = [['m.login.password']] as const
    const { userId } = await authenticateUser({ context, request, body, flows, userId: caller?.userId })
    if (userId === undefined) throw new Error('the flow asks for a password, and nobody has shown one')
    const isErased = body.erase === true
    const devices = tables.devices.of(userId).map(({ deviceId }) => deviceId)
    await removeDevices(context, userId, devices, [
      tables.accounts.deactivate(userId, isErased, runtime.clock.now()),
      tables.profiles.removeAll(userId),
      tables.pushers.removeAll(userId),
      ...tables.crossSigning.removeAll(userId),
      ...(isErased ? [...tables.accountData.removeAll(userId), ...tables.keyBackups.removeAll(userId)] : []),
    ])
    await accountClosed.tell({ userId, isErased })
    // No addresses are bound to accounts here: none could not be unbound.
    return { id_server_unbind_result: 'success' }
  },
)
