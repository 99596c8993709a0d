/**
 * The `replay` command: replays room files in the orders asked for and says, a line a file and a line a difference, what
 * came out.
 */
import { monotonicMilliseconds } from '../runtime/clock.ts'
import { type Difference, type RoomMaker, replayOrder } from './replay.ts'
import { type RoomFile, RoomFileError, readRoomFile } from './room-file.ts'
import { memoryRoomMaker } from './room-makers.ts'

export interface ReplayOptions {
  /** `first`, `all`, or the number of one order: 0 is the first, 1 the first of the others. */
  readonly order: string
  readonly json: boolean
  /** How many events are handed over at once; 1 unless told. */
  readonly batch?: number
  /** Compare only what follows from the graph, whatever the order of arrival: not soft failures, extremities and the final state. */
  readonly graphOnly?: boolean
}

export interface ReplayOutput {
  /** Results: a line each. */
  line(text: string): void
  /** What went wrong: a line each. */
  problem(text: string): void
}

/** Exit status: no differences; some; a file that is unreadable or wrong, or options that make no sense. */
export type ReplayStatus = 0 | 1 | 2

/** Replays the files, one after the other. A file that cannot be read does not stop the others. */
export async function runReplay(
  files: readonly string[],
  options: ReplayOptions,
  output: ReplayOutput,
  make: RoomMaker = memoryRoomMaker(),
): Promise<ReplayStatus> {
  let status: ReplayStatus = 0
  for (const file of files) {
    try {
      const differences = await replayFile(file, options, output, make)
      if (differences > 0 && status === 0) status = 1
    } catch (error) {
      if (!(error instanceof RoomFileError)) throw error
      output.problem(error.message)
      status = 2
    }
  }
  return status
}

async function replayFile(
  file: string,
  options: ReplayOptions,
  output: ReplayOutput,
  make: RoomMaker,
): Promise<number> {
  const room = await readRoomFile(file)
  const orders = chosenOrders(options.order, room)
  const start = monotonicMilliseconds()
  const differences: Difference[] = []
  for (const order of orders)
    differences.push(
      ...(await replayOrder(room, order, make, { batch: options.batch ?? 1, graphOnly: options.graphOnly ?? false })),
    )
  const seconds = (monotonicMilliseconds() - start) / 1000
  report(room, orders.length, differences, seconds, options, output)
  return differences.length
}

function chosenOrders(choice: string, room: RoomFile): number[] {
  if (choice === 'first') return [0]
  if (choice === 'all') return room.orders.map((_, index) => index)
  const index = Number(choice)
  if (!/^\d+$/.test(choice) || index >= room.orders.length)
    throw new RoomFileError(room.file, `there is no order ${choice}; the file has 0 to ${room.orders.length - 1}`)
  return [index]
}

function report(
  room: RoomFile,
  orders: number,
  differences: readonly Difference[],
  seconds: number,
  options: ReplayOptions,
  output: ReplayOutput,
): void {
  const name = room.file.slice(room.file.lastIndexOf('/') + 1)
  const events = room.events.length
  const eventsPerSecond = Math.round((events * orders) / seconds)
  if (options.json) {
    output.line(JSON.stringify({ file: room.file, events, orders, differences, eventsPerSecond }))
    return
  }
  output.line(
    `${name}: ${events} events, ${orders} orders, ${differences.length} differences, ${eventsPerSecond} events/s`,
  )
  for (const { order, eventId, what, expected, actual } of differences)
    output.line(`  order ${order}, ${eventId ?? 'room'}: ${what}: expected ${expected}, came ${actual}`)
}
