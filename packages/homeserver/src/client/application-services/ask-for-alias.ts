/**
 * An alias that nobody has made yet may be one that an application service makes when it is asked. Application service API, "Querying".
 */
import type { RoomAlias } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import { callService, ServiceUnreachable } from './call-service.ts'

/** Milliseconds: it may have to make a room first, and somebody waits. */
const queryTimeout = 15_000

/** @returns whether a service has made it meanwhile */
export async function askServicesForAlias(
  { applicationServices }: ClientContext,
  alias: RoomAlias,
  signal: AbortSignal,
): Promise<boolean> {
  for (const service of applicationServices.withInNamespace('aliases', alias)) {
    if (service.url === undefined) continue
    const path = `/_matrix/app/v1/rooms/${encodeURIComponent(alias)}`
    try {
      const { status } = await callService(service, { method: 'GET', path, timeout: queryTimeout }, signal)
      if (status === 200) return true
    } catch (error) {
      if (!(error instanceof ServiceUnreachable)) throw error
    }
  }
  return false
}
