/** The contract of the room server: its operations, their shapes and errors. */
export { complexityOf } from './complexity.ts'
export { type ErrorCode, type ErrorDetails, errorStatuses, noSuchRoom, RoomServerError } from './errors.ts'
export {
  type CallOptions,
  commonErrors,
  type Operation,
  type OperationKind,
  type PartialStateBehaviour,
} from './operation.ts'
export { type OperationName, type Operations, operations } from './operations/index.ts'
export type { InputItemInfo, InputResultInfo } from './operations/input.ts'
export type { OutputEventInfo, OutputInfo } from './output-event.ts'
export type { Implementations, RequestTo, ResponseFrom, RoomServerApi } from './room-server-api.ts'
export {
  defaultPage,
  type EventInfo,
  type Membership,
  maxNamed,
  maxPage,
  type StateTupleNames,
  type VerdictReasonInfo,
} from './schemas.ts'
