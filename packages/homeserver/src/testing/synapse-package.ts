/**
 * Synapse from PyPI, in a virtual environment of its own in the user's cache: installed once, kept for later runs. Where there is no
 * Python, or PyPI cannot be reached, it says so in a sentence.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Pinned: what a peer does may change from version to version. */
const version = '1.163.2'
/** What Synapse of that version needs, as Python says it. */
const oldestPython = '(3, 10)'
/** The whole of the installation, over a slow line. Milliseconds. */
const installWithin = 600_000
const pythons = process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']
const interpreter = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']
const run = promisify(execFile)

/** The path of a Python that has Synapse; else why there is none. */
export type SynapsePackage = { readonly python: string } | { readonly missing: string }

/** @param say told what takes long */
export async function synapsePackage(say: (line: string) => void): Promise<SynapsePackage> {
  const folder = join(cacheFolder(), `synapse-${version}`)
  const python = join(folder, ...interpreter)
  if (existsSync(python)) return { python }
  const system = await systemPython()
  if (system === undefined)
    return { missing: `there is no Python ${oldestPython.slice(1, -1).replace(', ', '.')} or later` }
  say(`Installing Synapse ${version} from PyPI into ${folder}, once …`)
  try {
    await install(system, folder)
  } catch (error) {
    return { missing: `Synapse cannot be installed: ${lastLine(error)}` }
  }
  return { python }
}

/** Under another name until it is whole: only its scripts name the folder that they lie in, and none of them is used. */
async function install(system: string, folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`
  await mkdir(cacheFolder(), { recursive: true })
  await rm(unfinished, { recursive: true, force: true })
  await run(system, ['-m', 'venv', unfinished])
  const packages = ['--quiet', '--disable-pip-version-check', '--prefer-binary', `matrix-synapse==${version}`]
  const python = join(unfinished, ...interpreter)
  await run(python, ['-m', 'pip', 'install', ...packages], { timeout: installWithin })
  await run(python, ['-c', 'import synapse.app.homeserver'])
  await rename(unfinished, folder)
}

async function systemPython(): Promise<string | undefined> {
  for (const name of pythons)
    try {
      await run(name, ['-c', `import sys, venv; sys.exit(sys.version_info < ${oldestPython})`])
      return name
    } catch (error) {
      // Not there, or too old: the next name.
      if (!(error instanceof Error)) throw error
    }
  return undefined
}

function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'neurite')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'neurite')
  return join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'neurite')
}

/** pip says what went wrong at the end of what it says. */
function lastLine(error: unknown): string {
  const { stderr, message } = error as Error & { readonly stderr?: string }
  return (stderr ?? message).trim().split('\n').at(-1) ?? message
}
