/**
 * Changes that are no commit, of every kind, from a seed: few names, so that they meet, some of which are no plain text.
 */
import type { SeededRandomness } from '../../runtime/index.ts'
import type { DirectoryChange, Reader, ReportRow } from '../index.ts'

/** Names that databases could take for each other, or order otherwise than the model. */
const odd = ['é', 'e\u0301', '\ud800', '\udc00', '\ud800x', '😀', '\uffff', '\u0000', 'Z', 'a']
const servers = ['a.example', 'b.example:8448', '[::1]', 'B.example']
const devices = ['DEVICE', '', 'Ü']

export class RandomChanges {
  readonly #random: SeededRandomness
  readonly #roomIds: readonly string[]

  /** @param roomIds of rooms that there may be */
  constructor(random: SeededRandomness, roomIds: readonly string[]) {
    this.#random = random
    this.#roomIds = roomIds
  }

  /** @param reports those that there are */
  list(reports: readonly ReportRow[]): DirectoryChange[] {
    return Array.from({ length: 1 + this.#random.nextInt(4) }, () => this.#change(reports))
  }

  roomId(): string {
    return this.#random.pick([...this.#roomIds, ...odd.map(name => `!${name}:unknown.example`)])
  }
  alias(): string {
    return `#${this.#random.pick(odd)}:example.org`
  }
  user(): string {
    return `@user${this.#random.nextInt(6)}:example.org`
  }
  server(): string {
    return this.#random.pick(servers)
  }
  network(): string {
    return this.#random.pick(['', 'irc', 'gitter'])
  }
  appservice(): string {
    return this.#random.pick(['', 'bridge'])
  }
  device(): string {
    return this.#random.pick(devices)
  }

  #change(reports: readonly ReportRow[]): DirectoryChange {
    const random = this.#random
    const at = 1_760_000_000_000 + random.nextInt(1_000)
    const [roomId, user, server, device] = [this.roomId(), this.user(), this.server(), this.device()]
    const list = { roomId, network: this.network(), appservice: this.appservice() }
    const peekId = `${random.nextInt(3)}`
    return random.weighted<() => DirectoryChange>([
      [3, () => ({ kind: 'put-alias', alias: this.alias(), roomId, creator: user, createdAt: at })],
      [2, () => ({ kind: 'remove-alias', alias: this.alias() })],
      [2, () => ({ kind: 'publish', ...list })],
      [1, () => ({ kind: 'unpublish', ...list })],
      [2, () => ({ kind: 'put-invite', invite: this.#invite(roomId, user, at) })],
      [1, () => ({ kind: 'end-invite', roomId, user })],
      [2, () => ({ kind: random.pick(['forget', 'remember']), roomId, user })],
      [1, () => ({ kind: 'block-room', roomId, by: user, reason: random.pick(odd), at })],
      [1, () => ({ kind: 'unblock-room', roomId })],
      [2, () => this.#report(roomId, user, at)],
      [1, () => ({ kind: 'remove-report', id: reports.length === 0 ? 1 : random.pick(reports).id })],
      [2, () => ({ kind: random.pick(['put-peek', 'put-peek', 'remove-peek']), roomId, user, device })],
      [2, () => ({ kind: 'put-inbound-peek', roomId, server, peekId, renewalInterval: at % 7, renewedAt: at })],
      [1, () => ({ kind: 'remove-inbound-peek', roomId, server, peekId })],
      [
        2,
        () => ({ kind: 'put-partial-join', roomId, eventId: `$${peekId}`, via: server, servers: '[]', joinedAt: at }),
      ],
      [1, () => ({ kind: 'end-partial-join', roomId, eventId: `$${peekId}` })],
      [3, () => ({ kind: 'output', roomId, payload: `{"roomId":${JSON.stringify(roomId)}}` })],
    ])()
  }

  #invite(roomId: string, user: string, receivedAt: number) {
    const kind = this.#random.pick(['invite', 'knock'] as const)
    const text = this.#random.pick(odd)
    return {
      ...{ roomId, user, kind, eventId: `$${text}`, sender: `@${text}:x`, roomVersion: '12' },
      ...{ pdu: `{"a":"${text}"}`, state: `["${text}"]`, receivedAt },
    }
  }

  #report(roomId: string, reporter: string, at: number): DirectoryChange {
    const reason = this.#random.pick([undefined, '', ...odd])
    const score = this.#random.pick([undefined, 0, -100])
    return { kind: 'add-report', roomId, eventId: `$${this.#random.pick(odd)}`, reporter, reason, score, at }
  }
}

/** Reads of every kind, by names that there may be. */
export function readsOfDirectory(
  changes: RandomChanges,
  random: SeededRandomness,
): ((reader: Reader) => Promise<unknown>)[] {
  const [roomId, user, limit] = [changes.roomId(), changes.user(), 1 + random.nextInt(8)]
  const [alias, server, device] = [changes.alias(), changes.server(), changes.device()]
  const after = random.pick(['', changes.roomId()])
  const network = random.pick([undefined, changes.network()])
  const appservice = random.pick([undefined, changes.appservice()])
  const report = random.nextInt(20)
  const afterPeek = random.pick([undefined, { user, device }])
  const afterInbound = random.pick([undefined, { server, peekId: '1' }])
  const afterJoin = random.pick([undefined, { roomId, eventId: '$1' }])
  const afterAlias = random.pick(['', alias])
  return [
    reader => reader.alias(alias),
    reader => reader.aliasesOfRoom(roomId, afterAlias, limit),
    reader => reader.published(network, appservice, after, limit),
    reader => reader.isPublished(roomId, network, appservice),
    reader => reader.invite(roomId, user),
    reader => reader.invitesOfUser(user, after, limit),
    reader => reader.isForgotten(roomId, user),
    reader => reader.forgottenBy(user, after, limit),
    reader => reader.blockedRoom(roomId),
    reader => reader.blockedRooms(after, limit),
    reader => reader.reports(report, limit),
    reader => reader.partialJoins(afterJoin, limit),
    reader => reader.peeksOfRoom(roomId, afterPeek, limit),
    reader => reader.inboundPeeks(roomId, afterInbound, limit),
  ]
}
