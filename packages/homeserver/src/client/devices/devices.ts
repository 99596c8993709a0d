/**
 * GET /devices, GET and PUT /devices/{deviceId}. Client-server API, "Device Management".
 */
import { Type } from 'typebox'
import type { Device } from '../../storage/devices.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { notFound } from '../errors.ts'
import { deviceDisplayName, empty } from '../schemas.ts'

const device = Type.Object({
  device_id: Type.String(),
  display_name: Type.Optional(Type.String()),
  last_seen_ip: Type.Optional(Type.String()),
  last_seen_ts: Type.Optional(Type.Integer()),
})

export const devices = endpoint(
  { method: 'GET', at: v3, path: '/devices', access: 'user', response: Type.Object({ devices: Type.Array(device) }) },
  ({ context, caller }) => ({ devices: context.tables.devices.of(caller.userId).map(toJson) }),
)

export const oneDevice = endpoint(
  { method: 'GET', at: v3, path: '/devices/{deviceId}', access: 'user', response: device },
  ({ context, caller, parameters }) => {
    const found = context.tables.devices.find(caller.userId, parameters.deviceId)
    if (found === undefined) throw notFound('you have no such device')
    return toJson(found)
  },
)

export const renameDevice = endpoint(
  {
    method: 'PUT',
    at: v3,
    path: '/devices/{deviceId}',
    access: 'user',
    body: Type.Object({ display_name: Type.Optional(deviceDisplayName) }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const { tables, streams } = context
    const { userId } = caller
    if (tables.devices.find(userId, parameters.deviceId) === undefined) throw notFound('you have no such device')
    if (body.display_name === undefined) return {}
    const rename = tables.devices.rename(userId, parameters.deviceId, body.display_name)
    // The name is shown with the device's keys.
    if (tables.deviceKeys.find(userId, parameters.deviceId) === undefined) await streams.write({}, rename)
    else await streams.write({ device_lists: [userId] }, rename, tables.deviceKeys.changed(userId))
    return {}
  },
)

function toJson({ deviceId, displayName, lastSeenAt, lastSeenIp }: Device) {
  return {
    device_id: deviceId,
    ...(displayName === undefined ? {} : { display_name: displayName }),
    ...(lastSeenIp === undefined ? {} : { last_seen_ip: lastSeenIp }),
    ...(lastSeenAt === undefined ? {} : { last_seen_ts: lastSeenAt }),
  }
}
