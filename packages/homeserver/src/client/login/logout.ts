/**
 * POST /logout and /logout/all: devices go with their tokens. Client-server API, "Login".
 */
import { deviceOf } from '../authenticate.ts'
import { removeDevices } from '../devices/remove-devices.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { empty } from '../schemas.ts'

export const logout = endpoint(
  { method: 'POST', at: v3, path: '/logout', access: 'user', whileLocked: true, response: empty },
  async ({ context, caller }) => {
    await removeDevices(context, caller.userId, [deviceOf(caller)])
    return {}
  },
)

export const logoutAll = endpoint(
  { method: 'POST', at: v3, path: '/logout/all', access: 'user', whileLocked: true, response: empty },
  async ({ context, caller }) => {
    const devices = context.tables.devices.of(caller.userId)
    await removeDevices(
      context,
      caller.userId,
      devices.map(({ deviceId }) => deviceId),
    )
    return {}
  },
)
