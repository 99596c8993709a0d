import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerName } from '@neurite/protocol'
import { type Account, disagreements } from './agreement.ts'
import type { EventView } from './server-under-test.ts'

function view(eventId: string, changes: Partial<EventView> = {}): [string, EventView] {
  const plain = {
    eventId,
    status: 'accepted',
    outlier: false,
    provisional: false,
    reason: undefined,
    stateBefore: ['$create'],
  } as const
  return [eventId, { ...plain, ...changes }]
}

function account(server: string, changes: Partial<Account> = {}): Account {
  const events = new Map([view('$create', { stateBefore: [] }), view('$a'), view('$b')])
  const plain = { events, extremities: ['$b'], state: ['$create'], faults: [] }
  return { server: server as ServerName, ...plain, ...changes }
}

const without = (eventId: string) => new Map([...account('x').events].filter(([id]) => id !== eventId))
const having = (...views: [string, EventView][]) => new Map([...account('x').events, ...views])

test('servers that say the same agree', () => {
  assert.deepEqual(disagreements([account('a'), account('b'), account('c')]), [])
})

test('an event that one has taken and another does not have is a disagreement, whoever they are', () => {
  const softFailed = account('a', { events: having(view('$b', { status: 'soft-failed' })) })
  const found = disagreements([softFailed, account('b', { events: without('$b') }), account('c')])
  assert.deepEqual(found, ['b does not have $b, which c has taken'])
})

test('what a server rejected or soft-failed itself need not have been sent to the others', () => {
  const own = [view('$own', { status: 'rejected' }), view('$late', { status: 'soft-failed' })] as const
  assert.deepEqual(disagreements([account('a', { events: having(...own) }), account('b')]), [])
})

test('rejected by one and not by the other is a disagreement; soft-failed by one is none', () => {
  const rejecting = account('b', { events: having(view('$a', { status: 'rejected', reason: 'auth: no' })) })
  assert.deepEqual(disagreements([account('a'), rejecting]), [
    '$a: a says accepted (no reason), b says rejected (auth: no)',
  ])
  const softFailing = account('b', { events: having(view('$a', { status: 'soft-failed' })) })
  assert.deepEqual(disagreements([account('a'), softFailing]), [])
})

test('other states and other extremities are disagreements, and so are faults of one server alone', () => {
  const other = account('b', {
    events: having(view('$b', { stateBefore: ['$create', '$a'] })),
    extremities: ['$a', '$b'],
    state: [],
    faults: ['output position 7 follows 5'],
  })
  const found = disagreements([account('a'), other])
  assert.equal(found.length, 4)
  assert.match(
    found.join('\n'),
    /b: output position 7 follows 5\nstate before \$b .*only b has \$a\nextremities: .*\nstate: /,
  )
})

test('of very many disagreements the first are named and the rest counted', () => {
  const events = new Map(Array.from({ length: 100 }, (_, i) => view(`$${i}`)))
  const found = disagreements([account('a', { events }), account('b', { events: new Map() })])
  assert.equal(found.length, 21)
  assert.equal(found.at(-1), 'and 80 more')
})
