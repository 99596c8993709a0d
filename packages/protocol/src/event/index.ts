/** Events: form, hashes, IDs, redaction, signatures. Server-server API, "PDUs", "Signing Events". */
export {
  type BuiltEvent,
  buildEvent,
  depthAfter,
  type EventParts,
  type EventReference,
  referenceTo,
  unsignedEvent,
} from './build-event.ts'
export {
  contentHash,
  contentHashText,
  createEventIdOf,
  eventIdOfHash,
  referenceHash,
  roomIdOfCreate,
  signedText,
} from './hashes.ts'
export { maxAuthEvents, maxEventBytes, maxKeyBytes, maxPrevEvents } from './limits.ts'
export { PduError, type PduErrorKind } from './pdu-error.ts'
export { hasLongKeys, type ReadOptions, type ReceivedPdu, readPdu, readStoredPdu } from './read-pdu.ts'
export { redactJson } from './redact.ts'
export { RoomEvent, type RoomEventFields } from './room-event.ts'
export { addEventSignature, hashAndSignEvent, type Signer, signedJsonText, signJson } from './sign.ts'
export { strippedState, strippedStateTypes } from './stripped-state.ts'
export {
  keyCounts,
  maxKeyValidity,
  requiredSigners,
  type SignatureVerdict,
  type VerifyKey,
  type VerifyKeys,
  verifyEvent,
  verifyEventAsync,
  verifyJson,
} from './verify.ts'
