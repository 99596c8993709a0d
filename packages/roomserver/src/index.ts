/** The room server, and what its callers need to name. */
export type { CallMemory, RememberedCall } from './idempotent-calls.ts'
export type { InputItem, InputKind, InputResult } from './input/item.ts'
export type { KeyAnswers, KeyRequest, KeyRing } from './input/key-ring.ts'
export { RemoteServerError, type RemoteServers } from './input/remote-servers.ts'
export { type OutputEvent, OutputLog, readOutput, type StoredOutput } from './output/index.ts'
export { defaultCacheBytes, RoomServer, type RoomServerParts } from './roomserver.ts'
