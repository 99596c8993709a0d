/**
 * State resolution as the pages of room versions 1, 2 and 12 define it, step by step.
 */
import type { Part, Place, Section, TestPlace } from './other-parts.ts'

const part = (sense: string, file: string, functions: string, tests: readonly string[], versions: string): Part => {
  const at = `state-resolution/${file}.ts`
  return {
    ...{ versions, sense },
    places: functions.split(' ').map(name => `${at}: ${name}` as Place),
    tests: tests.map(
      test => (test.includes('.test.ts: ') ? test : `${at.replace('.ts', '.test.ts')}: ${test}`) as TestPlace,
    ),
  }
}

const since2 = '2–12'

export const stateResolutionSections: readonly Section[] = [
  {
    title: 'State resolution 1',
    parts: [
      part(
        'conflict: different events for one key',
        'split-conflicted',
        'splitConflicted',
        [
          'since version 2 a key that one of the states lacks',
          'a key that one state lacks and two have differently',
          'state-resolution/resolve-v1.test.ts: a key that only some states have is no conflict',
        ],
        '1',
      ),
      part(
        'sorted by ascending depth, then descending SHA-1',
        'resolve-v1',
        'sortByDepth',
        ['at equal depth the higher hash comes first', 'depths compare as numbers', 'hashes are SHA-1'],
        '1',
      ),
      part(
        'the first is added, each next one if allowed, until one is not',
        'resolve-v1',
        'lastOfUnbrokenRow',
        [
          'the shallowest power levels count unchecked',
          'of power levels the deepest',
          'the first power levels that are not allowed end the row',
        ],
        '1',
      ),
      part(
        'power levels, then join rules, then members',
        'resolve-v1',
        'resolveV1',
        [
          'join rules are judged by the resolved power levels',
          'memberships are judged by the resolved',
          'conflicts of one type are judged by the state before them',
        ],
        '1',
      ),
      part(
        'all else: highest depth, lowest SHA-1 that passes',
        'resolve-v1',
        'highestAllowed',
        [
          'of any other state the deepest event',
          'of any other state at equal depth',
          'where no event is allowed',
          'other state is judged by the resolved',
        ],
        '1',
      ),
    ],
  },
  {
    title: 'State resolution 2 and 2.1: definitions',
    parts: [
      part('power events', 'power-events', 'isPowerEvent', ['…: …'], since2),
      part(
        'unconflicted state map and conflicted state set',
        'split-conflicted',
        'splitConflicted conflictedEvents',
        ['what is the same in all states is unconflicted', 'where most states agree'],
        since2,
      ),
      part(
        'auth chain, auth difference',
        'auth-difference',
        'authDifference',
        [
          'an event in the auth chain of one state',
          'an event in the chains of all states',
          'old power levels that every state reaches',
          'an unconflicted event in the chain of one state',
        ],
        since2,
      ),
      part(
        'conflicted state subgraph',
        'conflicted-subgraph',
        'conflictedSubgraph',
        [
          'an event on a path from one conflicted event to another',
          'an event that only leads down from conflicted events',
          'all paths count',
        ],
        '12',
      ),
      part('full conflicted set', 'resolve-v2', 'fullConflictedSet', ['the full conflicted set is'], since2),
      part(
        'reverse topological power ordering',
        'power-sort',
        'powerSort',
        ['an event comes after its auth events', 'each next event is the first of those that have become free'],
        since2,
      ),
      part(
        '– 1, the greater power, by the event’s own auth events',
        'power-events',
        'senderPower',
        [
          'a sender’s power is that of the event’s own auth events',
          'state-resolution/power-sort.test.ts: where several could come next',
          'state-resolution/power-sort.test.ts: in version 12 creators go before everyone',
        ],
        since2,
      ),
      part(
        '– 2 and 3, the earlier timestamp, the smaller event ID',
        'power-sort',
        'comesBefore',
        [
          'at equal power the earlier timestamp',
          'at equal power and time the smaller event ID',
          'event IDs compare by code point',
        ],
        since2,
      ),
      part(
        'mainline, mainline position',
        'mainline-sort',
        'MainlinePositions',
        [
          'an event with no mainline ancestor',
          'a power levels event is placed by the one that it rests on',
          'an event on power levels off the mainline',
        ],
        since2,
      ),
      part(
        'mainline ordering',
        'mainline-sort',
        'mainlineSort',
        [
          'an event that rests on older power levels comes first',
          'at equal positions the earlier timestamp',
          'without a mainline',
        ],
        since2,
      ),
      part(
        'iterative auth checks',
        'iterative-auth',
        'iterativeAuthChecks',
        ['events are applied in order', 'an event that the state does not allow is skipped'],
        since2,
      ),
      part(
        '– what is missing comes from the event’s auth events, unless rejected',
        'iterative-auth',
        'lookupFor ownAuthEvent',
        [
          'what the state lacks comes from',
          'what the state has goes before',
          'an own auth event that was rejected does not count',
          'in version 12 the create event is found',
        ],
        since2,
      ),
    ],
  },
  {
    title: 'State resolution 2 and 2.1: algorithm',
    parts: [
      part(
        '1, power events with those of their auth chains that are in conflict',
        'resolve-v2',
        'withAuthChains',
        ['version …: power events go first'],
        since2,
      ),
      part(
        '2, the partially resolved state: from the unconflicted state (2), from nothing (2.1)',
        'resolve-v2',
        'resolveV2',
        [
          'version 2 starts from what is unconflicted, version 12 from nothing',
          'version …: of two topics',
          'version …: what a ban in another branch forbids',
        ],
        since2,
      ),
      part(
        '3 and 4, the rest by the mainline of that state’s power levels',
        'resolve-v2',
        'resolveV2',
        ['the rest is ordered by the mainline', 'version …: a state that only one branch has is judged too'],
        since2,
      ),
      part(
        '5, what is unconflicted stays',
        'resolve-v2',
        'resolveV2',
        ['version …: what is unconflicted stays'],
        since2,
      ),
      part(
        'rejected events',
        'iterative-auth',
        'iterativeAuthChecks',
        [
          'an event that was rejected itself is judged anew',
          'state-resolution/resolve-v2.test.ts: version …: an event that was rejected by its state takes part',
        ],
        since2,
      ),
    ],
  },
]
