/** The room server, and what its callers need to name. */
export type { CallMemory, RememberedCall } from './idempotent-calls.ts'
export type { InputItem, InputKind, InputResult } from './input/item.ts'
export { answersRequest, type KeyAnswers, type KeyRequest, type KeyRing } from './input/key-ring.ts'
export type { PolicyAnswer, PolicyServers } from './input/policy-signatures.ts'
export {
  type MissingEventsQuery,
  RemoteServerError,
  type RemoteServers,
  type StateAnswer,
  type StateIdsAnswer,
} from './input/remote-servers.ts'
export { ServerSelection } from './input/server-selection.ts'
export type {
  CheckedInvite,
  Objection,
  SpamCheckOptions,
  SpamChecks,
  SpamQuestions,
} from './input/spam-checks.ts'
export { type PipelineObserver, stages } from './input/stages.ts'
export { type OutputEvent, OutputLog, readOutput, type StoredOutput } from './output/index.ts'
export { type PeerRequests, RemoteRefusal } from './perform/index.ts'
export { type OpenQueries, openQueries, type QueryDatabaseParts } from './query-database.ts'
export { defaultCacheBytes, RoomServer, type RoomServerParts } from './roomserver.ts'
