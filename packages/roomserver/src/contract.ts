/**
 * The contract as the room server keeps it: its implementations, with what holds for every operation put around them. The one place
 * where the errors of its parts get their errcodes.
 */
import { type CallOptions, type OperationName, operations, type RoomServerApi, RoomServerError } from './api/index.ts'
import type { IdempotentCalls } from './idempotent-calls.ts'
import { RoomQueueFull, RoomQueuesClosed } from './input/room-queues.ts'
import { StorageFailed, StorageFull } from './storage/index.ts'

type Call = (request: unknown, options?: CallOptions) => Promise<unknown>

/** When a caller whose room has too much waiting may come back. Milliseconds: a room's worker takes some thousand events in it. */
const retryAfterMs = 1_000

export function contractOf(implementations: RoomServerApi, calls: IdempotentCalls): RoomServerApi {
  const names = Object.keys(operations) as OperationName[]
  const entries = names.map(name => [name, guarded(name, implementations[name] as Call, calls)])
  return Object.fromEntries(entries) as RoomServerApi
}

function guarded(name: OperationName, implementation: Call, calls: IdempotentCalls): Call {
  return async (request, options = {}) => {
    const { idempotencyKey } = options
    try {
      if (idempotencyKey === undefined || operations[name].kind === 'query')
        return await implementation(request, options)
      return await calls.run(idempotencyKey, name, request, () => implementation(request, options))
    } catch (error) {
      throw withErrcode(error)
    }
  }
}

/** What is unexpected stays what it is: whoever serves the call logs it and answers `M_UNKNOWN`. */
function withErrcode(error: unknown): unknown {
  if (error instanceof RoomServerError) return error
  if (error instanceof RoomQueueFull)
    return new RoomServerError('M_LIMIT_EXCEEDED', error.message, { retryAfterMs }, { cause: error })
  if (error instanceof RoomQueuesClosed || error instanceof StorageFull || error instanceof StorageFailed)
    return new RoomServerError('M_STORAGE_UNAVAILABLE', error.message, {}, { cause: error })
  return error
}
