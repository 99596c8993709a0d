/**
 * Forks that nobody merges, through the whole pipeline: each is one more forward extremity, and the current state is what all of them
 * resolve to. What `state-growth` measures of forks is their own states; this is what becomes of the room.
 */
import { DatabaseSync } from 'node:sqlite'
import { rulesOf } from '@neurite/protocol'
import { type Benchmark, type Figure, plainFigure } from '../figure.ts'
import { timed } from '../measure-async.ts'
import { ScriptedRoom } from './scripted-room.ts'
import { acceptingCrypto, arriving, giveAll, openServer } from './server.ts'

const members = 1_000
const forks = 1_000
/** Forks that are measured together. */
const part = 100
const stateTables = `('state_blocks', 'state_snapshots', 'state_identities')`

export const openForksBenchmark: Benchmark = {
  name: 'open-forks',
  measures: `1,000 forks from one event that nobody merges, ${members.toLocaleString('en')} members, without signatures`,
  takesLong: true,
  async run() {
    const { server, path } = await openServer(undefined, { crypto: acceptingCrypto })
    const room = new ScriptedRoom('open-forks', rulesOf('10'), { sign: 'unsigned' })
    const opening = room.open()
    while (room.memberCount < members) opening.push(room.join())
    const arrivals = (pdus: readonly string[]) => pdus.map(pdu => arriving(room, pdu))
    await giveAll(server, arrivals(opening))
    const events = arrivals(room.branches(forks, 1).flat())
    const before = stateBytes(path)
    const figures: Figure[] = []
    for (let at = 0; at < forks; at += part) {
      const { cpu, wall } = await timed(() => giveAll(server, events.slice(at, at + part)))
      if (at > 0 && at + part < forks) continue
      const name = `CPU of a fork, the ${at === 0 ? 'first' : 'last'} ${part}`
      figures.push(plainFigure(name, 'ms', cpu / part, { wall: wall / part, ...(at === 0 ? {} : { must: 10 }) }))
    }
    const each = (stateBytes(path) - before) / forks
    await server.close()
    return [plainFigure('state storage for each fork', 'B', each, { must: 150, aim: 80 }), ...figures]
  },
}

/** The pages of the tables that hold state. */
function stateBytes(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const sql = `SELECT sum(pgsize) AS bytes FROM dbstat WHERE aggregate = TRUE AND name IN ${stateTables}`
    return Number(database.prepare(sql).get()?.['bytes'])
  } finally {
    database.close()
  }
}
