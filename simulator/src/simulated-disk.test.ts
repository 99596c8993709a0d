import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedRuntime } from '@neurite/roomserver/runtime'
import { SimulatedDisk } from './simulated-disk.ts'

function setUp() {
  const runtime = new SimulatedRuntime(1)
  const disk = new SimulatedDisk(runtime.randomness.fork(), { sync: [10, 10], acknowledgement: 5, slowRead: 0 })
  const items = (name: string) => [{ roomId: '!r', item: name }]
  const queued = () => disk.queue.map(({ item }) => item)
  return { runtime, disk, items, queued }
}

test('what is written is acknowledged after its sync and there after a crash', async () => {
  const { runtime, disk, items, queued } = setUp()
  const process = runtime.process()
  const storage = await disk.mount(process)
  await runtime.run(storage.enqueue(items('a')))
  assert.equal(runtime.time, 15)
  disk.cutOff()
  assert.deepEqual(queued(), ['a'])
  const again = await disk.mount(runtime.process())
  assert.deepEqual(
    (await again.reader.queue('!r', 0, 10)).map(({ item }) => item),
    ['a'],
  )
})

test('what was not synced is lost in a crash, and the process never hears of it again', async () => {
  const { runtime, disk, items, queued } = setUp()
  const process = runtime.process()
  const storage = await disk.mount(process)
  let heard = false
  const note = () => {
    heard = true
  }
  storage.enqueue(items('lost')).then(note, note)
  await runtime.advance(5)
  disk.cutOff()
  process.stop()
  await runtime.advance(1000)
  assert.deepEqual([queued(), heard], [[], false])
})

test('what was synced and not yet acknowledged is on the disk without the process knowing', async () => {
  const { runtime, disk, items, queued } = setUp()
  const process = runtime.process()
  const storage = await disk.mount(process)
  let heard = false
  void storage.enqueue(items('there')).then(() => {
    heard = true
  })
  await runtime.advance(12)
  disk.cutOff()
  process.stop()
  await runtime.advance(1000)
  assert.deepEqual([queued(), heard], [['there'], false])
})

test('a disk has one user at a time', async () => {
  const { runtime, disk } = setUp()
  await disk.mount(runtime.process())
  await assert.rejects(disk.mount(runtime.process()), /in use/)
})
