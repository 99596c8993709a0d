/**
 * Asking servers one after the other until one helps, and what the user is told where none does.
 */
import type { ServerName } from '@neurite/protocol'
import { type ErrorCode, errorStatuses, RoomServerError } from '../../api/index.ts'
import { RemoteServerError } from '../../input/remote-servers.ts'
import { RemoteRefusal } from './peer-requests.ts'

/** Servers asked for one thing: if so many cannot help, the next will hardly. */
const maxServers = 20

/** What a server says that no other will say otherwise. */
const finalErrcodes = new Set(['M_INCOMPATIBLE_ROOM_VERSION', 'M_UNSUPPORTED_ROOM_VERSION'])

/** An answer that cannot be used: not what was asked for. The next server may do better. */
export class UnusableAnswer extends Error {
  constructor(server: ServerName, problem: string) {
    super(`${server}: ${problem}`)
    this.name = 'UnusableAnswer'
  }
}

/**
 * @param wish what it is for, as a sentence begins: `@ann:here wants to join !room`
 * @throws {RoomServerError} what a server refused it with, rather than that others did not answer; else `M_UNREACHABLE`
 */
export async function askInTurn<T>(
  servers: readonly ServerName[],
  wish: string,
  ask: (server: ServerName) => Promise<T>,
): Promise<T> {
  const failures: Error[] = []
  for (const server of servers.slice(0, maxServers)) {
    try {
      return await ask(server)
    } catch (error) {
      if (!isOfTheServer(error)) throw error
      failures.push(error)
      if (error instanceof RemoteRefusal && finalErrcodes.has(error.errcode)) break
    }
  }
  throw refusalOf(failures, wish)
}

function isOfTheServer(error: unknown): error is Error {
  return error instanceof RemoteRefusal || error instanceof RemoteServerError || error instanceof UnusableAnswer
}

/** The refusal that says most: one that names a rule of the room before "not found", any refusal before silence. */
function refusalOf(failures: readonly Error[], wish: string): RoomServerError {
  const refusals = failures.filter(failure => failure instanceof RemoteRefusal)
  const telling =
    refusals.find(({ errcode }) => finalErrcodes.has(errcode)) ?? refusals.find(isForbidden) ?? refusals[0]
  if (telling !== undefined) return refusedBy(telling, wish)
  const what = failures.map(({ message }) => message).join('; ')
  return new RoomServerError('M_UNREACHABLE', `${wish}: ${what === '' ? 'there is no server to ask' : what}`)
}

function isForbidden({ status, errcode }: RemoteRefusal): boolean {
  return status === 403 || errcode.startsWith('M_UNABLE_TO_')
}

/** What another server refused, as ours: by its errcode where that is one of the contract. */
export function refusedBy(refusal: RemoteRefusal, wish: string): RoomServerError {
  const { errcode, status, roomVersion, message } = refusal
  const known = Object.hasOwn(errorStatuses, errcode) && errcode !== 'M_UNKNOWN' && errcode !== 'M_UNRECOGNIZED'
  const code = known
    ? (errcode as ErrorCode)
    : status === 403
      ? 'M_FORBIDDEN'
      : status === 404
        ? 'M_NOT_FOUND'
        : undefined
  const details = roomVersion === undefined ? {} : { roomVersion }
  return new RoomServerError(code ?? 'M_UNREACHABLE', `${wish}: ${message}`, details, { cause: refusal })
}
