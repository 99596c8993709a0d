/**
 * Requests to application services. They lie where the administrator says, so any address may be called. Application service API,
 * "Authorisation".
 */
import { request } from 'undici'
import type { ApplicationService } from './registration.ts'

/** Bytes of an answer that are read: services have little to say. */
const maxAnswer = 64 * 1024

export interface ServiceAnswer {
  readonly status: number
  /** As it came, cut off where it is long. */
  readonly body: string
}

/** No answer came. */
export class ServiceUnreachable extends Error {
  readonly isTimeout: boolean
  constructor(service: string, isTimeout: boolean, options: ErrorOptions) {
    super(`the application service ${service} ${isTimeout ? 'does not answer in time' : 'cannot be reached'}`, options)
    this.name = 'ServiceUnreachable'
    this.isTimeout = isTimeout
  }
}

export interface ServiceRequest {
  readonly method: 'GET' | 'PUT' | 'POST'
  /** From `/_matrix/app/` on. */
  readonly path: string
  /** JSON. */
  readonly body?: string
  /** Milliseconds, for all of it. */
  readonly timeout: number
}

/** @throws {ServiceUnreachable}; the signal's reason once it is aborted. @param service must have a URL */
export async function callService(
  { id, url, hsToken }: ApplicationService,
  { method, path, body, timeout }: ServiceRequest,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  const inTime = AbortSignal.timeout(timeout)
  try {
    const answer = await request(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${hsToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([signal, inTime]),
    })
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk)
      size += chunk.length
      if (size > maxAnswer) break
    }
    return { status: answer.statusCode, body: Buffer.concat(chunks).toString('utf8') }
  } catch (cause) {
    signal.throwIfAborted()
    throw new ServiceUnreachable(id, inTime.aborted, { cause })
  }
}
