/**
 * `npm run crash -- [SEED]`: the crash campaign with its figures, a line a part. Exit status 1 where it found something.
 */
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { campaign } from './campaign.ts'

const seed = Number(process.argv[2] ?? 1)
const { clock } = nodeRuntime
const noteEvery = 10_000

for (const { name, run } of await campaign(seed)) {
  const start = clock.monotonic()
  let noted = start
  const seconds = () => ((clock.monotonic() - start) / 1_000).toFixed(1)
  try {
    const figures = await run((done, of) => {
      if (clock.monotonic() - noted < noteEvery) return
      noted = clock.monotonic()
      process.stderr.write(`  ${done} of ${of}, ${seconds()} s\n`)
    })
    process.stdout.write(`✔ ${name}: ${figures}, ${seconds()} s\n`)
  } catch (error) {
    process.stdout.write(`✖ ${name}, ${seconds()} s\n${error instanceof Error ? error.stack : error}\n`)
    process.exitCode = 1
  }
}
// What failed may have left a writer running.
process.exit()
