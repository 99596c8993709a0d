/**
 * The entry of every `npm run` task: `node scripts/run.mjs TASK [arguments]`.
 * Installs what is missing, then runs the task under the Node that package.json pins. Plain JavaScript, so that any
 * Node from 20 on can start it. All chatter goes to stderr: stdout belongs to the task.
 */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exitAs, run } from './child.mjs'
import { readyNode } from './install-missing.mjs'
import { narrow, testFiles } from './test-files.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const CLI = 'packages/homeserver/src/cli.ts'
const BENCHMARKS = 'benchmarks/src/index.ts'
const SIMULATOR = 'simulator/src/run.ts'
const INTEROP = 'packages/homeserver/tests/interop/run.ts'
const CRASH = 'packages/homeserver/tests/crash/run.ts'
const SECOND_OPINION = 'tests/replay-second-opinion.ts'

/** A test that takes longer hangs; long tests have no such limit. */
const TEST_TIMEOUT_MS = 300_000

/** Every task: what it does, and a function from its arguments to how it ended. */
const tasks = {
  start: { does: 'starts a server that keeps everything in ./data', run: args => replay([CLI, 'start'], args) },
  replay: {
    does: 'replays a room from a file: npm run -s replay -- --help',
    run: args => replay([CLI, 'replay'], args),
  },
  neurite: { does: 'the command line: npm run -s neurite -- --help', run: args => replay([CLI], args) },
  'replay:second-opinion': {
    does: 'the same by the second opinion of the rules: npm run -s replay:second-opinion -- --order all FILE...',
    run: args => replay([SECOND_OPINION], args),
  },
  test: { does: 'runs the tests; arguments narrow the files', run: args => test('test', args, TEST_TIMEOUT_MS) },
  'test:long': { does: 'runs the long tests (*.long.test.ts)', run: args => test('long.test', args) },
  'test:services': {
    does: 'runs the tests that need services (*.services.test.ts)',
    run: args => test('services.test', args),
  },
  check: { does: 'checks types, lint, format and the rules of the house', run: check },
  crash: {
    does: 'kills and fails servers in the middle of their work: npm run crash -- [SEED]',
    run: args => script(CRASH, args),
  },
  interop: {
    does: 'rooms shared with a real Synapse: npm run interop -- [--short] [SCENARIO…]',
    run: args => script(INTEROP, args),
  },
  bench: { does: 'measures every figure that the README quotes', run: args => script(BENCHMARKS, args) },
  simulate: {
    does: 'many servers in virtual time from one seed: npm run -s simulate -- --seed N',
    run: args => script(SIMULATOR, args),
  },
}

/**
 * For what runs as a server does. What an event needs while it passes lives for some milliseconds: with the 16 MiB for young objects that
 * V8 takes by itself it is copied twice before it is garbage. And V8 lets the other objects grow to 512 MiB before it looks which of
 * them are garbage, then to four times what is left. Looking at 64 MiB, and then at 1.4 times what is left, costs no CPU time that can be
 * measured, and takes a third off the memory that the join of a large room needs.
 */
const HEAP = ['--max-semi-space-size=32', '--initial-old-space-size=64', '--heap-growing-percent=40']

/**
 * For the C library of most Linuxes, which else gives each thread memory of its own to take from: with the four that verify signatures and
 * the one that writes, some 10 MB that nobody uses. Elsewhere it says nothing.
 */
const ARENAS = '2'

/** Where Node keeps what it has compiled, types taken out: without, whatever loads the whole server takes 2 s of CPU time for that. */
const COMPILED = join(root, 'node_modules', '.cache', 'compiled')

/** Node under the pinned version, or a newer one without it; set once in main. */
let nodeBinary = ''

function node(args, cwd = root) {
  const env = { NODE_COMPILE_CACHE: COMPILED, MALLOC_ARENA_MAX: ARENAS, ...process.env }
  return run(nodeBinary, ['--disable-warning=ExperimentalWarning', ...args], { cwd, env })
}

function script(path, args, cwd) {
  const entry = join(root, path)
  if (existsSync(entry)) return node([...HEAP, entry, ...args], cwd)
  console.error(`There is no ${path} yet.`)
  return { code: 1 }
}

/** Paths in the arguments count from where the caller stands, not from the root that npm goes to. */
function replay([path, ...command], args) {
  return script(path, [...command, ...args], process.env.INIT_CWD ?? process.cwd())
}

function test(kind, args, timeout) {
  const all = testFiles(root, kind)
  if (all.length === 0) {
    console.error(`There are no tests named *.${kind}.ts yet.`)
    return { code: 0 }
  }
  const { files, flags } = narrow(all, args)
  if (files.length === 0) {
    console.error(`No file named *.${kind}.ts matches ${args.join(' ')}.`)
    return { code: 1 }
  }
  const limits = [`--test-concurrency=${availableParallelism()}`, ...(timeout ? [`--test-timeout=${timeout}`] : [])]
  return node(['--test', ...limits, ...flags, ...files])
}

/** All parts run, whatever the first ones say: one run shows everything there is to mend. */
async function check() {
  const parts = {
    types: ['node_modules/typescript/bin/tsc', '-p', '.'],
    'lint and format': ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
    'rules of the house': ['--test', 'tests/tidy.test.ts'],
  }
  const results = []
  for (const [name, args] of Object.entries(parts)) {
    console.log(`── ${name}`)
    const end = await node(args)
    if (end.signal) return end
    results.push([name, end.code === 0])
  }
  console.log('── summary')
  for (const [name, passed] of results) console.log(`${passed ? '✔' : '✖'} ${name}`)
  return { code: results.every(([, passed]) => passed) ? 0 : 1 }
}

async function main([name, ...args]) {
  const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined
  if (task === undefined) {
    console.error('Usage: node scripts/run.mjs TASK [arguments]\n')
    for (const [known, { does }] of Object.entries(tasks)) console.error(`  ${known.padEnd(21)} ${does}`)
    return { code: 2 }
  }
  nodeBinary = await readyNode(root)
  if (nodeBinary === undefined) return { code: 1 }
  return task.run(args)
}

exitAs(await main(process.argv.slice(2)))
