/**
 * The contract as the room server keeps it: its implementations, with what holds for every operation put around them. The one place
 * where the errors of its parts get their errcodes.
 */
import { type CallOptions, type OperationName, operations, type RoomServerApi, RoomServerError } from './api/index.ts'
import type { IdempotentCalls } from './idempotent-calls.ts'
import type { PartialRooms } from './input/partial-state/partial-rooms.ts'
import { RoomQueueFull, RoomQueuesClosed } from './input/room-queues.ts'
import { DeadlineExceeded, type Timers, withDeadline } from './runtime/index.ts'
import { StorageFailed, StorageFull } from './storage/index.ts'

type Call = (request: unknown, options?: CallOptions) => Promise<unknown>

/** When a caller whose room has too much waiting may come back. Milliseconds: a room's worker takes some thousand events in it. */
const retryAfterMs = 1_000
/** The longest that a call waits for the state of a room to be whole. Milliseconds: proxies often cut off after a minute. */
const longestWait = 50_000

/** What calls that need all members of a room wait by. */
export interface Waiting {
  readonly partialRooms: Pick<PartialRooms, 'has' | 'whenWhole'>
  readonly timers: Timers
}

/** Every operation, guarded alike. */
export function contractOf(implementations: RoomServerApi, calls: IdempotentCalls, waiting: Waiting): RoomServerApi {
  const names = Object.keys(operations) as OperationName[]
  const entries = names.map(name => {
    const implementation = implementations[name] as Call
    const { partialState } = operations[name]
    return [name, guarded(name, partialState === 'waits' ? whenWhole(implementation, waiting) : implementation, calls)]
  })
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

/** The call, once the room that it is about has a whole state. @throws {RoomServerError} `M_TIMEOUT` where that takes too long */
function whenWhole(implementation: Call, { partialRooms, timers }: Waiting): Call {
  return async (request, options) => {
    const { roomId } = request as { readonly roomId?: string }
    if (roomId !== undefined && partialRooms.has(roomId))
      try {
        await withDeadline(timers, longestWait, () => partialRooms.whenWhole(roomId), options?.signal)
      } catch (error) {
        if (!(error instanceof DeadlineExceeded)) throw error
        throw new RoomServerError('M_TIMEOUT', `the members of room ${roomId} are still being fetched`)
      }
    return implementation(request, options)
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
