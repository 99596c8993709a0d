/**
 * The replay command with the second opinion in place of the library's authorisation rules and state resolution:
 * `npm run -s replay:second-opinion -- --order all FILE…`. Reading events, hashes and signatures are the library's.
 */
import { parseArgs } from 'node:util'
import { type EventTable, memoryRoomMaker, type RoomJudge, runReplay } from '@neurite/homeserver/replay'
import { nodeCrypto } from '@neurite/protocol'
import { PlainView, plainEventOf } from '../packages/protocol/tests/plain-view.ts'
import {
  authorizeByAuthEvents,
  authorizeByState,
  type PlainVerdict,
  resolve,
} from '../packages/protocol/tests/second-opinion/index.ts'

const views = new WeakMap<EventTable, PlainView>()

function viewOf(events: EventTable): PlainView {
  let view = views.get(events)
  if (view === undefined) {
    view = new PlainView(events, nodeCrypto)
    views.set(events, view)
  }
  return view
}

/** The second opinion as a room asks it. */
export const secondOpinion: RoomJudge = {
  byAuthEvents(number, events) {
    const event = events.event(number)
    return denial(authorizeByAuthEvents(event.rules.version, plainEventOf(event), viewOf(events)))
  },
  byState(number, state, events) {
    const event = events.event(number)
    const view = viewOf(events)
    return denial(authorizeByState(event.rules.version, plainEventOf(event), view.stateOf(state), view))
  },
  resolve(states, events, rules) {
    const view = viewOf(events)
    const sets = states.map(state => view.idsOf(state))
    return view.numbersOf(resolve(rules.version, sets, view))
  },
}

function denial(verdict: PlainVerdict): string | undefined {
  return verdict.allowed ? undefined : `${verdict.rule}: ${verdict.why}`
}

/** @returns the exit status, as of the replay command */
async function main(args: string[]): Promise<number> {
  const problem = (text: string) => process.stderr.write(`neurite: ${text}\n`)
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { order: { type: 'string', default: 'first' }, json: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    if (positionals.length === 0) throw new TypeError('name at least one room file')
    return await runReplay(
      positionals,
      values,
      { line: text => process.stdout.write(`${text}\n`), problem },
      memoryRoomMaker(secondOpinion),
    )
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    problem(error.message)
    return 2
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
