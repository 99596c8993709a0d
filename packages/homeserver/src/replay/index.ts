/** Replaying room files: what the command line does, with the rules of a caller's choice. */
export type { EventTable } from './event-table.ts'
export { protocolJudge, type RoomJudge } from './room-judge.ts'
export { memoryRoomMaker, type PipelineChoice, pipelineRoomMaker } from './room-makers.ts'
export { type ReplayOptions, type ReplayOutput, type ReplayStatus, runReplay } from './run-replay.ts'
