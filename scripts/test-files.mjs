/**
 * Finds test files by their kind: x.test.ts, x.long.test.ts (minutes) and x.services.test.ts (need a service running).
 */
import { existsSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

const FOLDERS = ['packages', 'benchmarks', 'simulator', 'tests']
const LEFT_OUT = new Set(['node_modules', 'dist', 'fixtures'])

/**
 * All test files of one kind, as paths from the root, sorted.
 * @param {string} root the repository's root
 * @param {'test' | 'long.test' | 'services.test'} kind what stands before `.ts` in the file's name
 */
export function testFiles(root, kind) {
  const files = FOLDERS.filter(folder => existsSync(join(root, folder))).flatMap(folder => walk(join(root, folder)))
  return files
    .map(file => relative(root, file).split(sep).join('/'))
    .filter(file => file.endsWith('.test.ts') && kindOf(file) === kind)
    .sort()
}

function kindOf(file) {
  return /\.((?:long\.|services\.)?test)\.ts$/.exec(file)?.[1]
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (LEFT_OUT.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? walk(path) : [path]
  })
}

/**
 * Splits a task's arguments: flags go to `node --test` (write --flag=value), the others are parts of paths to keep.
 * @param {string[]} files
 * @param {string[]} args
 */
export function narrow(files, args) {
  const flags = args.filter(arg => arg.startsWith('-'))
  const parts = args.filter(arg => !arg.startsWith('-')).map(part => part.split(sep).join('/').replace(/^\.\//, ''))
  return { flags, files: files.filter(file => parts.length === 0 || parts.some(part => file.includes(part))) }
}
