/** Event authorisation: who may send what. Server-server API, "Authorisation rules"; room version pages. */
export { authorizeAuthEvents, type JudgedEvent } from './auth-events.ts'
export { AuthState, type Found, type StateLookup } from './auth-state.ts'
export { authorizeByAuthEvents, authorizeByState } from './authorize.ts'
export { additionalCreators, isCreator, roomCreator } from './creators.ts'
export {
  type Level,
  type NamedLevel,
  namedLevels,
  type PowerLevels,
  parseLevel,
  parsePowerLevels,
} from './power-levels.ts'
export { mayRedact } from './redaction.ts'
export { type RuleName, ruleNumber, ruleNumbers, ruleOutline } from './rule-outline.ts'
export { authEventKeys, type SelectingEvent, type StateKeyTuple } from './selection.ts'
export type { Allowed, Denied, Verdict } from './verdict.ts'
