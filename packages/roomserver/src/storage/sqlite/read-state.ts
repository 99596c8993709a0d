/**
 * Snapshots, blocks and identities.
 */
import type { DatabaseSync } from 'node:sqlite'
import { inRoom, type RoomNid, type StateBlockNid, type StateSnapshotNid } from '../../types/index.ts'
import { decodeRow } from '../packed/damage.ts'
import { packInputs, unpackInputs, unpackSnapshot } from '../packed/snapshot-form.ts'
import type { BlockRow, IdentityRow, SnapshotRow } from '../rows.ts'
import { prepare } from './sql.ts'

export class StateReading {
  readonly #snapshot
  readonly #block
  readonly #identity
  readonly #identities

  constructor(database: DatabaseSync) {
    this.#snapshot = prepare(database, 'SELECT form FROM state_snapshots WHERE snapshot = ?')
    this.#block = prepare(database, 'SELECT data FROM state_blocks WHERE block = ?')
    this.#identities = prepare(database, 'SELECT inputs, result FROM state_identities WHERE room = ?')
    this.#identity = prepare(database, 'SELECT result FROM state_identities WHERE room = ? AND inputs = ?')
  }

  snapshots(snapshots: readonly StateSnapshotNid[]): SnapshotRow[] {
    const rows: SnapshotRow[] = []
    for (const snapshot of snapshots) {
      const [form] = (this.#snapshot.get(snapshot) ?? []) as [form?: Uint8Array]
      if (form !== undefined) rows.push(decodeRow('state_snapshots', snapshot, () => unpackSnapshot(snapshot, form)))
    }
    return rows
  }

  blocks(blocks: readonly StateBlockNid[]): BlockRow[] {
    const rows: BlockRow[] = []
    for (const block of blocks) {
      const [data] = (this.#block.get(block) ?? []) as [data?: Uint8Array]
      if (data !== undefined) rows.push({ block, data })
    }
    return rows
  }

  identity(room: RoomNid, kind: IdentityRow['kind'], inputs: readonly number[]): number | undefined {
    const [result] = (this.#identity.get(room, packInputs(kind, inputs)) ?? []) as [result?: number]
    return result === undefined ? undefined : inRoom<StateBlockNid | StateSnapshotNid>(room, result)
  }

  identities(room: RoomNid): IdentityRow[] {
    const rows = this.#identities.all(room) as unknown as [inputs: Uint8Array, result: number][]
    return rows.map(([inputs, result]) =>
      decodeRow('state_identities', room, () => ({ ...unpackInputs(room, inputs), result: inRoom(room, result) })),
    )
  }
}
