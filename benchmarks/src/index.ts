/**
 * `npm run bench [-- NAME…] [--json]`: measures every figure that the README quotes. A name stands for all benchmarks that
 * begin with it, `all` for all there are; without a name those run that take less than a minute. Exit status: 0 all limits
 * kept, 1 some missed, 2 no such benchmark.
 */
import { parseArgs } from 'node:util'
import { type Benchmark, judgementOf } from './figure.ts'
import { federationBenchmark } from './homeserver/federation.ts'
import { authDifferenceBenchmark } from './protocol/auth-difference.ts'
import { canonicalJsonBenchmark } from './protocol/canonical-json.ts'
import { eventChecksBenchmark } from './protocol/event-checks.ts'
import { serverAclBenchmark } from './protocol/server-acl.ts'
import { stateResolutionBenchmark } from './protocol/state-resolution.ts'
import { asJson, asText, machine, type Result } from './report.ts'
import { eventLoopBenchmark } from './roomserver/event-loop.ts'
import { ingestBenchmark } from './roomserver/ingest.ts'
import { linearBenchmark } from './roomserver/linear.ts'
import { manyServersBenchmark } from './roomserver/many-servers.ts'
import { memoryBenchmark } from './roomserver/memory.ts'
import { openForksBenchmark } from './roomserver/open-forks.ts'
import { partialJoinBenchmark } from './roomserver/partial-join.ts'
import { purgeBenchmark } from './roomserver/purge.ts'
import { queryBenchmark } from './roomserver/query.ts'
import { resolveBenchmark } from './roomserver/resolve.ts'
import { startBenchmark } from './roomserver/start.ts'
import { stateGrowthBenchmark } from './roomserver/state-growth.ts'

const benchmarks: readonly Benchmark[] = [
  eventChecksBenchmark,
  canonicalJsonBenchmark,
  stateResolutionBenchmark,
  authDifferenceBenchmark,
  serverAclBenchmark,
  ingestBenchmark,
  stateGrowthBenchmark,
  openForksBenchmark,
  resolveBenchmark,
  linearBenchmark,
  startBenchmark,
  memoryBenchmark,
  eventLoopBenchmark,
  queryBenchmark,
  partialJoinBenchmark,
  purgeBenchmark,
  manyServersBenchmark,
  federationBenchmark,
]

function chosen(names: readonly string[]): readonly Benchmark[] | undefined {
  if (names.length === 0) return benchmarks.filter(benchmark => benchmark.takesLong !== true)
  if (names.includes('all')) return benchmarks
  const found = names.map(name => benchmarks.filter(benchmark => `${benchmark.name}/`.startsWith(`${name}/`)))
  return found.some(list => list.length === 0) ? undefined : [...new Set(found.flat())]
}

/** @returns the exit status */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const toRun = chosen(positionals)
  if (toRun === undefined) {
    console.error(`There are these benchmarks: ${benchmarks.map(({ name }) => name).join(', ')}`)
    return 2
  }
  if (!values.json)
    console.log(`${machine()}\nTimes are CPU time of one operation over all threads, medians of interleaved rounds\n`)
  const results: Result[] = []
  for (const benchmark of toRun) {
    const result = { benchmark, figures: await benchmark.run() }
    results.push(result)
    if (!values.json) console.log(asText(result))
  }
  if (values.json) console.log(asJson(results))
  return results.some(({ figures }) => figures.some(figure => judgementOf(figure) === 'MISSED')) ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
