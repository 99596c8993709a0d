/**
 * Messages for devices of local users, from clients here and from other servers. Client-server API, "Send-to-Device messaging".
 */
import type { UserId } from '@neurite/protocol'
import type { Statement } from '../../storage/database.ts'
import type { ToDeviceEvent } from '../../storage/to-device-messages.ts'
import type { ClientContext } from '../context.ts'

/** All devices of a user. */
const allDevices = '*'

export interface LocalMessages {
  readonly sender: string
  readonly type: string
  /** By device ID or `*`. */
  readonly of: readonly (readonly [userId: UserId, messages: Readonly<Record<string, unknown>>])[]
}

/**
 * On disk when it resolves. What goes to a device that is not there goes nowhere.
 * @param also statements to be written in the same transaction
 */
export async function deliver(
  { tables, streams }: ClientContext,
  { sender, type, of }: LocalMessages,
  also: readonly Statement[] = [],
): Promise<void> {
  const statements = of.flatMap(([userId, messages]) =>
    Object.entries(messages).map(([deviceId, content]) => {
      const event: ToDeviceEvent = { type, sender, content: content as ToDeviceEvent['content'] }
      return deviceId === allDevices
        ? tables.toDeviceMessages.addToAll(userId, event)
        : tables.toDeviceMessages.add(userId, deviceId, event)
    }),
  )
  const changes = statements.length === 0 ? {} : { to_device: of.map(([userId]) => userId) }
  await streams.write(changes, ...statements, ...also)
}
