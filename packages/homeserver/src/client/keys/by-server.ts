/**
 * What is asked about users, parted by the servers that they belong to.
 */
import { isUserId, type ServerName, serverNameOf, type UserId } from '@neurite/protocol'
import { ClientError, invalidParameter } from '../errors.ts'

/** Until a server is given up, where the client does not say. Milliseconds. */
const defaultTimeout = 10_000
/** A client has no use of an answer after that. */
const maxTimeout = 60_000

/** @throws {ClientError} `M_INVALID_PARAM` where one is no user ID */
export function byServer<T>(users: Readonly<Record<string, T>>): Map<ServerName, [UserId, T][]> {
  const parts = new Map<ServerName, [UserId, T][]>()
  for (const [userId, asked] of Object.entries(users)) {
    if (!isUserId(userId)) throw invalidParameter(`${userId} is no user ID`)
    const server = serverNameOf(userId)
    const part = parts.get(server) ?? []
    part.push([userId, asked])
    parts.set(server, part)
  }
  return parts
}

export function timeoutOf(wanted: number | undefined): number {
  return Math.min(Math.max(wanted ?? defaultTimeout, 0), maxTimeout)
}

/** Asks servers side by side. @returns why some could not be reached, by their names */
export async function askAll(
  servers: readonly ServerName[],
  ask: (server: ServerName) => Promise<void>,
): Promise<Record<string, { errcode: string; error: string }>> {
  const failures = await Promise.all(
    servers.map(async server => {
      try {
        await ask(server)
        return []
      } catch (error) {
        if (error instanceof ClientError) return [[server, { errcode: error.errcode, error: error.message }] as const]
        throw error
      }
    }),
  )
  return Object.fromEntries(failures.flat())
}
