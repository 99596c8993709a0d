/**
 * How long a start takes on a large database, after a clean end and after a kill with much in the log. From the start of the process
 * to a room's state read. Run as TypeScript: stripping its types is in it.
 */
import { statSync } from 'node:fs'
import { type Benchmark, type Figure, plainFigure } from '../figure.ts'
import { asyncRounds } from '../measure-async.ts'
import { inChild } from './in-child.ts'
import { copyOf, linearDatabase } from './made-databases.ts'
import { ScriptedRoom } from './scripted-room.ts'

const events = 1_000_000
const eventsInLog = 50_000

export const startBenchmark: Benchmark = {
  name: 'start',
  measures: 'a start on a database of 1,000,000 events, from nothing to a room and its state read (wall time)',
  takesLong: true,
  async run() {
    const made = await linearDatabase(events)
    const path = copyOf(made)
    const { roomId } = ScriptedRoom.load(made.rooms[0]!)
    const clean = starts('after a clean end', path, roomId, { must: 2, aim: 0.5 })
    inChild('fill', path, `${made.path}.json`, `${eventsInLog}`)
    const log = statSync(`${path}-wal`).size / 1_048_576
    const killed = starts('after kill -9', path, roomId, { must: 5 })
    return [...clean, plainFigure('the log that was left by the kill', 'MB', log), ...killed]
  },
}

function starts(name: string, path: string, roomId: string, limits: { must: number; aim?: number }): Figure[] {
  const runs = Array.from({ length: asyncRounds }, () => inChild<{ open: number; cpu: number }>('start', path, roomId))
  const seconds = (values: readonly number[]) => values.map(value => value / 1000)
  return [
    plainFigure(name, 's', seconds(runs.map(({ wall }) => wall)), limits),
    plainFigure(`${name}: of these, opening`, 's', seconds(runs.map(({ result }) => result.open))),
    plainFigure(`${name}: CPU of all`, 's', seconds(runs.map(({ result }) => result.cpu))),
  ]
}
