/**
 * Runs a task of child.ts in a process of its own.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const child = fileURLToPath(new URL('child.ts', import.meta.url))

/** @returns what the task printed, and how long it took from nothing to that, in milliseconds */
export function inChild<T>(task: string, ...args: string[]): { readonly result: T; readonly wall: number } {
  const before = performance.now()
  const { stdout, status, signal } = spawnSync(process.execPath, [...process.execArgv, child, task, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const wall = performance.now() - before
  if (stdout === '') throw new Error(`${task} ended with ${status ?? signal} and said nothing`)
  return { result: JSON.parse(stdout) as T, wall }
}
