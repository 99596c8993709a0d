/**
 * Secrets in files: readable by their owner only, made at the first start, and never half there.
 */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** Reads a file that is made at first. Two processes that make it at once end with the same text. */
export function readOrMake(path: string, make: () => string): string {
  for (;;) {
    const text = readIfThere(path)
    if (text !== undefined) return text
    writeNew(path, make())
  }
}

/** Puts a text in the place of what is there, or makes the file: whoever reads it finds the old text or the new one, whole. */
export function replaceSecret(path: string, text: string): void {
  const beside = writeBeside(path, text)
  renameSync(beside, path)
  syncFolder(dirname(path))
}

/** @returns undefined where there is no such file */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Written whole beside its place, then linked there: a file that is there already stays as it is. */
function writeNew(path: string, text: string): void {
  const beside = writeBeside(path, text)
  try {
    linkSync(beside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(beside)
  }
}

/** @returns the path of a new file with that text, on disk, beside the place that it is for */
function writeBeside(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.${process.pid}.new`
  const file = openSync(beside, 'w', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return beside
}

/** A rename is on disk once its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
