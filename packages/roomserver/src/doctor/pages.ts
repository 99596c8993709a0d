/**
 * A room's rows page by page, past those that are damaged: one bad row must not hide the others.
 */
import { type EventRow, type Reader, type RoomRow, RowDamaged } from '../storage/index.ts'
import { type EventNid, inRoom, type RoomNid } from '../types/index.ts'

const pageRows = 500

/** Rows, or the one that cannot be read. */
export type Page<Row> =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'damaged'; readonly nid: number; readonly error: RowDamaged }

/** All events of a room by rising NID. */
export function eventPages(reader: Reader, room: RoomNid): AsyncGenerator<Page<EventRow>> {
  return pages(
    (after, limit) => reader.eventsOfRoom(room, after as EventNid | 0, limit),
    row => row.event,
  )
}

/** The events of a room whose rows can be read, a page at a time. */
export async function* readableEvents(reader: Reader, room: RoomNid): AsyncGenerator<readonly EventRow[]> {
  for await (const page of eventPages(reader, room)) if (page.kind === 'rows') yield page.rows
}

/** All rooms by rising NID. */
export function roomPages(reader: Reader): AsyncGenerator<Page<RoomRow>> {
  return pages(
    (after, limit) => reader.rooms(after as RoomNid | 0, limit),
    row => row.room,
  )
}

async function* pages<Row>(
  read: (after: number, limit: number) => Promise<readonly Row[]>,
  nidOf: (row: Row) => number,
): AsyncGenerator<Page<Row>> {
  // After damage, row by row until a whole page can be read again.
  for (let after = 0, limit = pageRows; ; ) {
    let rows: readonly Row[]
    try {
      rows = await read(after, limit)
    } catch (error) {
      if (!(error instanceof RowDamaged)) throw error
      if (limit > 1) {
        limit = 1
        continue
      }
      yield { kind: 'damaged', nid: error.row, error }
      after = error.row
      limit = pageRows
      continue
    }
    const last = rows.at(-1)
    if (last === undefined) return
    yield { kind: 'rows', rows }
    after = nidOf(last)
  }
}

/** Rows by local numbers, some at a time. `read` leaves out those that are not there and throws for damaged ones. */
export async function* numberedPages<Nid extends number, Row>(
  room: RoomNid,
  next: number,
  read: (nids: readonly Nid[]) => Promise<readonly Row[]>,
): AsyncGenerator<Page<Row>> {
  for (let from = 1; from < next; from += pageRows) {
    const count = Math.min(pageRows, next - from)
    const nids = Array.from({ length: count }, (_, at) => inRoom<never>(room, from + at) as Nid)
    yield* wholeOrOneByOne(nids, read)
  }
}

async function* wholeOrOneByOne<Nid extends number, Row>(
  nids: readonly Nid[],
  read: (nids: readonly Nid[]) => Promise<readonly Row[]>,
): AsyncGenerator<Page<Row>> {
  try {
    yield { kind: 'rows', rows: await read(nids) }
  } catch (error) {
    if (!(error instanceof RowDamaged)) throw error
    const [first] = nids
    if (nids.length === 1) yield { kind: 'damaged', nid: first as Nid, error }
    else for (const nid of nids) yield* wholeOrOneByOne([nid], read)
  }
}
