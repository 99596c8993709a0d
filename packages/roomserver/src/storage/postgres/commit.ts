/**
 * The rows of a group's commits, table by table, and the statements that write them: sent all at once, answered all at once.
 */
import { localOf } from '../../types/index.ts'
import type { DirectoryChange } from '../directory-change.ts'
import { valuesOf } from '../directory-columns.ts'
import { toStoredDepth } from '../packed/depth.ts'
import { packFlags, packMembership } from '../packed/event-flags.ts'
import { splitEventId } from '../packed/event-id.ts'
import { packLinks, packLocals } from '../packed/event-links.ts'
import { packInputs, packSnapshot } from '../packed/snapshot-form.ts'
import type { RoomCommit } from '../room-commit.ts'
import type { EventRow } from '../rows.ts'
import { directoryTexts } from './directory-statements.ts'
import { Rows } from './rows.ts'
import { idToBytes, list, storedToBytes, type Transaction, toBytes } from './sql.ts'

type Tables = { readonly [Name in keyof typeof statements]: Rows }

/**
 * One statement a table; $1, $2 … are the columns. Of rooms, only the last row of a group counts, so they are written apart.
 * Later statements may rely on earlier ones: they run in this order.
 */
const statements = {
  newEvents: {
    width: 13,
    text: `INSERT INTO events (event, id_head, id_tail, type, state_key, flags, depth, "timestamp", links,
      snapshot_before, snapshot_after, origin, reason) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[],
      $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::bytea[], $10::bigint[], $11::bigint[],
      $12::bytea[], $13::bytea[])`,
  },
  json: { width: 2, text: 'INSERT INTO event_json SELECT * FROM unnest($1::bigint[], $2::bytea[])' },
  blocks: { width: 2, text: 'INSERT INTO state_blocks SELECT * FROM unnest($1::bigint[], $2::bytea[])' },
  snapshots: { width: 2, text: 'INSERT INTO state_snapshots SELECT * FROM unnest($1::bigint[], $2::bytea[])' },
  identities: {
    width: 3,
    text: 'INSERT INTO state_identities SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[])',
  },
  redactions: {
    width: 4,
    text: `INSERT INTO redactions SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bigint[])
      ON CONFLICT (room, redaction) DO UPDATE SET target = excluded.target, applied = excluded.applied`,
  },
  outputs: {
    width: 4,
    text: 'INSERT INTO output_log SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[])',
  },
  finishes: { width: 1, text: 'DELETE FROM input_log WHERE queue_row = ANY($1::bigint[])' },
} as const

/** Statements that change what earlier commits of the group may have written: one a row, in order. */
const inOrder = {
  judgeAnew: `UPDATE events SET type = $4, state_key = $5, flags = $6, depth = $7, "timestamp" = $8, links = $9,
    snapshot_before = $10, snapshot_after = $11, origin = $12, reason = $13
    WHERE event = $1 AND id_head = $2 AND id_tail IS NOT DISTINCT FROM $3`,
  putMembership: `INSERT INTO membership VALUES ($1, $2, $3, $4)
    ON CONFLICT (room, member) DO UPDATE SET event = excluded.event, membership = excluded.membership`,
  deleteMembership: 'DELETE FROM membership WHERE room = $1 AND member = $2',
  changeServer: `INSERT INTO joined_servers AS known (room, server, members) SELECT $1::bigint, $2::bytea, $3::bigint
    WHERE $3 > 0 OR EXISTS (SELECT 1 FROM joined_servers WHERE room = $1 AND server = $2)
    ON CONFLICT (room, server) DO UPDATE SET members = known.members + excluded.members`,
  deleteServer: 'DELETE FROM joined_servers WHERE room = $1 AND server = $2 AND members <= 0',
  endInvite: 'DELETE FROM invites WHERE room_id = (SELECT room_id FROM rooms WHERE room = $1) AND invited = $2',
  putWait: 'INSERT INTO waits VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
  deleteWaits: 'DELETE FROM waits WHERE event = $1',
  deleteSnapshot: 'DELETE FROM state_snapshots WHERE snapshot = $1',
  deleteBlock: 'DELETE FROM state_blocks WHERE block = $1',
  deleteIdentity: 'DELETE FROM state_identities WHERE room = $1 AND inputs = $2',
  insertRoom: `INSERT INTO rooms (room, room_id, room_version, counter, next_event, next_snapshot, next_block,
    current_snapshot, forward_extremities, outputs_after) VALUES ($1, $2, $3, 0, 1, 1, 1, 0, '', $4)`,
  updateRoom: `UPDATE rooms SET counter = $2, next_event = $3, next_snapshot = $4, next_block = $5,
    current_snapshot = coalesce($6, current_snapshot), forward_extremities = coalesce($7, forward_extremities),
    joined_members = coalesce($8, joined_members), invited_members = coalesce($9, invited_members) WHERE room = $1`,
  insertOutput: `INSERT INTO output_log (partition, position, room, payload)
    SELECT $1, $2, coalesce((SELECT room FROM rooms WHERE room_id = $3 AND purge_phase = 0), 0), $4::bytea`,
  ...directoryTexts,
} as const

type Step = { readonly text: string; readonly values: readonly unknown[]; readonly mustChange?: string }

export class GroupRows {
  readonly #tables = Object.fromEntries(
    Object.entries(statements).map(([name, { width }]) => [name, new Rows(width)]),
  ) as Tables
  readonly #steps: Step[] = []
  readonly #redactions = new Map<string, () => void>()

  /** @param firstPosition that of the commit's first output */
  add(commit: RoomCommit, partition: number, firstPosition: number): void {
    const tables = this.#tables
    const { room, opens, next, currentSnapshot, forwardExtremities, members } = commit
    if (opens !== undefined)
      this.#step('insertRoom', [room, toBytes(opens.roomId), opens.roomVersion, firstPosition - 1])
    for (const { row, json } of commit.events) {
      const values = eventValues(row)
      if (json === undefined) this.#step('judgeAnew', values, `event NID ${row.event} is not stored`)
      else {
        tables.newEvents.add(...values)
        tables.json.add(row.event, toBytes(json))
      }
    }
    for (const { block, data } of commit.blocks) tables.blocks.add(block, data)
    for (const row of commit.snapshots) tables.snapshots.add(row.snapshot, packSnapshot(row))
    for (const { kind, inputs, result } of commit.identities)
      tables.identities.add(room, packInputs(kind, inputs), localOf(result))
    for (const { user, event, membership } of commit.memberships) {
      if (event === 0) this.#step('deleteMembership', [room, user])
      else this.#step('putMembership', [room, user, localOf(event), packMembership(membership)])
    }
    for (const { server, by } of commit.joinedServers) {
      this.#step('changeServer', [room, toBytes(server), by])
      if (by < 0) this.#step('deleteServer', [room, toBytes(server)])
    }
    for (const user of commit.invitesEnd) this.#step('endInvite', [room, toBytes(user)])
    for (const { redaction, target, applied } of commit.redactions) {
      const values = [idToBytes(redaction), idToBytes(target)] as const
      // A statement may meet a row once only: the last one counts.
      this.#redactions.set(`${room} ${redaction}`, () => tables.redactions.add(room, ...values, applied ? 1 : 0))
    }
    for (const snapshot of commit.removes?.snapshots ?? []) this.#step('deleteSnapshot', [snapshot])
    for (const block of commit.removes?.blocks ?? []) this.#step('deleteBlock', [block])
    for (const { kind, inputs } of commit.removes?.identities ?? [])
      this.#step('deleteIdentity', [room, packInputs(kind, inputs)])
    for (const { on, event } of commit.waits) this.#step('putWait', [room, idToBytes(on), event])
    for (const event of commit.waitsEnd) this.#step('deleteWaits', [event])
    for (const [at, payload] of commit.outputs.entries())
      tables.outputs.add(partition, firstPosition + at, room, toBytes(payload))
    for (const row of commit.finishes) tables.finishes.add(row)
    this.#step('updateRoom', [
      ...[room, commit.expects + 1, next.event, next.snapshot, next.block],
      currentSnapshot === undefined ? null : localOf(currentSnapshot),
      forwardExtremities === undefined ? null : Buffer.from(packLocals(forwardExtremities)),
      ...[members?.joined ?? null, members?.invited ?? null],
    ])
  }

  /** @returns how many outputs the changes gave, numbered from `firstPosition` on */
  addChanges(changes: readonly DirectoryChange[], partition: number, firstPosition: number): number {
    let outputs = 0
    for (const change of changes)
      if (change.kind === 'output') {
        const position = firstPosition + outputs++
        this.#step('insertOutput', [partition, position, toBytes(change.roomId), toBytes(change.payload)])
      } else {
        const values = valuesOf(change).map(value => (typeof value === 'string' ? toBytes(value) : (value ?? null)))
        this.#step(change.kind, values)
      }
    return outputs
  }

  /** Sends everything without waiting in between. @throws what any statement throws */
  async write(tx: Transaction): Promise<void> {
    for (const add of this.#redactions.values()) add()
    const sent: Promise<unknown>[] = []
    for (const [name, { text }] of Object.entries(statements)) {
      const { count, columns } = this.#tables[name as keyof Tables]
      if (count > 0)
        sent.push(
          tx.unsafe(
            text,
            columns.map(column => list(tx, column)),
            { prepare: true },
          ),
        )
    }
    for (const { text, values, mustChange } of this.#steps) {
      const step = async () => {
        const { count } = await tx.unsafe(text, values as never[], { prepare: true })
        if (mustChange !== undefined && count !== 1) throw new Error(mustChange)
      }
      sent.push(step())
    }
    const results = await Promise.allSettled(sent)
    // The first is the cause, the others follow from it.
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  #step(name: keyof typeof inOrder, values: readonly unknown[], mustChange?: string): void {
    this.#steps.push({ text: inOrder[name], values, ...(mustChange !== undefined && { mustChange }) })
  }
}

function eventValues(row: EventRow): (number | string | Uint8Array | null)[] {
  const { event, snapshotBefore, snapshotAfter, reason } = row
  const [head, tail] = splitEventId(row.eventId)
  return [
    ...[event, storedToBytes(head), tail === null ? null : Buffer.from(tail), row.type, row.stateKey, packFlags(row)],
    ...[`${toStoredDepth(row.depth)}`, row.timestamp],
    ...[Buffer.from(packLinks(event, row.prevEvents, row.authEvents))],
    ...[localOf(snapshotBefore), snapshotAfter === snapshotBefore ? null : localOf(snapshotAfter)],
    ...[toBytes(row.origin), reason === undefined ? null : toBytes(JSON.stringify(reason))],
  ]
}
