/**
 * Rules on files as wholes: names, length, the comment that opens them, and what must not be written in any of them.
 */
import { isTest } from './imports.ts'
import { forbid, isIn, isScript, type Rule } from './rule.ts'

/** The most lines that a file may have; one that needs more is two files. */
export const MAX_LINES = 400

/** Files that may be longer, each with the reason. An entry goes when its file has become shorter. */
export const longFiles: Readonly<Record<string, string>> = {}

const lines = (count: number) => 'x\n'.repeat(count)

export const fileRules: readonly Rule[] = [
  {
    name: `no file is longer than ${MAX_LINES} lines, but for those with a stated reason`,
    appliesTo: isScript,
    *find({ path, raw }) {
      const count = raw.split('\n').length - (raw.endsWith('\n') ? 1 : 0)
      if (count > MAX_LINES && !(path in longFiles)) yield { offset: 0, says: `${count} lines: make two files of it` }
      if (count <= MAX_LINES && path in longFiles)
        yield { offset: 0, says: 'short enough now: take it off the list of long files' }
    },
    bad: [['packages/protocol/src/auth/rules.ts', lines(MAX_LINES + 1)]],
    good: [['packages/protocol/src/auth/rules.ts', lines(MAX_LINES)]],
  },
  {
    name: 'every file opens with a comment that says what it is for',
    appliesTo: path => isScript(path) && !/\.test\.ts$/.test(path),
    *find({ raw }) {
      const opening = /^(#!.*\n)?\s*(\/\*\*?[\s*]+[\w`{@]|\/\/\s*\w)/.test(raw)
      if (!opening) yield { offset: 0, says: 'open it with two or three lines: what for, and which section it follows' }
    },
    bad: [
      ['packages/protocol/src/acl/index.ts', "import { x } from './x.ts'\n/** Server ACLs. */"],
      ['packages/protocol/src/acl/index.ts', ''],
    ],
    good: [
      ['packages/protocol/src/acl/index.ts', '/**\n * Server ACLs.\n */\n'],
      ['scripts/x.mjs', '#!/usr/bin/env node\n// Runs x.\n'],
      ['packages/protocol/src/acl/acl.test.ts', "import test from 'node:test'"],
    ],
  },
  {
    name: 'file names say what is inside: no utils, helpers, managers, misc',
    appliesTo: isScript,
    *find({ path }) {
      const vague = /(?:^|[/.-])(utils?|helpers?|managers?|misc)(?=[/.-])/.exec(path)
      if (vague) yield { offset: 0, says: `"${vague[1]}" names nothing: name it after what it does` }
    },
    bad: [
      ['packages/protocol/src/utils.ts', '// x'],
      ['packages/roomserver/src/input/queue-manager.ts', '// x'],
      ['packages/roomserver/src/helpers/x.ts', '// x'],
    ],
    good: [['packages/protocol/src/state-resolution/mainline-sort.ts', '// x']],
  },
  {
    // This folder's own samples name such paths; rooms in examples/ are data.
    name: 'no file names a path of somebody’s machine',
    appliesTo: path => !isIn('tests/tidy/')(path) && !(path.startsWith('examples/') && path.endsWith('.json')),
    find: forbid(
      'raw',
      /(?<![\w.~$}*@-])\/(home|root|work|tmp|Users|private\/tmp|var\/folders)\/|\b[A-Z]:\\+Users\\/,
      'take the path from the caller, import.meta.url or os.tmpdir()',
    ),
    bad: [
      ['docs/guide.md', 'Look into /home/ann/x.'],
      ['packages/homeserver/src/cli.ts', "const dir = '/tmp/x'"],
      ['.ci/run', 'cd /work/main'],
      ['tests/x.test.ts', "import 'file:///root/x.ts'"],
    ],
    good: [
      ['docs/guide.md', 'See https://example.org/home/ann and ./tmp/x, /var/lib/neurite, ~/work/x.'],
      ['packages/homeserver/src/cli.ts', 'const dir = `${base}/tmp/x`'],
    ],
  },
  {
    name: 'the lock file serves every machine: no registry addresses, every platform of an optional package',
    appliesTo: path => path === 'package-lock.json',
    *find({ raw }) {
      for (const match of raw.matchAll(/"resolved": "(?!https:\/\/registry\.npmjs\.org\/)\w+:/g))
        yield { offset: match.index, says: 'names a registry: see .npmrc, and run npm install again' }
      const packages: Record<string, { optionalDependencies?: Record<string, string> }> = JSON.parse(raw).packages
      for (const { optionalDependencies = {} } of Object.values(packages))
        for (const name of Object.keys(optionalDependencies))
          if (!(`node_modules/${name}` in packages))
            yield { offset: raw.indexOf(`"${name}"`), says: `npm ci would fail without an entry for ${name}` }
    },
    bad: [
      ['package-lock.json', '{ "packages": { "node_modules/x": {\n"resolved": "http://localhost/x.tgz" } } }'],
      ['package-lock.json', '{ "packages": { "node_modules/x": { "optionalDependencies": { "x-darwin": "1" } } } }'],
    ],
    good: [
      [
        'package-lock.json',
        '{ "packages": { "node_modules/@neurite/x": {\n"resolved": "packages/x", "link": true } } }',
      ],
    ],
  },
  {
    name: 'tests are where they are looked for, and run under a name that says how',
    appliesTo: path => isScript(path),
    *find({ path, code }) {
      if (/\.(spec|tests)\.ts$/.test(path) || /\/__tests__\//.test(path))
        yield { offset: 0, says: 'name it x.test.ts, x.long.test.ts or x.services.test.ts' }
      if (isTest(path) && !path.endsWith('.test.ts')) {
        const offset = code.search(/^(test|describe|it|suite)\s*\(/m)
        if (offset >= 0) yield { offset, says: 'a file with tests must be named x.test.ts, or nothing runs it' }
      }
    },
    bad: [
      ['packages/protocol/src/acl/acl.spec.ts', '// x'],
      ['packages/protocol/tests/acl.ts', "test('x', f)"],
    ],
    good: [
      ['packages/protocol/tests/story.ts', 'export function story() { }'],
      ['packages/protocol/tests/vectors.test.ts', "test('x', f)"],
    ],
  },
]
