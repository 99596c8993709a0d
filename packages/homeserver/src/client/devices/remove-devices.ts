/**
 * Devices of a user go, with their tokens, keys and waiting messages. Client-server API, "Device Management".
 */
import type { UserId } from '@neurite/protocol'
import type { Statement } from '../../storage/database.ts'
import type { ClientContext } from '../context.ts'

/**
 * One transaction, with what else is to happen in it. Others are told where a device with keys was among them.
 * @param also statements to be written with it
 */
export async function removeDevices(
  { tables, streams }: ClientContext,
  userId: UserId,
  deviceIds: readonly string[],
  also: readonly Statement[] = [],
): Promise<void> {
  const hadKeys = deviceIds.some(deviceId => tables.deviceKeys.find(userId, deviceId) !== undefined)
  const statements = [...deviceIds.flatMap(deviceId => tables.devices.remove(userId, deviceId)), ...also]
  if (hadKeys) await streams.write({ device_lists: [userId] }, ...statements, tables.deviceKeys.changed(userId))
  else await streams.write({}, ...statements)
}
