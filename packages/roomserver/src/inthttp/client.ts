/**
 * The contract over HTTP, client side: the same `RoomServerApi` that the room server offers in process, derived from the same
 * table.
 *
 * ```ts
 * const roomServer = httpRoomServer({ url: 'http://127.0.0.1:8009', secret })
 * const { roomId } = await roomServer.performCreateRoom({ creator: '@ann:example.org' })
 * ```
 */
import { Pool } from 'undici'
import { type CallOptions, type OperationName, operations, type RoomServerApi, RoomServerError } from '../api/index.ts'
import { nodeRuntime, type Randomness } from '../runtime/index.ts'
import { fromErrorBody } from './errors.ts'
import { idempotencyHeader, pathOf, timeoutHeader } from './wire.ts'

export interface HttpRoomServerOptions {
  /** Where the room server listens, without a path. */
  readonly url: string
  readonly secret: string
  /** How long a call may take in all, retries included. Milliseconds. */
  readonly timeout?: number
  /** How often a call is sent again when no answer came. */
  readonly retries?: number
  /** For the keys of calls that must not be done twice. Default: the machine's. */
  readonly randomness?: Randomness
}

export type HttpRoomServer = RoomServerApi & {
  /** Ends all connections. */
  close(): Promise<void>
}

const defaultTimeout = 60_000
const defaultRetries = 2

/**
 * Every call is safe to send again: queries change nothing, performs carry an idempotency key. So a call for which no answer came is
 * sent again, until its time is up.
 */
export function httpRoomServer(options: HttpRoomServerOptions): HttpRoomServer {
  const pool = new Pool(options.url)
  const calls = (Object.keys(operations) as OperationName[]).map(name => [
    name,
    (request: unknown, call: CallOptions = {}) => send(pool, name, request, call, options),
  ])
  return { ...Object.fromEntries(calls), close: () => pool.close() } as HttpRoomServer
}

async function send(
  pool: Pool,
  name: OperationName,
  request: unknown,
  { signal, idempotencyKey }: CallOptions,
  options: HttpRoomServerOptions,
): Promise<unknown> {
  const { secret, timeout = defaultTimeout, retries = defaultRetries, randomness = nodeRuntime.randomness } = options
  const deadline = AbortSignal.timeout(timeout)
  const until = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
  const key = idempotencyKey ?? (operations[name].kind === 'perform' ? newKey(randomness) : undefined)
  const headers = {
    authorization: `Bearer ${secret}`,
    'content-type': 'application/json',
    [timeoutHeader]: `${timeout}`,
    ...(key === undefined ? {} : { [idempotencyHeader]: key }),
  }
  const body = JSON.stringify(request)
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await pool.request({ method: 'POST', path: pathOf(name), headers, body, signal: until })
      return read(name, answer.statusCode, await answer.body.text())
    } catch (error) {
      if (error instanceof RoomServerError) throw error
      if (signal?.aborted === true) throw signal.reason
      if (deadline.aborted) throw new RoomServerError('M_TIMEOUT', `${name}: no answer within ${timeout} ms`)
      if (attempt >= retries)
        throw new RoomServerError('M_UNREACHABLE', `${name}: the room server does not answer`, {}, { cause: error })
    }
  }
}

function newKey(randomness: Randomness): string {
  return Buffer.from(randomness.bytes(16)).toString('hex')
}

function read(name: OperationName, status: number, text: string): unknown {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new RoomServerError('M_UNKNOWN', `${name}: answer ${status} is no JSON`, {}, { cause })
  }
  if (status === 200) return body
  throw fromErrorBody(body) ?? new RoomServerError('M_UNKNOWN', `${name}: answer ${status} says nothing of why`)
}
