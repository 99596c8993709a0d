import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permutations, statesIn } from '../../tests/story/resolution.ts'
import { type Story, story } from '../../tests/story/story.ts'
import { conflictedEvents, splitConflicted } from './split-conflicted.ts'

const room = story('11').create('@ann:a').joins('@ann:a').topic('T1').topic('T2').topic('T3').joins('@bob:b')

function split(states: readonly (readonly string[])[], absenceConflicts: boolean, told: Story = room) {
  const conflict = splitConflicted(
    states.map(names => told.stateOf(...names)),
    absenceConflicts,
  )
  return {
    unconflicted: told.names(conflict.unconflicted.events()).sort(),
    conflicting: statesIn(conflict).map(state => told.namesIn(state)),
    conflicted: told.names(conflictedEvents(conflict)).sort(),
  }
}

test('what is the same in all states is unconflicted, the rest of each state conflicted', () => {
  for (const absenceConflicts of [true, false])
    assert.deepEqual(
      split(
        [
          ['CREATE', 'ann-join', 'T1'],
          ['CREATE', 'ann-join', 'T2'],
        ],
        absenceConflicts,
      ),
      { unconflicted: ['CREATE', 'ann-join'], conflicting: [['T1'], ['T2']], conflicted: ['T1', 'T2'] },
    )
})

test('since version 2 a key that one of the states lacks is conflicted, in version 1 it is not', () => {
  const states = [
    ['CREATE', 'T1'],
    ['CREATE', 'T1', 'bob-join'],
  ]
  assert.deepEqual(split(states, true).conflicting, [[], ['bob-join']])
  assert.deepEqual(split(states, true).unconflicted, ['CREATE', 'T1'])
  assert.deepEqual(split(states, false).conflicting, [[], []])
  assert.deepEqual(split(states, false).unconflicted, ['CREATE', 'T1', 'bob-join'])
})

test('where most states agree and one differs, the event of all of them is conflicted', () => {
  for (const states of permutations([['T1'], ['T1'], ['T2']]))
    for (const absenceConflicts of [true, false]) {
      const found = split(states, absenceConflicts)
      assert.deepEqual(found.unconflicted, [])
      assert.deepEqual(found.conflicting, states)
      assert.deepEqual(found.conflicted, ['T1', 'T2'])
    }
})

test('a key that one state lacks and two have differently is conflicted in version 1 too', () => {
  for (const states of permutations([[], ['T1'], ['T2']])) assert.deepEqual(split(states, false).conflicting, states)
})

test('equal states have nothing conflicted, and none at all nothing either', () => {
  const same = [
    ['CREATE', 'T1'],
    ['CREATE', 'T1'],
  ]
  assert.deepEqual(split(same, true), { unconflicted: ['CREATE', 'T1'], conflicting: [[], []], conflicted: [] })
  assert.deepEqual(split([], true), { unconflicted: [], conflicting: [], conflicted: [] })
})

test('what is unconflicted is found by its key, what is conflicted is not', () => {
  const { unconflicted } = splitConflicted([room.stateOf('CREATE', 'T1'), room.stateOf('CREATE', 'T2')], true)
  const keyOf = (name: string) => room.graph.keyOf(room.number(name))
  assert.equal(unconflicted.get(keyOf('CREATE')), room.number('CREATE'))
  assert.equal(unconflicted.get(keyOf('T1')), undefined)
})
