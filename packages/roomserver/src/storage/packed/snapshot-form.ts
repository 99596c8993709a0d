/**
 * A snapshot's row in a few bytes: one for kind and origin, then local numbers, relative to the snapshot's own where they lie
 * close to it. An appended block costs some six bytes.
 */
import {
  inRoom,
  localOf,
  type RoomNid,
  roomOf,
  type SnapshotForm,
  type SnapshotOrigin,
  type StateBlockNid,
  type StateSnapshotNid,
} from '../../types/index.ts'
import type { IdentityRow, SnapshotRow } from '../rows.ts'
import { ByteReader, BytesUnreadable, ByteWriter } from './bytes.ts'

const kinds = ['append', 'merge', 'whole'] as const
const origins = ['computed', 'given', 'partial', 'imported'] as const satisfies readonly SnapshotOrigin[]
const identityKinds = ['merge', 'whole', 'resolution'] as const satisfies readonly IdentityRow['kind'][]

const writer = new ByteWriter()

export function packSnapshot({ snapshot, form, origin }: SnapshotRow): Uint8Array {
  if (form.kind !== 'whole' && form.parent <= 0)
    throw new RangeError(`snapshot ${snapshot}: ${form.kind} needs a parent`)
  const own = localOf(snapshot)
  writer.byte(kinds.indexOf(form.kind) * origins.length + origins.indexOf(origin))
  // A parent's number lies close below: a distance. 0 stands for none, which only the snapshot itself could have.
  writer.signed(form.parent === 0 ? 0 : own - localOf(form.parent))
  switch (form.kind) {
    case 'append':
      writer.unsigned(localOf(form.block))
      break
    case 'merge':
      writer.unsigned(form.at).unsigned(form.count).unsigned(localOf(form.merged)).unsigned(localOf(form.block))
      break
    case 'whole':
      for (const block of form.blocks) writer.unsigned(localOf(block))
      break
  }
  return writer.take()
}

export function unpackSnapshot(snapshot: StateSnapshotNid, bytes: Uint8Array): SnapshotRow {
  const reader = new ByteReader(bytes)
  const head = reader.byte()
  const kind = kinds[Math.floor(head / origins.length)]
  const origin = origins[head % origins.length]
  if (kind === undefined || origin === undefined) throw new BytesUnreadable(`its first byte is ${head}`)
  const room = roomOf(snapshot)
  const distance = reader.signed()
  const parent = distance === 0 ? 0 : inRoom<StateSnapshotNid>(room, localOf(snapshot) - distance)
  const form = unpackForm(kind, room, parent, reader)
  reader.end()
  return { snapshot, form, origin }
}

function unpackForm(
  kind: SnapshotForm['kind'],
  room: RoomNid,
  parent: StateSnapshotNid | 0,
  reader: ByteReader,
): SnapshotForm {
  if (kind === 'whole') {
    const blocks: StateBlockNid[] = []
    while (!reader.atEnd) blocks.push(inRoom(room, reader.unsigned()))
    return { kind, parent, blocks }
  }
  if (parent === 0) throw new BytesUnreadable(`a snapshot of kind ${kind} has no parent`)
  if (kind === 'append') return { kind, parent, block: inRoom(room, reader.unsigned()) }
  const at = reader.unsigned()
  const count = reader.unsigned()
  const merged = inRoom<StateBlockNid>(room, reader.unsigned())
  const block = reader.unsigned()
  return { kind, parent, at, count, merged, block: block === 0 ? 0 : inRoom(room, block) }
}

/** What an identity is found by: its kind and its inputs, in order. Neighbours are often close, so all but the first are distances. */
export function packInputs(kind: IdentityRow['kind'], inputs: readonly number[]): Uint8Array {
  writer.byte(identityKinds.indexOf(kind))
  let last = 0
  for (const input of inputs) {
    const local = localOf(input as StateBlockNid)
    writer.signed(local - last)
    last = local
  }
  return writer.take()
}

/** The inputs that {@link packInputs} packed. */
export function unpackInputs(
  room: RoomNid,
  bytes: Uint8Array,
): { readonly kind: IdentityRow['kind']; readonly inputs: (StateBlockNid | StateSnapshotNid | 0)[] } {
  const reader = new ByteReader(bytes)
  const head = reader.byte()
  const kind = identityKinds[head]
  if (kind === undefined) throw new BytesUnreadable(`its first byte is ${head}`)
  const inputs: (StateBlockNid | StateSnapshotNid | 0)[] = []
  let last = 0
  while (!reader.atEnd) {
    last += reader.signed()
    // The empty state has no number in a room.
    inputs.push(last === 0 ? 0 : inRoom<StateBlockNid | StateSnapshotNid>(room, last))
  }
  return { kind, inputs }
}
