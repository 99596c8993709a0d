/**
 * Joining a large room without its members: how soon it can be used, and how soon its state is whole.
 */
import { join } from 'node:path'
import { type Benchmark, plainFigure } from '../figure.ts'
import { inChild } from './in-child.ts'
import type { Joined } from './join-tasks.ts'
import { makeLargeRoom } from './large-room-elsewhere.ts'
import { temporaryFolder } from './server.ts'

const runs = 3

export const partialJoinBenchmark: Benchmark = {
  name: 'partial-join',
  measures:
    'a join of a room of 20,000 joined and 60,000 left or banned members on 1,000 servers, 100 of which answer no key request (wall time)',
  takesLong: true,
  async run() {
    makeLargeRoom()
    const path = () => join(temporaryFolder(), 'neurite.db')
    const whole = inChild<Joined>('joinWhole', path()).result
    const found = Array.from({ length: runs }, () => inChild<Joined>('joinPartially', path()).result)
    const halved = path()
    inChild('joinHalf', halved)
    const resumed = inChild<Joined>('joinResumed', halved).result
    for (const { fingerprint } of [...found, resumed])
      if (fingerprint !== whole.fingerprint) throw new Error('the state is another than after a whole join')
    const seconds = (values: readonly number[]) => values.map(value => value / 1000)
    const megabytes = (values: readonly number[]) => values.map(value => value / 1_048_576)
    return [
      plainFigure('until it can be sent to and read', 's', seconds(found.map(({ usable }) => usable)), { must: 1.5 }),
      plainFigure('until its state is whole', 's', seconds(found.map(({ complete }) => complete)), {
        ...{ must: 30, aim: 15 },
      }),
      plainFigure('  CPU of it, all threads', 's', seconds(found.map(({ cpu }) => cpu))),
      plainFigure('  the most memory in between', 'MB', megabytes(found.map(({ maxRss }) => maxRss)), { must: 400 }),
      plainFigure('after kill -9 half way, the rest', 's', resumed.complete / 1000, { must: 30 }),
      plainFigure('a whole join, until it can be used', 's', whole.usable / 1000),
      plainFigure('  the most memory in between', 'MB', whole.maxRss / 1_048_576),
    ]
  },
}
