/**
 * JSON in and out, without a difference that would change a hash.
 * Appendices, "Canonical JSON"; why there are two modes: `parseJson`.
 */
export { type CanonicalMember, canonicalJson, canonicalMembers, joinMembers } from './canonical-json.ts'
export { codePointCompare } from './code-point-order.ts'
export { JsonError, type JsonErrorCode } from './json-error.ts'
export { isJsonObject, type JsonObject, type JsonValue, RawNumber } from './json-value.ts'
export type { JsonMode } from './number-token.ts'
export { maxJsonDepth, type ParseOptions, parseJson } from './parse-json.ts'
