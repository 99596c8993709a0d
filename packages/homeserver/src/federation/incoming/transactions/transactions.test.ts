/** The line of transactions of each server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerName } from '@neurite/protocol'
import { TooManyTransactions, Transactions } from './transactions.ts'

const [one, two] = ['one.example', 'two.example'] as [ServerName, ServerName]

test('transactions of a server go one after the other, each once, and those of another beside them', async () => {
  const transactions = new Transactions()
  const gate = Promise.withResolvers<string>()
  const begun: string[] = []
  const work = (name: string, end: Promise<string>) => () => {
    begun.push(name)
    return end
  }
  const first = transactions.once(one, '1', work('first', gate.promise))
  const second = transactions.once(one, '2', work('second', Promise.resolve('b')))
  const again = transactions.once(one, '1', work('the first again', Promise.resolve('never')))
  assert.equal(await transactions.once(two, '1', work('of another', Promise.resolve('c'))), 'c')
  assert.deepEqual(begun, ['first', 'of another'])
  gate.resolve('a')
  assert.deepEqual(await Promise.all([first, second, again]), ['a', 'b', 'a'])
  assert.deepEqual(begun, ['first', 'of another', 'second'])
})

test('where ten transactions of a server wait the next is refused whole, and taken once there is room', async () => {
  const transactions = new Transactions()
  const gate = Promise.withResolvers<string>()
  const waiting = Array.from({ length: 10 }, (_, at) => transactions.once(one, `${at}`, () => gate.promise))
  let looked = 0
  const eleventh = () =>
    transactions.once(one, '10', () => {
      looked++
      return Promise.resolve('taken')
    })
  await assert.rejects(eleventh(), TooManyTransactions)
  assert.equal(looked, 0, 'nobody looked into it')
  assert.equal(await transactions.once(two, '10', () => Promise.resolve('another')), 'another')
  gate.resolve('done')
  await Promise.all(waiting)
  assert.equal(await eleventh(), 'taken')
})

test('a transaction whose work failed is worked again, and holds up nobody', async () => {
  const transactions = new Transactions()
  const failed = transactions.once(one, '1', () => Promise.reject(new Error('the disk is full')))
  const next = transactions.once(one, '2', () => Promise.resolve('next'))
  await assert.rejects(failed, /the disk is full/)
  assert.equal(await next, 'next')
  assert.equal(await transactions.once(one, '1', () => Promise.resolve('now')), 'now')
})
