/**
 * Lives killed right before and right after the log is copied into the database.
 */
import assert from 'node:assert/strict'
import { openSqliteForReading } from '@neurite/roomserver/storage'
import { inFolder, liveInChild } from './children.ts'
import { assertSound, endOf } from './end.ts'
import { lifeNamed } from './lives.ts'
import { assertSawAll } from './subscriber.ts'

export async function killedAtCheckpoint(label: 'before checkpoint' | 'after checkpoint'): Promise<void> {
  const rooms = (await lifeNamed('large story')).rooms.length
  const end = await inFolder(async path => {
    await liveInChild({ life: 'large story', path: path('rooms.db') }, rooms)
    return endOf(path('rooms.db'))
  })
  await inFolder(async path => {
    const options = { life: 'large story', path: path('rooms.db'), outputs: path('outputs') } as const
    const first = await liveInChild({ ...options, faults: { labelled: { label, fault: 'kill' } } }, rooms)
    assert.ok(first.killed, 'it came to no checkpoint')
    await assertSound(options.path)
    await liveInChild({ ...options, from: first.progress }, rooms)
    await assertSound(options.path)
    assert.deepEqual(await endOf(options.path), end)
    const { reader, close } = openSqliteForReading(options.path)
    await assertSawAll(options.outputs, reader)
    close()
  })
}
