/** The output log: what is in it, and how to read it. */

export {
  deltaOf,
  type OutputOfAnyRoom,
  type OutsideLeave,
  outputChange,
  purgedOutput,
  readOutput,
  type StoredOutput,
  writeOutput,
} from './output.ts'
export { type OutputEvent, OutputLog } from './output-log.ts'
export { positionNumber, positionText } from './position.ts'
export { type ReadOutputParts, readOutputs } from './read-output.ts'
