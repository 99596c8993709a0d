import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareSpaceChildren, isSpaceChild, type SpaceChild, serversOfChild } from './child-order.ts'

const child = (stateKey: string, originServerTs: number, content: SpaceChild['content']): SpaceChild => ({
  ...{ stateKey, originServerTs, content },
})
const via = ['a.example']

test('children stand by order, then by time, then by room ID; an order that is none is left out of account', () => {
  const children = [
    child('!z:a', 1, { via }),
    child('!y:a', 9, { via, order: 'b' }),
    child('!x:a', 9, { via, order: 'b' }),
    child('!w:a', 1, { via, order: 'b' }),
    child('!v:a', 5, { via, order: 'a' }),
    child('!u:a', 2, { via, order: 'x'.repeat(51) }),
    child('!t:a', 3, { via, order: 'é' }),
  ]
  assert.deepEqual(
    children.sort(compareSpaceChildren).map(({ stateKey }) => stateKey),
    ['!v:a', '!w:a', '!x:a', '!y:a', '!z:a', '!u:a', '!t:a'],
  )
})

test('without a room ID or a server to ask it is no child', () => {
  assert.equal(isSpaceChild(child('!a:b', 1, { via })), true)
  for (const content of [{}, { via: [] }, { via: 'a.example' }, { via: ['no server name'] }])
    assert.equal(isSpaceChild(child('!a:b', 1, content)), false)
  assert.equal(isSpaceChild(child('room', 1, { via })), false)
  assert.deepEqual(serversOfChild({ via: ['a.example', 1, '_'] }), ['a.example'])
})
