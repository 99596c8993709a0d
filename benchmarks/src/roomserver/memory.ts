/**
 * What a process holds after it has read the states of many rooms and of a large one: names, event IDs and texts of all entries.
 */
import { type Benchmark, plainFigure } from '../figure.ts'
import { inChild } from './in-child.ts'
import { copyOf, membersDatabase } from './made-databases.ts'

const sizes = [...Array.from({ length: 100 }, () => 1_000), 100_000]
const runs = 3

export const memoryBenchmark: Benchmark = {
  name: 'memory',
  measures: 'resident memory after reading the whole state of 100 rooms of 1,000 members and one of 100,000',
  takesLong: true,
  async run() {
    const path = copyOf(await membersDatabase('many', sizes))
    const found = Array.from({ length: runs }, () => inChild<Read>('read', path).result)
    const megabytes = (values: readonly number[]) => values.map(value => value / 1_048_576)
    const members = sizes.reduce((sum, size) => sum + size, 0)
    if (found.some(({ entries }) => entries < members)) throw new Error('not all of the state was read')
    return [
      plainFigure('resident after reading', 'MB', megabytes(found.map(({ rss }) => rss)), { must: 400, aim: 250 }),
      plainFigure('the most in between', 'MB', megabytes(found.map(({ maxRss }) => maxRss))),
      plainFigure(
        'CPU of reading, with the start',
        's',
        found.map(({ cpu }) => cpu / 1000),
      ),
    ]
  },
}

interface Read {
  readonly entries: number
  readonly rss: number
  readonly maxRss: number
  readonly cpu: number
}
