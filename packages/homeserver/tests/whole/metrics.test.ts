/**
 * What /metrics says after clients and servers have talked to each other.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { stages } from '@neurite/roomserver'
import { WholeServer } from './whole-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurite-metrics-'))
const [one, two] = [await WholeServer.open(folder), await WholeServer.open(folder)]
after(async () => {
  await one.close()
  await two.close()
  rmSync(folder, { recursive: true })
  assert.deepEqual([...one.complaints, ...two.complaints], [])
})

const [ann, bob] = [await one.user('ann'), await two.user('bob')]
const roomId = await ann.createRoom({ preset: 'public_chat' })
await ann.say(roomId, 'before he came')
await bob.join(roomId, one)
// What came before the join is fetched.
await bob.get(`/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=50`)
await ann.say(roomId, 'hello')
await bob.sync()
const figures = { one: await one.metrics(), two: await two.metrics() }

const stageCount = (metrics: ReadonlyMap<string, number>, stage: string) =>
  metrics.get(`neurite_pipeline_stage_seconds_count{stage="${stage}"}`) ?? 0

test('every stage of the pipeline is timed where an event goes through it', () => {
  // Nothing was missing that another server had to be asked for, so that nothing was fetched.
  for (const stage of stages.filter(name => name !== 'fetch')) assert.ok(stageCount(figures.one, stage) > 0, stage)
  const events = figures.one.get('neurite_pipeline_events_total{result="accepted"}') ?? 0
  assert.ok(events >= 8, `${events} events of a new room, a message and a join`)
  assert.equal(stageCount(figures.one, 'commit'), events)
  const seconds = figures.one.get('neurite_pipeline_stage_seconds_sum{stage="commit"}') ?? 0
  assert.ok(seconds > 0 && seconds < 60, `${seconds}`)
})

test('requests are counted with whom they came from, and those to other servers too', () => {
  const request = (part: string, route: string, method: string) =>
    `neurite_http_request_seconds_count{part="${part}",route="${route}",method="${method}",status="200"}`
  const asked = (endpoint: string) => `neurite_federation_request_seconds_count{endpoint="${endpoint}",status="200"}`
  assert.equal(figures.one.get(request('client', '/createRoom', 'POST')), 1)
  const join = '/_matrix/federation/v2/send_join/{roomId}/{eventId}'
  assert.equal(figures.one.get(request('federation', join, 'PUT')), 1)
  assert.equal(figures.two.get(asked('PUT /send_join')), 1)
  assert.equal(figures.two.get(asked('GET /make_join')), 1)
})

test('what waits is told of as well', () => {
  for (const name of ['neurite_pipeline_rooms', 'neurite_pipeline_waiting', 'neurite_federation_waiting'])
    assert.ok((figures.one.get(name) ?? -1) >= 0, name)
  assert.equal(figures.one.get('neurite_rooms'), 1)
})

test('the operator’s guide explains every figure that is the server’s own', () => {
  const path = fileURLToPath(new URL('../../../../docs/operators-guide.md', import.meta.url))
  const guide = readFileSync(path, 'utf8')
  const names = [...figures.one.keys()].map(line => line.replace(/\{.*/, '').replace(/_(bucket|sum|count)$/, ''))
  const own = [...new Set(names.filter(name => name.startsWith('neurite_')))]
  assert.ok(own.length >= 11, own.join())
  assert.deepEqual(
    own.filter(name => !guide.includes(`\`${name}\``)),
    [],
  )
  for (const stage of stages) assert.ok(guide.includes(`\`${stage}\``), stage)
})
