import { test } from 'node:test'
import { assertJudged } from '../../../tests/story/judge.ts'
import { type Draft, type Story, story } from '../../../tests/story/story.ts'
import { roomVersions } from '../../room-version/index.ts'

const all = [...roomVersions.keys()]
const since = (first: string) => all.slice(all.indexOf(first))
const until = (last: string) => all.slice(0, all.indexOf(last) + 1)

function join(user: string, more: Partial<Draft> = {}): Draft {
  return { type: 'm.room.member', sender: user, stateKey: user, content: { membership: 'join' }, ...more }
}

/** A room of @ann:a with a join rule, or without. */
function room(version: string, rule: string | undefined): Story {
  const told = story(version).create('@ann:a').joins('@ann:a').powerLevels('PL1', {})
  return rule === undefined ? told : told.joinRule('JR', rule)
}

test('the creator joins first, straight after the create event', () => {
  for (const version of all) {
    const opened = story(version).create('@ann:a')
    assertJudged(opened, join('@ann:a'), 'allow join/first')
    assertJudged(opened, join('@bob:b'), 'deny join/invite')
  }
})

test('until version 10 the first to join is whom the create event’s content names, since 11 its sender', () => {
  for (const version of all) {
    const opened = story(version).create('@ann:a', { creator: '@bob:b' })
    const byContent = until('10').includes(version)
    assertJudged(opened, join('@bob:b'), byContent ? 'allow join/first' : 'deny join/invite')
    assertJudged(opened, join('@ann:a'), byContent ? 'deny join/invite' : 'allow join/first')
  }
})

test('in version 12 additional creators need an invite or an open door like all others', () => {
  const opened = story('12').create('@ann:a', { additional_creators: ['@bob:b'] })
  assertJudged(opened, join('@bob:b'), 'deny join/invite')
  opened.joins('@ann:a').invites('@ann:a', '@bob:b')
  assertJudged(opened, join('@bob:b'), 'allow join/invite')
})

test('a first join has the create event as its only prev event', () => {
  for (const version of all) {
    const left = room(version, undefined).leaves('@ann:a')
    assertJudged(left, join('@ann:a'), 'deny join/invite')
    assertJudged(left, join('@ann:a', { prevEvents: ['CREATE'] }), 'allow join/first', 'a second branch')
    assertJudged(left, join('@ann:a', { prevEvents: ['CREATE', 'PL1'] }), 'deny join/invite', 'two prev events')
    assertJudged(left, join('@ann:a', { prevEvents: [] }), 'deny join/invite', 'none')
  }
})

test('who sends the creator’s first join is not asked', () => {
  const opened = story('11').create('@ann:a')
  assertJudged(opened, join('@ann:a', { sender: '@bob:b' }), 'allow join/first')
})

test('nobody joins for someone else', () => {
  for (const version of all) {
    const told = room(version, 'public')
    assertJudged(told, join('@bob:b', { sender: '@ann:a' }), 'deny join/sender')
    assertJudged(told, join('@bob:b', { stateKey: '' }), 'deny join/sender')
  }
})

test('the banned stay out, whatever the join rule', () => {
  for (const version of all)
    for (const rule of ['public', 'invite', 'knock', 'restricted', 'knock_restricted', undefined])
      assertJudged(room(version, rule).bans('@ann:a', '@bob:b'), join('@bob:b'), 'deny join/banned')
})

test('with rule invite the invited join and members join again; others do not', () => {
  for (const version of all) {
    for (const rule of ['invite', undefined]) {
      assertJudged(room(version, rule).invites('@ann:a', '@bob:b'), join('@bob:b'), 'allow join/invite')
      assertJudged(room(version, rule).joins('@bob:b'), join('@bob:b'), 'allow join/invite')
      assertJudged(room(version, rule).leaves('@bob:b'), join('@bob:b'), 'deny join/invite')
      assertJudged(room(version, rule).knocks('@bob:b'), join('@bob:b'), 'deny join/invite')
      assertJudged(room(version, rule), join('@bob:b'), 'deny join/invite')
    }
  }
})

test('with rule knock, since version 7, it is the same; before nobody gets in', () => {
  for (const version of all) {
    const known = since('7').includes(version)
    assertJudged(
      room(version, 'knock').invites('@ann:a', '@bob:b'),
      join('@bob:b'),
      known ? 'allow join/invite' : 'deny join/otherwise',
    )
    assertJudged(
      room(version, 'knock').joins('@bob:b'),
      join('@bob:b'),
      known ? 'allow join/invite' : 'deny join/otherwise',
    )
    assertJudged(
      room(version, 'knock').knocks('@bob:b'),
      join('@bob:b'),
      known ? 'deny join/invite' : 'deny join/otherwise',
    )
  }
})

test('with rule public all but the banned join', () => {
  for (const version of all) {
    assertJudged(room(version, 'public'), join('@bob:b'), 'allow join/public')
    assertJudged(room(version, 'public').leaves('@bob:b'), join('@bob:b'), 'allow join/public')
    assertJudged(room(version, 'public').joins('@bob:b'), join('@bob:b'), 'allow join/public')
    assertJudged(room(version, 'public').invites('@ann:a', '@bob:b'), join('@bob:b'), 'allow join/public')
  }
})

test('with any other rule not even the invited and members join', () => {
  for (const version of all)
    for (const rule of ['private', 'Public', '', 'org.example.custom']) {
      assertJudged(room(version, rule), join('@bob:b'), 'deny join/otherwise')
      assertJudged(room(version, rule).invites('@ann:a', '@bob:b'), join('@bob:b'), 'deny join/otherwise')
      assertJudged(room(version, rule).joins('@bob:b'), join('@bob:b'), 'deny join/otherwise')
    }
})

test('with a rule that is no string nobody joins', () => {
  for (const rule of [undefined, null, 7, ['public'], { public: true }]) {
    const told = room('11', undefined).joinRule('JR2', rule)
    assertJudged(told.invites('@ann:a', '@bob:b'), join('@bob:b'), 'deny join/otherwise')
  }
})

test('restricted rooms are there since version 8, with knocking since version 10', () => {
  for (const version of all) {
    const restricted = since('8').includes(version) ? 'allow join/restricted/member' : 'deny join/otherwise'
    const knockRestricted = since('10').includes(version) ? 'allow join/restricted/member' : 'deny join/otherwise'
    assertJudged(room(version, 'restricted').invites('@ann:a', '@bob:b'), join('@bob:b'), restricted)
    assertJudged(room(version, 'knock_restricted').invites('@ann:a', '@bob:b'), join('@bob:b'), knockRestricted)
  }
})

/** A restricted room in which @mod:m may invite, @member:b may not, and @gone:b, who may, has left. */
function restricted(version: string, rule = 'restricted'): Story {
  const told = room(version, rule).powerLevels('PL2', { '@mod:m': 30, '@gone:b': 30 }, { invite: 30 })
  return told.joins('@mod:m').joins('@member:b').joins('@gone:b').leaves('@gone:b')
}

const vouchedBy = (authoriser: string, user = '@carl:c') =>
  join(user, { content: { membership: 'join', join_authorised_via_users_server: authoriser } })

test('a restricted join needs a joined user with the invite level to vouch for it', () => {
  for (const version of since('8')) {
    assertJudged(restricted(version), vouchedBy('@mod:m'), 'allow join/restricted/allow')
    assertJudged(restricted(version), vouchedBy('@member:b'), 'deny join/restricted/authoriser', 'no invite level')
    assertJudged(restricted(version), vouchedBy('@gone:b'), 'deny join/restricted/authoriser', 'has left')
    assertJudged(restricted(version), vouchedBy('@never:b'), 'deny join/restricted/authoriser', 'was never there')
    assertJudged(restricted(version), join('@carl:c'), 'deny join/restricted/authoriser', 'nobody vouches')
    const byThemselves = vouchedBy('@carl:c')
    assertJudged(restricted(version), byThemselves, 'deny join/restricted/authoriser', 'vouching for oneself')
  }
})

test('with knock_restricted, since version 10, it is the same', () => {
  for (const version of since('10')) {
    const told = restricted(version, 'knock_restricted')
    assertJudged(told, vouchedBy('@mod:m'), 'allow join/restricted/allow')
    assertJudged(told.knocks('@carl:c'), join('@carl:c'), 'deny join/restricted/authoriser')
  }
})

test('who is invited or joined needs nobody, nor does a wrong authoriser harm', () => {
  for (const version of since('8')) {
    const told = restricted(version).invites('@mod:m', '@carl:c')
    assertJudged(told, join('@carl:c'), 'allow join/restricted/member')
    assertJudged(told, vouchedBy('@never:b'), 'allow join/restricted/member')
    assertJudged(told, join('@member:b'), 'allow join/restricted/member')
  }
})

test('an authoriser may be of any server, the creator of a version 12 room with no level at all', () => {
  assertJudged(restricted('12'), vouchedBy('@ann:a'), 'allow join/restricted/allow')
  assertJudged(restricted('11'), vouchedBy('@ann:a'), 'deny join/restricted/authoriser')
})

test('the banned are not let in by anybody’s word', () => {
  for (const version of since('8'))
    assertJudged(restricted(version).bans('@ann:a', '@carl:c'), vouchedBy('@mod:m'), 'deny join/banned')
})
