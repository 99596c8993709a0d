/**
 * What other servers answer, as clients are told of it.
 */
import { RemoteServerError } from '@neurite/roomserver'
import { ClientError, notFound } from '../client/errors.ts'
import { RequestRefused } from '../federation/transport/index.ts'

/** @throws {ClientError} `M_NOT_FOUND` where the server has no such thing; `M_UNREACHABLE` where it does not answer, or refuses */
export async function asClientError<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof RequestRefused) {
      if (error.status === 404) throw notFound(`${error.server} does not know ${what}`)
      throw new ClientError('M_UNREACHABLE', `${error.server} refuses ${what}: ${error.errcode} ${error.reason}`.trim())
    }
    if (error instanceof RemoteServerError)
      throw new ClientError('M_UNREACHABLE', `${error.server} does not tell ${what}: ${error.message}`)
    throw error
  }
}
