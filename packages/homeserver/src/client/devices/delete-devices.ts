/**
 * DELETE /devices/{deviceId} and POST /delete_devices: only with the password. Client-server API, "Device Management".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { authenticationData, deviceId, empty } from '../schemas.ts'
import { authenticateUser } from '../user-interactive/authenticate-user.ts'
import { removeDevices } from './remove-devices.ts'

/** One request is one transaction. */
const maxDevices = 1_000
const flows = [['m.login.password']] as const

export const deleteDevice = endpoint(
  {
    method: 'DELETE',
    at: v3,
    path: '/devices/{deviceId}',
    access: 'user',
    body: Type.Object({ auth: Type.Optional(authenticationData) }),
    response: empty,
  },
  async ({ context, caller, parameters, body, request }) => {
    await authenticateUser({ context, request, body, flows, userId: caller.userId })
    await removeDevices(context, caller.userId, [parameters.deviceId])
    return {}
  },
)

export const deleteDevices = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/delete_devices',
    access: 'user',
    body: Type.Object({
      devices: Type.Array(deviceId, { maxItems: maxDevices }),
      auth: Type.Optional(authenticationData),
    }),
    response: empty,
  },
  async ({ context, caller, body, request }) => {
    await authenticateUser({ context, request, body, flows, userId: caller.userId })
    await removeDevices(context, caller.userId, body.devices)
    return {}
  },
)
