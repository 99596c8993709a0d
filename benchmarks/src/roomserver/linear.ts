/**
 * Whether an event costs the same late in a room's life as early: a linear room, nine messages and a join in turn. Signatures are not
 * verified here, since they cost the same always.
 */
import { type Benchmark, type Figure, timeFigure } from '../figure.ts'
import { ratioOf, type Times } from '../measure.ts'
import { asyncRounds, measureAsync } from '../measure-async.ts'
import { copyOf, linearDatabase, linearEvents } from './made-databases.ts'
import { ScriptedRoom } from './scripted-room.ts'
import { acceptingCrypto, arriving, giveAll, openServer } from './server.ts'

const sizes = [1_000, 100_000, 1_000_000]
const window = 1_000
const warmUpRounds = 3

export const linearBenchmark: Benchmark = {
  name: 'linear',
  measures: `CPU of an event of a linear room after so many others, without its signature (${window.toLocaleString('en')} events in each round)`,
  takesLong: true,
  async run() {
    const rooms = []
    for (const size of sizes) {
      const made = await linearDatabase(size)
      const { server } = await openServer(copyOf(made), { crypto: acceptingCrypto })
      const scripted = ScriptedRoom.load(made.rooms[0]!)
      const turns = Array.from({ length: asyncRounds + warmUpRounds }, () =>
        linearEvents(scripted, window).map(pdu => arriving(scripted, pdu)),
      )
      rooms.push({ size, server, turns })
    }
    const times = await measureAsync(
      rooms.map(({ size, server, turns }) => ({
        name: `${size}`,
        operations: window,
        run: () => giveAll(server, turns.shift() ?? []),
      })),
      { warmUpRounds },
    )
    for (const { server } of rooms) await server.close()
    return figuresOf(times)
  },
}

function figuresOf(times: readonly Times[]): Figure[] {
  const first = times[0] as Times
  return sizes.flatMap((size, at) => {
    const ofSize = times[at] as Times
    const name = `after ${size.toLocaleString('en')} events`
    const figure = timeFigure(name, 'µs', ofSize)
    if (at === 0) return [figure]
    const ratio: Figure = {
      name: `${name} / after 1,000`,
      unit: '×',
      value: ratioOf(ofSize, first),
      must: 1.5,
      aim: 1.2,
    }
    return [figure, ratio]
  })
}
