/**
 * The command: npm run simulate -- --seed N [--servers 3] [--events 200] [--room-version V] [--runs K]. Says what
 * happened; exits 1 where the servers disagree.
 */
import { parseArgs } from 'node:util'
import { roomVersions } from '@neurite/protocol'
import { type SimulationOptions, type SimulationReport, simulate } from './index.ts'

const usage = `Usage: npm run simulate -- --seed N [options]

  --seed N           the seed; the same seed gives the same run
  --servers N        servers that share the room, 2 to 5 (3)
  --events N         acts of users (200)
  --room-version V   drawn from the seed where it is not given
  --runs N           so many runs, with seeds from N on (1)
  --json             the report as JSON`

interface Command {
  readonly options: SimulationOptions
  readonly runs: number
  readonly json: boolean
}

function read(args: string[]): Command {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: {
      ...{ seed: text, servers: text, events: text, 'room-version': text, runs: text },
      json: { type: 'boolean', default: false },
    },
  })
  const roomVersion = values['room-version']
  if (roomVersion !== undefined && !roomVersions.has(roomVersion))
    throw new RangeError(`room version ${roomVersion} is not known`)
  const options = {
    seed: whole('seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    servers: whole('servers', values.servers ?? '3', 2, 5),
    events: whole('events', values.events ?? '200', 0, 1_000_000),
    ...(roomVersion !== undefined && { roomVersion }),
  }
  return { options, runs: whole('runs', values.runs ?? '1', 1, 1_000_000), json: values.json }
}

function whole(name: string, text: string | undefined, least: number, most: number): number {
  const number = Number(text)
  if (text === undefined || !/^\d+$/.test(text) || number < least || number > most)
    throw new RangeError(`--${name} must be a whole number from ${least} to ${most}`)
  return number
}

function describe(report: SimulationReport): string {
  const { options } = report
  const { answered, ...network } = report.network
  const counts = (of: object) =>
    Object.entries(of)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ')
  const stored = Object.entries(report.stored).map(([server, of]) => `  ${server} stored: ${counts(of)}`)
  const end =
    report.disagreements.length === 0
      ? ['  all agree']
      : ['  THEY DISAGREE', ...report.disagreements.map(line => `  - ${line}`)]
  return [
    `seed ${options.seed}: ${options.servers} servers, ${options.events} acts, room version ${report.roomVersion}`,
    `  ${Math.round(report.virtualTime / 1000)} s of virtual time, ${report.kills} kills, ${report.partitions} partitions`,
    `  messages: ${counts(network)}`,
    `  answered: ${counts(answered)}`,
    `  events of own users: ${counts(report.sent)}`,
    ...stored,
    `  digest ${report.digest}`,
    ...end,
  ].join('\n')
}

async function main(args: string[]): Promise<number> {
  let command: Command
  try {
    command = read(args)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return 2
  }
  const { options, runs, json } = command
  let failed = 0
  for (let run = 0; run < runs; run++) {
    const report = await simulate({ ...options, seed: options.seed + run })
    console.log(json ? JSON.stringify(report) : describe(report))
    if (report.disagreements.length > 0) failed++
  }
  if (runs > 1 && !json) console.log(`${runs - failed} of ${runs} runs ended in agreement`)
  return failed === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
