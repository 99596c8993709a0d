/** What is said in rooms, taken back, and found later. Server-server API, "PDUs", "Backfilling and retrieving missing events". */
import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'

/** More than a page of history, and more than servers ask each other for at once. */
const longHistory = 300
/** In a long history every so many messages something of the state changes. */
const stateEvery = 40

export const messages: Scenario = {
  name: 'messages',
  tells: 'events of any content and size arrive as they were sent',
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const roomId = await stage.room(ann)
    await bob.join(roomId, stage.host)
    const contents = [
      { msgtype: 'm.text', body: 'ÄÖÜ – 日本語 – 👩‍👩‍👧 – \u0000\u001f\u007f\u2028 – "quoted\\"' },
      { msgtype: 'm.text', body: 'x'.repeat(60_000) },
      { body: '', empty: {}, list: [[], [[]], null, true, 1, -1, 9_007_199_254_740_991], 'dotted.key': { '': 0 } },
      { ﬀ: 1, '😀': 2, '\ue000': 3, a: 4, A: 5, _: 6 },
    ]
    for (const content of contents) {
      const [one, two] = [await ann.send(roomId, 'x.message', content), await bob.send(roomId, 'x.message', content)]
      assert.deepEqual((await bob.sees(roomId, one)).content, content)
      assert.deepEqual((await ann.sees(roomId, two)).content, content)
    }
    await ann.setState(roomId, 'x.state', { nested: { value: 1 } }, 'key / with ? # signs')
    await stage.agree(roomId, [ann, bob])
  },
}

export const redactions: Scenario = {
  name: 'redactions',
  tells: 'a redaction by who may takes the content away on both servers, and by who may not on none',
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const roomId = await stage.room(ann)
    await bob.join(roomId, stage.host)
    const [first, second, third] = [
      await bob.say(roomId, 'regretted'),
      await bob.say(roomId, 'improper'),
      await ann.say(roomId, 'kept'),
    ]
    await ann.sees(roomId, second)
    await bob.sees(roomId, third)
    for (const [target, redaction] of [
      [first, await bob.redact(roomId, first)],
      [second, await ann.redact(roomId, second)],
    ] as const)
      for (const user of [ann, bob]) {
        await user.sees(roomId, redaction)
        assert.deepEqual((await user.event(roomId, target)).content, {})
      }
    // State keeps what the redaction algorithm of the version lets it keep.
    const levels = await ann.changeLevels(roomId, () => ({ invite: 7, ban: 60 }))
    await bob.sees(roomId, levels)
    await bob.sees(roomId, await ann.redact(roomId, levels))
    const topic = await ann.setState(roomId, 'm.room.topic', { topic: 'gone soon' })
    await bob.sees(roomId, topic)
    await bob.sees(roomId, await ann.redact(roomId, topic))
    await bob.ask('PUT', `/rooms/${encodeURIComponent(roomId)}/redact/${encodeURIComponent(third)}/not-allowed`, {})
    await bob.sees(roomId, await ann.say(roomId, 'the end'))
    for (const user of [ann, bob]) assert.equal((await user.event(roomId, third)).content.body, 'kept')
    await stage.agree(roomId, [ann, bob])
  },
}

export const bans: Scenario = {
  name: 'bans',
  tells: 'who is banned cannot come back, speak or be invited until the ban is lifted; who is kicked can',
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const cat = await stage.user(stage.guest, 'cat')
    const roomId = await stage.room(ann)
    await bob.join(roomId, stage.host)
    await cat.join(roomId, stage.host)
    await ann.seesMembership(roomId, cat, 'join')
    await ann.moderate('ban', roomId, cat)
    await bob.seesMembership(roomId, cat, 'ban')
    await assert.rejects(cat.say(roomId, 'still here'), { status: 403 })
    await assert.rejects(cat.join(roomId, stage.host), { status: 403 })
    await assert.rejects(ann.moderate('invite', roomId, cat), { status: 403 })
    await ann.moderate('unban', roomId, cat)
    await bob.seesMembership(roomId, cat, 'leave')
    await cat.join(roomId, stage.host)
    await ann.seesMembership(roomId, cat, 'join')
    // The last user of the guest is put out, and so the guest itself.
    await ann.moderate('kick', roomId, bob)
    await cat.seesMembership(roomId, bob, 'leave')
    await ann.moderate('ban', roomId, cat)
    await cat.isPutOutOf(roomId)
    await assert.rejects(cat.say(roomId, 'still here'), { status: 403 })
    await assert.rejects(cat.join(roomId, stage.host), { status: 403 })
    await ann.say(roomId, 'alone')
    await bob.join(roomId, stage.host)
    await ann.seesMembership(roomId, bob, 'join')
    await stage.agree(roomId, [ann, bob])
  },
}

export const backfill: Scenario = {
  name: 'backfill',
  tells: `who joins late reads all of ${longHistory} events, in their order`,
  async play(stage) {
    const [ann, bob] = await stage.annAndBob()
    const roomId = await stage.room(ann)
    const said: string[] = []
    for (let message = 0; message < longHistory; message++) {
      if (message % stateEvery === 0) await ann.setState(roomId, 'm.room.topic', { topic: `chapter ${message}` })
      said.push(await ann.say(roomId, `message ${message}`))
    }
    await bob.join(roomId, stage.host)
    await stage.agree(roomId, [ann, bob])
    const read = (await bob.history(roomId, 50)).filter(({ type }) => type === 'm.room.message')
    assert.deepEqual(read.map(({ event_id }) => event_id).reverse(), said)
  },
}
