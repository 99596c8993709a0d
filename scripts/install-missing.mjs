/**
 * Makes a fresh clone ready: runs `npm ci` when node_modules is missing or differs from package-lock.json, and finds
 * the Node to run tasks under. That Node comes from the npm package `node`, whose install script fetches the binary.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './child.mjs'

/** The version that the npm package `node` is pinned to; this one or a later one may stand in for it. */
const PINNED_MAJOR = 26

/**
 * Installs what is missing and finds the Node to use.
 * @param {string} root the repository's root
 * @returns {Promise<string | undefined>} the path of a Node binary; undefined when there is none, which has been said
 */
export async function readyNode(root) {
  if (!isInstalled(root) || nodeBinary(root) === undefined) {
    console.error('Installing what package-lock.json names (npm ci) …')
    const { code } = await npmCi(root)
    if (code !== 0) {
      console.error('npm ci failed, see above. Where package.json has changed, run npm install to renew the lock file.')
      return undefined
    }
  }
  const binary = nodeBinary(root)
  if (binary === undefined) console.error(WITHOUT_BINARY)
  return binary
}

const WITHOUT_BINARY = `The npm package "node" is installed, but its binary is missing: its install script did not run.
That is so where npm is told to ignore scripts (npm config get ignore-scripts), or where it could not download.
Either run:  npm rebuild node --ignore-scripts=false
or run this with Node ${PINNED_MAJOR} or later, which is then used as it is.`

/** The pinned binary; without it the Node that runs this file, where that is new enough. */
function nodeBinary(root) {
  const names = process.platform === 'win32' ? ['bin/node.exe', 'bin/node'] : ['bin/node']
  const found = names.map(name => join(root, 'node_modules/node', name)).find(path => existsSync(path))
  if (found !== undefined) return found
  return Number.parseInt(process.versions.node, 10) >= PINNED_MAJOR ? process.execPath : undefined
}

/** Whether node_modules holds what the lock file names. npm leaves a list of what it has installed there. */
function isInstalled(root) {
  const list = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(list)) return false
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const present = JSON.parse(readFileSync(list, 'utf8')).packages
  return Object.entries(wanted)
    .filter(([path, { optional }]) => path.startsWith('node_modules/') && (!optional || path in present))
    .every(([path, { version }]) => path in present && present[path].version === version)
}

/** stdout belongs to the task, so npm's goes to stderr; its warnings (engines of published packages) are left out. */
function npmCi(root) {
  const args = ['ci', '--loglevel=error', '--no-fund', '--no-audit']
  const options = { cwd: root, stdio: ['ignore', 2, 2] }
  const npm = process.env.npm_execpath
  if (npm?.endsWith('npm-cli.js'))
    return run(process.env.npm_node_execpath ?? process.execPath, [npm, ...args], options)
  return run('npm', args, { ...options, shell: process.platform === 'win32' })
}
