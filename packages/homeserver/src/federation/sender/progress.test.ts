import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Progress } from './progress.ts'

test('a position counts once all before it is done with, whatever order that comes in', () => {
  const advances: string[] = []
  const progress: Progress = new Progress('', () => advances.push(progress.position))
  const first = progress.next('1', 2)
  const second = progress.next('2', 1)
  progress.next('3', 0)
  second.done()
  first.done()
  assert.deepEqual([progress.position, progress.pending], ['', 3])
  first.done()
  assert.deepEqual([progress.position, progress.pending], ['3', 0])
  progress.next('4', 0)
  assert.deepEqual(advances, ['3', '4'])
})
