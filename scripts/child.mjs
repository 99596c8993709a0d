/**
 * Runs a child process as if it stood in the place of this one: same terminal, same signals, same end.
 */
import { spawn } from 'node:child_process'

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs `command` and waits for its end.
 * @returns {Promise<{ code: number, signal?: NodeJS.Signals }>} its exit code, or the signal that ended it
 */
export function run(command, args, options = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    const handlers = PASSED_ON.map(signal => {
      // Ctrl-C in a terminal reaches the child by itself; passing it on would deliver it twice.
      const handler = () => (signal === 'SIGINT' && process.stdin.isTTY ? true : child.kill(signal))
      process.on(signal, handler)
      return () => process.off(signal, handler)
    })
    const finish = end => {
      for (const remove of handlers) remove()
      resolve(end)
    }
    child.on('error', error => {
      console.error(`${command} cannot be run: ${error.message}`)
      finish({ code: 126 })
    })
    child.on('exit', (code, signal) => finish(signal === null ? { code } : { code: 1, signal }))
  })
}

/** Ends this process the way a child ended. */
export function exitAs({ code, signal }) {
  process.exitCode = code
  if (signal) process.kill(process.pid, signal)
}
