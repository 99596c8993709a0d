/**
 * `neurite check DATABASE`: the command line of the doctor's checks.
 * A line a finding and a summary on standard output, progress on standard error, and an exit status for scripts.
 */
import { nodeCrypto } from '@neurite/protocol'
import { type Examination, examineSqlite, type Finding, type Progress } from '@neurite/roomserver/doctor'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import type { Command } from 'commander'
import { monotonicMilliseconds } from '../runtime/clock.ts'

interface CommandOptions {
  readonly room?: string
  readonly json: boolean
}

/** Exit status: nothing found; findings; the database cannot be opened. */
export type CheckStatus = 0 | 1 | 2

export interface CheckOutput {
  /** Findings and the summary: a line each. */
  line(text: string): void
  /** What went wrong: a line each. */
  problem(text: string): void
  /** How far it is: a line now and then. */
  progress(text: string): void
}

/** Nothing is said before, and then as often. Milliseconds. */
const progressEvery = 2_000

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('check a database without changing it: hashes, verdicts, states against the graph, output positions')
    .argument('<database>', 'a SQLite database; a running server may have it open')
    .option('--room <id>', 'check only this room')
    .option('--json', 'one JSON object a finding, and one for the summary', false)
    .addHelpText('after', '\nExit status: 0 nothing found, 1 findings, 2 the database cannot be opened.')
    .action(async (database: string, { room, json }: CommandOptions) => {
      process.exitCode = await runCheck(database, { roomId: room, json }, output)
    })
}

export async function runCheck(
  database: string,
  { roomId, json }: { readonly roomId?: string | undefined; readonly json: boolean },
  output: CheckOutput,
): Promise<CheckStatus> {
  const tell = (finding: Finding) => output.line(json ? JSON.stringify(finding) : sentence(finding))
  const parts = { crypto: nodeCrypto, yieldNow: nodeRuntime.timers.yieldNow }
  try {
    const examination = await examineSqlite(database, parts, tell, { roomId, progress: progressTo(output) })
    output.line(json ? JSON.stringify({ database, ...examination }) : summary(database, examination))
    return examination.findings > 0 ? 1 : 0
  } catch (error) {
    if (!(error instanceof Error && error.name === 'CannotOpenStorage')) throw error
    output.problem(error.message)
    return 2
  }
}

function sentence({ check, severity, room, event, message }: Finding): string {
  const place = [room, event].filter(part => part !== undefined).join(' ')
  return `${severity === 'note' ? 'note: ' : ''}${check}: ${place === '' ? '' : `${place}: `}${message}`
}

function summary(database: string, { rooms, events, provisional, findings, notes }: Examination): string {
  const waiting = provisional === 0 ? '' : `, ${provisional} of them provisional`
  const noted = notes === 0 ? '' : `, ${notes} notes`
  return `${database}: ${rooms} rooms, ${events} events${waiting}: ${findings} findings${noted}`
}

function progressTo(output: CheckOutput): (progress: Progress) => void {
  let last = monotonicMilliseconds()
  return ({ check, room, done }) => {
    const now = monotonicMilliseconds()
    if (now - last < progressEvery) return
    last = now
    output.progress(`${check}${room === undefined ? '' : ` of ${room}`}: ${done}`)
  }
}

const output: CheckOutput = {
  line: text => process.stdout.write(`${text}\n`),
  problem: text => process.stderr.write(`neurite: ${text}\n`),
  progress: text => process.stderr.write(`neurite: checking ${text}\n`),
}
