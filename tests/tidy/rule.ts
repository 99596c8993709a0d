/**
 * The shape of a rule of the house: what it forbids, where, and samples that prove that it can find it.
 */
import type { Source } from './source.ts'

export interface Rule {
  /** A sentence that is true of a tidy house; the name of the rule's test. */
  readonly name: string
  readonly appliesTo: (path: string) => boolean
  readonly find: (source: Source) => Iterable<Finding>
  /** Files, as path and text, that the rule must find something in. */
  readonly bad: readonly Sample[]
  /** Files that come close and are fine. */
  readonly good: readonly Sample[]
}

export type Sample = readonly [path: string, text: string]

export interface Finding {
  /** Where in the file's text. */
  readonly offset: number
  /** What is wrong, and what to do instead. */
  readonly says: string
}

/** Finds a pattern in one view of a file. */
export function forbid(view: 'raw' | 'code' | 'uncommented' | 'comments', pattern: RegExp, says: string): Rule['find'] {
  const global = new RegExp(pattern, `${pattern.flags.replace('g', '')}g`)
  return source => [...source[view].matchAll(global)].map(match => ({ offset: match.index, says }))
}

export function isScript(path: string): boolean {
  return /\.(ts|mjs)$/.test(path)
}

export function isIn(...folders: string[]): (path: string) => boolean {
  return path => folders.some(folder => path.startsWith(folder))
}
