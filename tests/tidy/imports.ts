/**
 * What a file imports, and which zone of the house it comes from.
 */
import type { Source } from './source.ts'
import { type Zone, zones } from './zones.ts'

export interface Import {
  /** As written: `./x.ts`, `node:fs`, `@neurite/protocol`, `commander`. */
  readonly specifier: string
  readonly offset: number
  /** The path in this repository that it leads to, as far as the name tells; undefined for what is not ours. */
  readonly target?: string
}

const IMPORT = /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"\n]+)['"]|\bimport\s*\(?\s*['"]([^'"\n]+)['"]/dg

/** All imports of a file, in order: static, for types only, re-exports and `import()` of a plain string. */
export function importsOf(source: Source): Import[] {
  return [...source.uncommented.matchAll(IMPORT)]
    .filter(match => source.code[match.index] !== ' ')
    .map(match => {
      const group = match[1] === undefined ? 2 : 1
      const specifier = match[group]!
      const target = targetOf(source.path, specifier)
      return { specifier, offset: match.indices![group]![0], ...(target !== undefined && { target }) }
    })
}

function targetOf(importer: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return new URL(specifier, `file:///${importer}`).pathname.slice(1)
  const [, name, rest] = /^@neurite\/([^/]+)\/?(.*)$/.exec(specifier) ?? []
  if (name === undefined) return undefined
  return rest ? `${folderOf(name)}/src/${rest}/index.ts` : `${folderOf(name)}/src/index.ts`
}

const OUTSIDE_PACKAGES = new Set(['benchmarks', 'simulator'])

function folderOf(name: string): string {
  return OUTSIDE_PACKAGES.has(name) ? name : `packages/${name}`
}

/** The workspace that a path lies in: `packages/protocol`, `benchmarks`, `tests`. */
export function workspaceOf(path: string): string {
  return /^packages\/[^/]+/.exec(path)?.[0] ?? path.split('/', 1)[0]!
}

/** Tests, and what only tests use. They may look anywhere. */
export function isTest(path: string): boolean {
  return /\.test\.ts$|(^|\/)tests\//.test(path)
}

/** The zone of a path: the one with the longest folder that it begins with. */
export function zoneOf(path: string): Zone | undefined {
  return zones.filter(zone => path.startsWith(zone.folder)).sort((a, b) => b.folder.length - a.folder.length)[0]
}
