/**
 * Rules on imports: design, "Packages": imports only point down.
 */
import { readFileSync } from 'node:fs'
import { importsOf, isTest, workspaceOf, zoneOf } from './imports.ts'
import { isScript, type Rule } from './rule.ts'
import { mayImport, mayUseNode } from './zones.ts'

const room = 'packages/roomserver/src'

/** Code that runs in production, or is published, or measures: everything in a workspace that is no test. */
const isOurs = (path: string) => isScript(path) && zoneOf(path) !== undefined && !isTest(path)

export const importRules: readonly Rule[] = [
  {
    name: 'imports only point down the map of the house',
    appliesTo: isOurs,
    *find(source) {
      const from = zoneOf(source.path)!
      for (const { target, offset } of importsOf(source)) {
        const to = target === undefined ? undefined : zoneOf(target)
        if (to === undefined || mayImport(from, to)) continue
        yield { offset, says: `${from.name} may not import ${to.name} (tests/tidy/zones.ts)` }
      }
    },
    bad: [
      ['packages/protocol/src/acl/index.ts', "import { x } from '@neurite/homeserver'"],
      ['packages/protocol/src/acl/index.ts', "export type { RoomNid } from '@neurite/roomserver/types'"],
      [`${room}/types/nid.ts`, "import { Reader } from '../storage/reader.ts'"],
      [`${room}/storage/sqlite/open.ts`, "import { x } from '../../state/snapshot.ts'"],
      [`${room}/state/snapshot.ts`, "import { x } from '../input/steps.ts'"],
      [`${room}/state/snapshot.ts`, "import { x } from '../output/log.ts'"],
      [`${room}/input/steps.ts`, "const x = await import('../perform/join.ts')"],
      [`${room}/perform/join.ts`, "import { x } from '../inthttp/server.ts'"],
      [`${room}/query/state.ts`, "import type { RoomCommit } from '../storage/room-commit.ts'"],
      [`${room}/input/steps.ts`, "import { x } from '../roomserver.ts'"],
      ['packages/inspector/src/page.ts', "import {\n  x,\n} from '@neurite/roomserver/storage'"],
    ],
    good: [
      [
        'packages/homeserver/src/cli.ts',
        "import { x } from '@neurite/protocol'\nimport { y } from '@neurite/roomserver'",
      ],
      [`${room}/input/steps.ts`, "import { x } from '../state/snapshot.ts'\nimport { y } from './verdict.ts'"],
      [`${room}/query/state.ts`, "import type { Reader } from '../storage/reader.ts'"],
      [`${room}/roomserver.ts`, "import { x } from './inthttp/server.ts'"],
      [
        `${room}/types/nid.ts`,
        "// import { x } from '../storage/reader.ts'\nconst s = `import '../storage/reader.ts'`",
      ],
    ],
  },
  {
    name: 'only the parts made for it reach out through modules of Node',
    appliesTo: isOurs,
    *find(source) {
      const zone = zoneOf(source.path)!
      for (const { specifier, offset } of importsOf(source)) {
        if (!specifier.startsWith('node:') || mayUseNode(zone, specifier)) continue
        yield { offset, says: `${zone.name} may not use ${specifier}: pass it in (tests/tidy/zones.ts)` }
      }
    },
    bad: [
      ['packages/protocol/src/event/hash.ts', "import { createHash } from 'node:crypto'"],
      ['packages/protocol/src/crypto/node.ts', "import { readFileSync } from 'node:fs'"],
      [`${room}/input/steps.ts`, "import { setTimeout } from 'node:timers/promises'"],
      [`${room}/query/state.ts`, "import { DatabaseSync } from 'node:sqlite'"],
    ],
    good: [
      ['packages/protocol/src/crypto/node.ts', "import { createHash } from 'node:crypto'"],
      [`${room}/storage/sqlite/open.ts`, "import { DatabaseSync } from 'node:sqlite'"],
      [`${room}/runtime/disk.ts`, "import { open } from 'node:fs/promises'"],
      [`${room}/input/steps.ts`, "import assert from 'node:assert/strict'"],
    ],
  },
  {
    name: 'another package is imported by its name, not by a path into its folder',
    appliesTo: isScript,
    *find(source) {
      for (const { specifier, target, offset } of importsOf(source)) {
        if (!specifier.startsWith('.') || target === undefined) continue
        if (workspaceOf(target) === workspaceOf(source.path) || (isTest(source.path) && isTest(target))) continue
        yield { offset, says: `${target} belongs to another package: import it by that package's name` }
      }
    },
    bad: [
      ['packages/homeserver/src/cli.ts', "import { x } from '../../protocol/src/index.ts'"],
      ['tests/replay.test.ts', "import { x } from '../packages/protocol/src/acl/index.ts'"],
    ],
    good: [
      ['packages/homeserver/src/cli.ts', "import { x } from './replay.ts'"],
      ['packages/homeserver/src/replay.test.ts', "import { story } from '../../protocol/tests/story.ts'"],
    ],
  },
  {
    name: 'nothing but a test imports a test or what only tests use',
    appliesTo: isOurs,
    *find(source) {
      for (const { target, offset } of importsOf(source))
        if (target !== undefined && isTest(target)) yield { offset, says: `${target} is there for tests only` }
    },
    bad: [['packages/protocol/src/index.ts', "export { story } from '../tests/story.ts'"]],
    good: [['packages/protocol/src/acl/acl.test.ts', "import { story } from '../../tests/story.ts'"]],
  },
  {
    name: 'every package lists what it imports in its package.json',
    appliesTo: isOurs,
    *find(source) {
      const listed = dependenciesOf(workspaceOf(source.path))
      for (const { specifier, offset } of importsOf(source)) {
        if (/^(\.|node:)/.test(specifier)) continue
        const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)![0]
        if (!listed.has(name))
          yield { offset, says: `${name} is not among the dependencies of ${workspaceOf(source.path)}` }
      }
    },
    bad: [
      ['packages/homeserver/src/cli.ts', "import fc from 'fast-check'"],
      ['packages/protocol/src/acl/index.ts', "import { x } from '@neurite/homeserver/cli'"],
    ],
    good: [
      [
        'packages/homeserver/src/cli.ts',
        "import { Command } from 'commander'\nimport { x } from '@neurite/protocol/acl'",
      ],
      ['packages/protocol/src/acl/acl.test.ts', "import fc from 'fast-check'"],
    ],
  },
]

const known = new Map<string, Set<string>>()

function dependenciesOf(workspace: string): Set<string> {
  let names = known.get(workspace)
  if (names === undefined) {
    const manifest = JSON.parse(readFileSync(new URL(`../../${workspace}/package.json`, import.meta.url), 'utf8'))
    names = new Set([manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })])
    known.set(workspace, names)
  }
  return names
}
