/**
 * Rules on code: what has hurt other servers of this kind, as far as a pattern can find it. Floating promises are
 * found by Biome (noFloatingPromises), but for those that Node's own modules return; those are looked for here.
 */
import { importsOf, isTest } from './imports.ts'
import { forbid, isIn, isScript, type Rule } from './rule.ts'

/** The parts that may touch clock, timers and randomness: the simulator supplies its own. */
const isRuntime = (path: string) => /(^|\/)src\/runtime\//.test(path)
const isTool = isIn('scripts/', 'benchmarks/', 'examples/')

export const codeRules: readonly Rule[] = [
  {
    // Tests, scripts and benchmarks may measure how long something takes.
    name: 'only runtime/ reads the clock',
    appliesTo: path => isScript(path) && !isRuntime(path) && !isTool(path) && !isTest(path),
    find: forbid(
      'code',
      /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(\(\s*\)|(?![\s\w(.<]))|(?<!new\s+)\bDate\s*\(\s*\)|\bperformance\s*\.\s*(now|timeOrigin|mark)\b|\bhrtime\b/,
      'the clock is passed in, from runtime/',
    ),
    bad: [
      ['packages/protocol/src/event/form.ts', 'const now = Date.now()'],
      ['packages/homeserver/src/cli.ts', 'const now = new Date()'],
      ['simulator/src/world.ts', 'const t = performance.now()'],
      ['packages/roomserver/src/input/queue.ts', 'const t = process.hrtime.bigint()'],
    ],
    good: [
      ['packages/roomserver/src/runtime/clock.ts', 'const now = Date.now()'],
      [
        'packages/protocol/src/event/form.ts',
        "// not Date.now()\nconst day = new Date(event.timestamp), s = 'Date.now()'",
      ],
      ['packages/protocol/src/event/form.ts', 'const x = clock.now(), y = `${x} Date.now()`'],
      ['benchmarks/src/index.ts', 'const t = performance.now()'],
    ],
  },
  {
    // Tests and benchmarks too: whatever fails must fail again. They draw from a seed.
    name: 'only runtime/ and scripts draw random numbers',
    appliesTo: path => isScript(path) && !isRuntime(path) && !path.startsWith('scripts/'),
    find: forbid(
      'code',
      /\bMath\s*\.\s*random\b|\b(randomUUID|randomBytes|randomInt|randomFillSync|randomFill|getRandomValues)\b/,
      'randomness is passed in, from runtime/ or from a seed',
    ),
    bad: [
      ['packages/protocol/src/identifiers/event-id.ts', 'const x = Math.random()'],
      ['packages/protocol/src/acl/acl.test.ts', 'const x = Math.random()'],
      ['packages/roomserver/src/perform/create.ts', 'const id = crypto.randomUUID()'],
    ],
    good: [
      ['packages/homeserver/src/runtime/random.ts', 'const x = Math.random()'],
      ['packages/protocol/src/acl/acl.ts', 'const x = Math.floor(random())'],
    ],
  },
  {
    // Tests too: they wait for a condition or drive the clock. Only tests against a running service must poll.
    name: 'only runtime/ and tools set timers, so no test sleeps',
    appliesTo: path => isScript(path) && !isRuntime(path) && !isTool(path) && !path.endsWith('.services.test.ts'),
    find: forbid(
      'code',
      /(?<![.\w]\s*)\b(globalThis\s*\.\s*)?(setTimeout|setInterval|setImmediate)\b/,
      'timers come from runtime/; a test waits for a condition or drives the clock',
    ),
    bad: [
      ['packages/roomserver/src/input/queue.ts', 'setTimeout(run, 10)'],
      ['packages/roomserver/src/input/queue.test.ts', "import { setTimeout as sleep } from 'node:timers/promises'"],
      ['packages/homeserver/src/server.ts', 'globalThis.setInterval(run, 10)'],
    ],
    good: [
      ['packages/roomserver/src/runtime/timers.ts', 'setTimeout(run, 10)'],
      ['packages/roomserver/src/input/queue.ts', 'timers.setTimeout(run, 10)'],
      ['tests/nats.services.test.ts', 'setTimeout(run, 10)'],
    ],
  },
  {
    name: 'strings are never ordered or compared by locale',
    appliesTo: isScript,
    find: forbid(
      'code',
      /\b(localeCompare|toLocale(Lower|Upper)Case)\b|\bIntl\s*\.\s*Collator\b/,
      'the order would depend on the machine: compare by code point',
    ),
    bad: [
      ['packages/protocol/src/state-resolution/power-sort.ts', 'ids.sort((a, b) => a.localeCompare(b))'],
      ['scripts/list.mjs', 'const c = new Intl.Collator()'],
    ],
    good: [['packages/protocol/src/state-resolution/power-sort.ts', '// never localeCompare\nids.sort(byCodePoint)']],
  },
  {
    name: 'no error is caught and dropped',
    appliesTo: isScript,
    find: forbid(
      'code',
      /\bcatch\s*(\([^)]*\)\s*)?\{\s*\}|\.catch\s*\(\s*(\(\s*\w*\s*\)|\w+)\s*=>\s*(\{\s*\}|undefined|null|void 0)\s*,?\s*\)/,
      'handle it, say it, or let it pass; a comment alone is no handling',
    ),
    bad: [
      ['packages/protocol/src/event/form.ts', 'try { f() } catch {}'],
      ['packages/protocol/src/event/form.ts', 'try { f() } catch (error) {\n  // cannot happen\n}'],
      ['tests/x.test.ts', 'await f().catch(() => {})'],
      ['tests/x.test.ts', 'await f().catch(_ => undefined)'],
    ],
    good: [
      ['packages/protocol/src/event/form.ts', 'try { f() } catch (error) { return refuse(error) }'],
      ['packages/protocol/src/event/form.ts', "const s = 'catch {}'\nawait f().catch(error => log(error))"],
    ],
  },
  {
    name: 'no test runs alone',
    appliesTo: isScript,
    find: forbid('code', /\b(test|it|describe|suite)\s*\.\s*only\s*\(|\.only\s*\(|\bonly\s*:\s*true\b/, 'remove it'),
    bad: [
      ['tests/x.test.ts', "test.only('x', () => f())"],
      ['tests/x.test.ts', "test('x', { only: true }, () => f())"],
    ],
    good: [['tests/x.test.ts', "test('x.only(y)', () => f())"]],
  },
  {
    // Tests may: they say what must come out in which version.
    name: 'only the room version table knows one room version from another',
    appliesTo: path => isScript(path) && !isTest(path) && !path.startsWith('packages/protocol/src/room-version/'),
    find: forbid(
      'uncommented',
      new RegExp(
        [
          // roomVersion === …, room.version >= …; whether there is one at all may be asked
          String.raw`\b(roomVersion|room_version|room\s*\.\s*version)\b\s*([!=]==?|[<>]=?)\s*(?!undefined\b|null\b)[\w'"\x60]`,
          // '11' === roomVersion
          String.raw`['"\x60]\s*([!=]==?|[<>]=?)\s*[\w.]*\b(roomVersion|version)\b`,
          // version === '11'
          String.raw`\bversion\s*([!=]==?|[<>]=?)\s*['"\x60]\d+['"\x60]`,
          // switch (version)
          String.raw`\bswitch\s*\(\s*([\w.]*\.)?(version|roomVersion|room_version)\s*\)`,
          // ['1', '2'].includes(version)
          String.raw`\]\s*\.\s*(includes|indexOf)\s*\(\s*([\w.]*\.)?(version|roomVersion|room_version)\b`,
          // Number(roomVersion), parseInt(roomVersion)
          String.raw`\b(Number|parseInt|parseFloat)\s*\(\s*([\w.]*\.)?(roomVersion|room_version|room\s*\.\s*version)\b`,
        ].join('|'),
      ),
      'ask the table: rules.restrictedJoins',
    ),
    bad: [
      ['packages/protocol/src/auth/member.ts', "if (roomVersion === '11') return"],
      ['packages/protocol/src/auth/member.ts', 'if (room.version >= 3) return'],
      ['packages/protocol/src/auth/member.ts', 'switch (version) { }'],
      ['packages/protocol/src/auth/member.ts', "if ('1' === event.version) return"],
      ['packages/protocol/src/auth/member.ts', "if (version !== '12') return"],
      ['packages/homeserver/src/cli.ts', "if (['1', '2'].includes(roomVersion)) return"],
      ['packages/homeserver/src/cli.ts', 'if (Number(options.roomVersion) > 3) return'],
    ],
    good: [
      ['packages/protocol/src/room-version/table.ts', "if (roomVersion === '11') return"],
      ['packages/protocol/src/auth/member.ts', 'if (roomVersion === undefined || rules.restrictedJoins) return'],
      ['packages/protocol/src/auth/member.ts', 'const rules = rulesOf(roomVersion) // roomVersion === 3'],
      ['packages/roomserver/src/state/block.ts', 'if (version !== BLOCK_VERSION) throw new BlockUnreadable()'],
      ['packages/protocol/src/auth/member.test.ts', "const sorts = roomVersion === '1'"],
    ],
  },
  {
    name: 'there are no enums and no namespaces',
    appliesTo: isScript,
    find: forbid(
      'code',
      /\benum\s+\w+\s*\{|^\s*(export\s+)?(declare\s+)?namespace\s+\w+/m,
      'only types that can be erased: unions and plain objects',
    ),
    bad: [
      ['packages/protocol/src/auth/verdict.ts', 'export enum Verdict { allow }'],
      ['packages/protocol/src/auth/verdict.ts', 'export namespace Verdicts { }'],
    ],
    good: [['packages/protocol/src/auth/verdict.ts', "const s = 'enum X {', namespace = 1 // enum Y {"]],
  },
  {
    name: 'comments promise no later work',
    appliesTo: isScript,
    find: forbid('comments', /\b(TODO|FIXME|XXX|HACK)\b/, 'do it, or say in docs/ that it is not done'),
    bad: [
      ['packages/protocol/src/acl/index.ts', '// TODO: more'],
      ['packages/protocol/src/acl/index.ts', '/** FIXME */'],
    ],
    good: [['packages/protocol/src/acl/index.ts', "const s = 'TODO' // to do"]],
  },
  {
    // Pieces of SQL in a test's own storage checks are fine.
    name: 'SQL lives in storage/',
    appliesTo: path => isScript(path) && !isTest(path) && !/\/storage\//.test(path) && !isTool(path),
    find: forbid(
      'uncommented',
      /['"`]\s*(SELECT\s[\s\S]{1,200}?\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|(UNIQUE\s+)?INDEX)\s)/,
      'storage speaks SQL, nobody else',
    ),
    bad: [['packages/roomserver/src/state/read.ts', 'db.prepare(`\n  SELECT nid FROM events WHERE 1`)']],
    good: [
      ['packages/roomserver/src/storage/sqlite/events.ts', "db.prepare('SELECT nid FROM events')"],
      ['packages/roomserver/src/state/read.ts', "// SELECT nid FROM events\nconst s = 'select one from many'"],
    ],
  },
  {
    name: "a promise from one of Node's modules is waited for",
    appliesTo: isScript,
    *find(source) {
      for (const { specifier, offset } of importsOf(source)) {
        if (!/^node:[\w/]+\/promises$/.test(specifier)) continue
        const statement = source.code.slice(0, offset)
        const names = statement.slice(statement.lastIndexOf('import')).match(/\w+(?=\s*[,}])/g) ?? []
        const whole = /\*\s+as\s+(\w+)|import\s+(\w+)\s/.exec(statement.slice(statement.lastIndexOf('import')))
        const calls = [...names.map(name => `${name}\\s*\\(`), ...(whole ? [`${whole[1] ?? whole[2]}\\.\\w+\\(`] : [])]
        if (calls.length === 0) continue
        for (const call of source.code.matchAll(new RegExp(`(?<=^|[;{]|=>)[ \\t]*(${calls.join('|')})`, 'gm')))
          if (!continuesExpression(source.code, call.index))
            yield { offset: call.index, says: 'await it, return it or say void' }
      }
    },
    bad: [
      [
        'tests/x.test.ts',
        "import { rm, writeFile } from 'node:fs/promises'\nasync function f() {\n  writeFile('a', 'b')\n}",
      ],
      ['tests/x.test.ts', "import * as fs from 'node:fs/promises'\nfs.rm('a')"],
    ],
    good: [
      [
        'tests/x.test.ts',
        "import { rm } from 'node:fs/promises'\nawait rm('a')\nconst p = () => rm('a')\nvoid rm('b')",
      ],
      ['tests/x.test.ts', "import { rm } from 'node:fs/promises'\nawait Promise.all([\n  rm('a'),\n  rm('b'),\n])"],
    ],
  },
]

/** Whether what stands at an offset goes on with an expression begun before: an argument, an element, an arrow's value. */
function continuesExpression(code: string, offset: number): boolean {
  return /[=([,?:&|>]\s*$/.test(code.slice(Math.max(0, offset - 200), offset))
}
