/**
 * What is stored of a state and cannot be read. Each error names the row and its room, so that the damage can be found and
 * stays there: no other room is touched.
 */
import { localOf, type RoomNid, roomOf, type StateBlockNid, type StateSnapshotNid } from '../types/index.ts'

/** A state block that is missing, or whose bytes are not what was written. */
export class DamagedBlock extends Error {
  readonly block: StateBlockNid
  readonly room: RoomNid
  constructor(block: StateBlockNid, reason: string) {
    super(`state block NID ${block} (number ${localOf(block)} of room NID ${roomOf(block)}) is damaged: ${reason}`)
    this.name = 'DamagedBlock'
    this.block = block
    this.room = roomOf(block)
  }
}

/** A state snapshot that is missing, or whose list of blocks cannot be. */
export class DamagedSnapshot extends Error {
  readonly snapshot: StateSnapshotNid
  readonly room: RoomNid
  constructor(snapshot: StateSnapshotNid, reason: string) {
    super(
      `state snapshot NID ${snapshot} (number ${localOf(snapshot)} of room NID ${roomOf(snapshot)}) is damaged: ${reason}`,
    )
    this.name = 'DamagedSnapshot'
    this.snapshot = snapshot
    this.room = roomOf(snapshot)
  }
}
