/**
 * The contract as TypeScript: what the room server implements in process, and every client of it elsewhere.
 */
import type { CallOptions, RequestOf, ResponseOf } from './operation.ts'
import type { OperationName, Operations } from './operations/index.ts'

export type RequestTo<Name extends OperationName> = RequestOf<Operations[Name]>
export type ResponseFrom<Name extends OperationName> = ResponseOf<Operations[Name]>

/** All operations. Each rejects with a `RoomServerError` where it is refused. */
export type RoomServerApi = {
  readonly [Name in OperationName]: (request: RequestTo<Name>, options?: CallOptions) => Promise<ResponseFrom<Name>>
}

/** Some operations' implementations: what a folder of them exports. */
export type Implementations<Names extends OperationName> = Pick<RoomServerApi, Names>
