/**
 * The map of the house: which part may import which. Imports only point down. Zones that do not exist yet are on it
 * already, so that the first file in them is held to it.
 */
export interface Zone {
  readonly name: string
  /** What its paths begin with; the longest match decides. */
  readonly folder: string
  /** The names of the zones, besides itself, that it may import. A name that ends in `/*` takes all below it. */
  readonly imports: readonly string[]
  /** Which of Node's own modules: all, none, all but those that reach outside the process, or those listed. */
  readonly node: 'all' | 'none' | 'inward' | readonly string[]
}

const room = 'packages/roomserver/src'

/** What every part of the room server but its types may use. */
const ground = ['protocol', 'protocol/crypto', 'roomserver/types', 'roomserver/version']
const readers = ['roomserver/readers', 'roomserver/rows', ...ground]
const storage = ['roomserver/storage', 'roomserver/runtime', ...readers]
/** The level above storage. Its parts do not import each other: what they share lies below them. */
const rulesOfTheRoom = ['roomserver/state', 'roomserver/auth', 'roomserver/acls', 'roomserver/output']
const contract = ['roomserver/api', 'roomserver/streams']

export const zones: readonly Zone[] = [
  { name: 'protocol', folder: 'packages/protocol/src/', imports: ['protocol/crypto'], node: 'none' },
  { name: 'protocol/crypto', folder: 'packages/protocol/src/crypto/', imports: ['protocol'], node: ['node:crypto'] },

  { name: 'roomserver', folder: `${room}/`, imports: ['protocol', 'roomserver/*'], node: 'inward' },
  { name: 'roomserver/types', folder: `${room}/types/`, imports: ['protocol'], node: 'none' },
  { name: 'roomserver/version', folder: `${room}/version/`, imports: ['protocol'], node: 'none' },
  { name: 'roomserver/runtime', folder: `${room}/runtime/`, imports: ground, node: 'all' },
  { name: 'roomserver/api', folder: `${room}/api/`, imports: ['protocol', 'roomserver/version'], node: 'none' },
  { name: 'roomserver/rows', folder: `${room}/storage/rows`, imports: ground, node: 'none' },
  {
    name: 'roomserver/readers',
    folder: `${room}/storage/reader`,
    imports: ['roomserver/rows', ...ground],
    node: 'none',
  },
  {
    name: 'roomserver/storage',
    folder: `${room}/storage/`,
    imports: ['roomserver/runtime', ...readers],
    node: ['node:sqlite', 'node:worker_threads', 'node:zlib', 'node:async_hooks'],
  },
  { name: 'roomserver/streams', folder: `${room}/streams/`, imports: ['roomserver/api', ...storage], node: 'inward' },
  { name: 'roomserver/state', folder: `${room}/state/`, imports: storage, node: 'inward' },
  { name: 'roomserver/auth', folder: `${room}/auth/`, imports: storage, node: 'inward' },
  { name: 'roomserver/acls', folder: `${room}/acls/`, imports: storage, node: 'inward' },
  { name: 'roomserver/output', folder: `${room}/output/`, imports: [...contract, ...storage], node: 'inward' },
  {
    name: 'roomserver/input',
    folder: `${room}/input/`,
    imports: [...rulesOfTheRoom, ...contract, ...storage],
    node: 'inward',
  },
  {
    name: 'roomserver/perform',
    folder: `${room}/perform/`,
    imports: ['roomserver/input', ...rulesOfTheRoom, ...contract, ...storage],
    node: 'inward',
  },
  {
    // Readers only: a query has no way to write.
    name: 'roomserver/query',
    folder: `${room}/query/`,
    imports: [...rulesOfTheRoom, 'roomserver/api', ...readers],
    node: 'inward',
  },
  {
    name: 'roomserver/doctor',
    folder: `${room}/doctor/`,
    imports: ['roomserver/query', 'roomserver/input', ...rulesOfTheRoom, ...contract, ...storage],
    node: 'inward',
  },
  {
    name: 'roomserver/inthttp',
    folder: `${room}/inthttp/`,
    imports: [
      'roomserver/perform',
      'roomserver/query',
      'roomserver/input',
      'roomserver/runtime',
      ...contract,
      ...ground,
    ],
    node: 'inward',
  },

  {
    name: 'inspector',
    folder: 'packages/inspector/',
    imports: ['roomserver', 'roomserver/api', 'protocol', 'protocol/crypto'],
    node: 'inward',
  },
  {
    name: 'homeserver',
    folder: 'packages/homeserver/',
    imports: ['inspector', 'roomserver', 'roomserver/*', 'protocol', 'protocol/crypto'],
    node: 'all',
  },
  {
    name: 'simulator',
    folder: 'simulator/',
    imports: ['roomserver', 'roomserver/*', 'protocol', 'protocol/crypto'],
    node: 'inward',
  },
  {
    name: 'benchmarks',
    folder: 'benchmarks/',
    imports: ['simulator', 'homeserver', 'roomserver', 'roomserver/*', 'protocol', 'protocol/crypto'],
    node: 'all',
  },
]

/** Whether a zone may import from another. */
export function mayImport(from: Zone, to: Zone): boolean {
  if (from === to) return true
  return from.imports.some(name => name === to.name || (name.endsWith('/*') && to.name.startsWith(name.slice(0, -1))))
}

/** Node's modules that reach outside the process: network, disk, clock, other processes. */
const OUTWARD =
  /^node:(child_process|cluster|dgram|dns|fs|http|http2|https|inspector|net|os|perf_hooks|readline|repl|sqlite|timers|tls|tty)(\/|$)/

/** Whether a zone may import one of Node's own modules. */
export function mayUseNode(zone: Zone, module: string): boolean {
  if (zone.node === 'all') return true
  if (zone.node === 'none') return false
  return zone.node === 'inward' ? !OUTWARD.test(module) : zone.node.includes(module)
}
