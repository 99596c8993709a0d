/** A small part of the crash campaign; all of it is `npm run crash`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fullAt, tornAt } from './disasters.ts'
import { each } from './each.ts'
import { failedAt, killedAt, undisturbedStory } from './fault-points.ts'
import { killAtRandom } from './kills.ts'

const kills = 5
const stride = 25

const story = await undisturbedStory()
const quiet = () => undefined
const every = (step: number, from: number) =>
  story.points.flatMap((_, at) => ((at + 1 - from) % step === 0 ? [at + 1] : []))

test('the story has one of each kind of event', () => {
  const [room] = story.end as [{ events: Record<string, { status: string; outlier: boolean }>; redactions: string[] }]
  const events = Object.values(room.events)
  const count = (status: string) => events.filter(event => event.status === status).length
  assert.deepEqual([count('accepted'), count('soft-failed'), count('rejected')], [20, 1, 1])
  assert.equal(events.filter(({ outlier }) => outlier).length, 1)
  assert.equal(room.redactions.filter(redaction => redaction.endsWith(' true')).length, 2)
})

test('rooms killed at random moments end as they would have without', async () => {
  assert.equal((await killAtRandom(kills, 1)).kills, kills)
})

test('a writer killed at any statement or sync loses nothing that was acknowledged', async () => {
  await each(every(stride, 1), quiet, point => killedAt(point, story.end))
})

test('a writer whose disk fails at any statement or sync is not trusted, and what was acknowledged is there', async () => {
  await each(every(stride, 7), quiet, point => failedAt(point, story.end))
})

test('a failed sync is never trusted, whatever is on disk', async () => {
  const syncs = story.points.flatMap((label, at) => (label.endsWith(' commit') ? [at + 1] : []))
  for (const point of syncs.slice(4, 8)) await failedAt(point, story.end)
})

test('a full disk stops input with a clear error while reads go on, and input works again when there is room', async () => {
  for (const point of [40, 150, 290]) assert.ok(await fullAt(point, story.end))
})

test('a torn end of the log takes the last commits at most', async () => {
  assert.ok(await tornAt(Math.floor(story.points.length * 0.7), story.end))
})
