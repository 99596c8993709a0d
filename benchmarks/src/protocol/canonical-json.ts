/**
 * Reading and writing canonical JSON, beside JavaScript's own JSON, which does neither. Appendices, "Canonical JSON".
 */
import { canonicalJson, defaultRoomVersion, type JsonValue, parseJson, rulesOf } from '@neurite/protocol'
import { type Benchmark, timeFigure } from '../figure.ts'
import { collectGarbage, measure, ratioOf, type Subject, type Times } from '../measure.ts'
import { makeRoom } from './made-events.ts'

const eventCount = 500
const mustTakeMicroseconds = 10
const names = {
  both: 'parseJson from bytes and canonicalJson',
  read: 'parseJson from bytes',
  write: 'canonicalJson',
  after: `both, the first ${eventCount} events after a full garbage collection`,
  native: 'JSON.parse from bytes and JSON.stringify',
}

export const canonicalJsonBenchmark: Benchmark = {
  name: 'protocol/canonical-json',
  measures: `an event of 1 kB from bytes and to canonical JSON (${eventCount} events, half messages, half members)`,
  run() {
    const room = makeRoom(rulesOf(defaultRoomVersion))
    const bytes = Array.from({ length: eventCount }, (_, index) =>
      Buffer.from(JSON.stringify(room.signed(index % 2 === 0 ? 'message' : 'member', index))),
    )
    const read = (input: Uint8Array) => parseJson(input, { mode: 'strict' })
    const values = bytes.map(read)
    const [both, reading, writing, native] = measure([
      subject(names.both, bytes, input => canonicalJson(read(input))),
      subject(names.read, bytes, read),
      subject<JsonValue>(names.write, values, canonicalJson),
      subject(names.native, bytes, input => JSON.stringify(JSON.parse(input.toString()))),
    ]) as [Times, Times, Times, Times]
    const [afterCollection] = measure([
      { ...subject(names.after, bytes, input => canonicalJson(read(input)), 1), prepare: collectGarbage },
    ]) as [Times]
    return [
      timeFigure(names.both, 'µs', both, { must: mustTakeMicroseconds }),
      timeFigure(names.read, 'µs', reading),
      timeFigure(names.write, 'µs', writing),
      timeFigure(names.after, 'µs', afterCollection),
      timeFigure(names.native, 'µs', native),
      { name: 'canonical / native', unit: '×', value: ratioOf(both, native) },
    ]
  },
}

/** Times that a run goes over the events: one pass is too short to be measured well. */
const passes = 10

function subject<T>(name: string, inputs: readonly T[], work: (input: T) => unknown, times = passes): Subject {
  return {
    name,
    operations: times * inputs.length,
    run() {
      let last: unknown
      for (let pass = 0; pass < times; pass++) for (const input of inputs) last = work(input)
      return last
    },
  }
}
