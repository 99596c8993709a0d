/**
 * Servers killed with kill -9 at random moments of what they do with each other. Whoever is started again has lost nothing, `check` finds
 * nothing, and the room ends as it does where nobody is killed: on both servers the same state and the same history, each event once.
 */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { nodeRuntime, SeededRandomness } from '@neurite/roomserver/runtime'
import { assertSound } from '../crash/end.ts'
import { eventually } from '../interop/until.ts'
import type { Json, User } from '../interop/user.ts'
import { fetchHistory } from './hall.ts'
import type { Operation } from './operation.ts'
import { Pair, type Server, type Side } from './pair.ts'

export interface KillReport {
  readonly seed: number
  /** All of them; some come when the operation has just ended. */
  readonly kills: number
  /** How long the operation takes where nobody is killed. Milliseconds. */
  readonly lasts: number
}

/** Undisturbed runs: the first one finds servers that have just been started, and all must end alike. */
const undisturbedRuns = 3
/** Kills that may come too late, for each that is wanted: operations take longer or shorter by what else the machine does. */
const tooLateForEach = 1

/**
 * Kills one of two servers, by turns, each time in a new room.
 * @param wanted kills that come before the operation has ended
 */
export async function killDuring(operation: Operation, wanted: number, seed: number): Promise<KillReport> {
  const random = new SeededRandomness(seed)
  const pair = await Pair.open()
  let failed = true
  try {
    const { end, ...undisturbed } = await quickestOf(operation, pair)
    let { lasts } = undisturbed
    let kills = 0
    for (let inTheMiddle = 0; inTheMiddle < wanted; kills++) {
      assert.ok(kills - inTheMiddle <= wanted * tooLateForEach, `of ${kills} kills only ${inTheMiddle} came in time`)
      const kill: Kill = {
        side: inTheMiddle % 2 === 0 ? 'guest' : 'host',
        after: (random.nextInt(1_000) / 1_000) * lasts,
      }
      const killed = await killedRun(operation, pair, kill).catch(error => {
        throw new Error(`seed ${seed}, kill ${kills}, ${JSON.stringify(kill)}; see ${pair.folder}`, { cause: error })
      })
      assert.deepEqual(killed.end, end, `seed ${seed}, kill ${kills}, ${JSON.stringify(kill)}; see ${pair.folder}`)
      if (killed.endedAfter === undefined) inTheMiddle++
      else lasts = Math.min(lasts, killed.endedAfter)
    }
    for (const { subscriber } of [pair.host, pair.guest]) await subscriber.assertToldAll()
    failed = false
    return { seed, kills, lasts }
  } finally {
    await pair.close({ keep: failed })
  }
}

/** Most kills are to come before the end, so the quickest run says when that is. */
async function quickestOf(operation: Operation, pair: Pair): Promise<{ end: unknown; lasts: number }> {
  const { end, ...first } = await undisturbedRun(operation, pair)
  let { lasts } = first
  for (let run = 1; run < undisturbedRuns; run++) {
    const next = await undisturbedRun(operation, pair)
    assert.deepEqual(next.end, end)
    lasts = Math.min(lasts, next.lasts)
  }
  return { end, lasts }
}

async function undisturbedRun(operation: Operation, pair: Pair): Promise<{ end: unknown; lasts: number }> {
  const { clock } = nodeRuntime
  const roomId = await operation.prepare(pair)
  const start = clock.monotonic()
  await operation.work(pair, roomId)
  const lasts = clock.monotonic() - start
  return { end: await endOf(pair, roomId), lasts }
}

interface Kill {
  readonly side: Side
  /** Since the operation began. Milliseconds. */
  readonly after: number
}

/** @returns how it ended, and where the kill came too late, how long the operation took. Milliseconds */
async function killedRun(operation: Operation, pair: Pair, { side, after }: Kill) {
  const { clock, timers } = nodeRuntime
  const roomId = await operation.prepare(pair)
  const start = clock.monotonic()
  let endedAfter: number | undefined
  const working = operation.work(pair, roomId).finally(() => {
    endedAfter = clock.monotonic() - start
  })
  const killing = timers.sleep(after).then(async () => {
    const endedBefore = endedAfter
    await killAndStart(pair[side])
    return endedBefore
  })
  // Both have ended when either has failed: nothing goes on behind the report.
  await Promise.allSettled([working, killing])
  await working
  return { endedAfter: await killing, end: await endOf(pair, roomId) }
}

async function killAndStart({ peer, ...files }: Server): Promise<void> {
  await peer.crash()
  await assertWhole(files)
  await peer.start()
}

async function assertWhole({ database, headsDatabase }: Pick<Server, 'database' | 'headsDatabase'>): Promise<void> {
  await assertSound(database)
  const heads = new DatabaseSync(headsDatabase, { readOnly: true })
  try {
    assert.deepEqual({ ...heads.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
  } finally {
    heads.close()
  }
}

/** How the room ended, in words that are the same in every room. */
async function endOf({ ann, bob, guest }: Pair, roomId: string): Promise<unknown> {
  return eventually(async () => {
    await fetchHistory(guest, roomId)
    const [state, onGuest] = await Promise.all([ann.state(roomId), bob.state(roomId)])
    assert.deepEqual(identities(onGuest), identities(state), 'the servers disagree on the state')
    const said = await messages(ann, roomId)
    assert.deepEqual(await messages(bob, roomId), said, 'the servers disagree on what was said')
    const told = state.map(({ type, state_key, sender, content }) => [type, state_key, sender, content])
    return { state: told.sort(byText), said: said.map(({ body }) => body) }
  })
}

const identities = (state: readonly Json[]) => state.map(({ event_id }) => event_id as string).sort()

function byText(a: unknown, b: unknown): number {
  const [one, two] = [JSON.stringify(a), JSON.stringify(b)]
  return one < two ? -1 : one > two ? 1 : 0
}

/**
 * What was said, by which events, each sender's in their order: the order of what was said at the same time is each server's own. A user
 * who joins again, since no answer came, says nothing by that.
 */
async function messages(user: User, roomId: string): Promise<{ eventId: string; body: string }[]> {
  const history = await user.history(roomId)
  return history
    .filter(({ type }) => type === 'm.room.message')
    .sort((a, b) => byText(a.sender, b.sender))
    .map(({ event_id, content }) => ({ eventId: event_id, body: content.body }))
}
