/**
 * Lives in a process of its own, to be killed. Says what was acknowledged, a line each: "room step".
 */
import { nodeRuntime, SeededRandomness } from '@neurite/roomserver/runtime'
import { type FaultPlan, openSqliteStorage } from '@neurite/roomserver/storage'
import { live, openServer, type Progress } from './life.ts'
import { type LifeName, lifeNamed } from './lives.ts'
import { follow, lastSeen } from './subscriber.ts'

export interface ChildOptions {
  readonly life: LifeName
  readonly path: string
  /** Where the subscriber writes; undefined: there is none. */
  readonly outputs?: string
  readonly from?: Progress
  readonly faults?: FaultPlan
  /** For how long it rests between two steps: 0 to so many milliseconds. */
  readonly rest?: number
  readonly seed?: number
}

async function main(options: ChildOptions): Promise<void> {
  const { path, outputs, from, faults, rest = 0, seed = 1 } = options
  const life = await lifeNamed(options.life)
  const storage = await openSqliteStorage(path, faults === undefined ? {} : { faults })
  const server = await openServer(life, storage, error => process.stderr.write(`${error}\n`))
  const following = outputs === undefined ? undefined : follow(server.output, outputs)
  const random = new SeededRandomness(seed)
  await live(server, life, {
    ...(from && { from }),
    // Written at once: what was acknowledged counts, whenever the kill comes.
    acknowledged: (room, step) => process.stdout.write(`${room} ${step}\n`),
    rest: () => (rest === 0 ? Promise.resolve() : nodeRuntime.timers.sleep(random.nextInt(rest))),
  })
  // A subscriber that has seen all may go: what it has not seen it would ask for after the next start.
  if (outputs !== undefined)
    while (lastSeen(outputs) < (await server.reader.lastPosition())) await nodeRuntime.timers.sleep(2)
  await server.close()
  await following
}

await main(JSON.parse(process.argv[2] ?? '') as ChildOptions)
