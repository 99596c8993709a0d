/**
 * Reading the configuration: the file, the environment over it, defaults below. Every complaint names the key.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isServerName, roomVersions } from '@neurite/protocol'
import { fits, misfits } from '@neurite/roomserver/inthttp'
import { parseDocument } from 'yaml'
import { type Shape, withDefaults } from './defaults.ts'
import { environmentPrefix, withEnvironment } from './environment.ts'
import { ConfigurationError } from './error.ts'
import { networkList } from './networks.ts'
import { type Configuration, configuration } from './schema.ts'

export interface LoadedConfiguration extends Configuration {
  /** Where it was read from, in words. */
  readonly source: string
}

/** Looked for in the current directory where no file is named. */
export const defaultConfigurationFile = 'neurite.yaml'

/**
 * @param file undefined: `neurite.yaml` where there is one, else defaults
 * @param from what relative paths of the file itself count from
 * @throws {ConfigurationError}
 */
export function loadConfiguration(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  from: string,
): LoadedConfiguration {
  const named = file ?? environment['NEURITE_CONFIG']
  const path = resolve(from, named ?? defaultConfigurationFile)
  const text = readText(path, named !== undefined)
  const source = text === undefined ? 'defaults' : path
  const settings = text === undefined ? {} : parseSettings(text, path)
  const shape = configuration as unknown as Shape
  const filled = withDefaults(configuration, withEnvironment(settings, environment, shape))
  if (!fits(configuration, filled)) {
    const [first] = misfits(configuration, filled)
    throw new ConfigurationError(first?.place ?? '', first?.problem ?? 'it does not fit', sources(source, environment))
  }
  checkMeaning(filled, source)
  const base = text === undefined ? from : dirname(path)
  return { ...filled, data_directory: resolve(base, filled.data_directory), source }
}

function readText(path: string, mustBe: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!mustBe && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ConfigurationError('', `it cannot be read: ${(error as Error).message}`, path)
  }
}

function parseSettings(text: string, path: string): Record<string, unknown> {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) throw new ConfigurationError('', error.message, path)
  const settings: unknown = document.toJS()
  if (settings === null) return {}
  if (typeof settings !== 'object' || Array.isArray(settings))
    throw new ConfigurationError('', 'it must hold keys and values', path)
  return settings as Record<string, unknown>
}

/** Where a wrong value may come from. */
function sources(source: string, environment: Readonly<Record<string, string | undefined>>): string {
  const isSet = Object.keys(environment).some(name => name.startsWith(environmentPrefix))
  return isSet ? `${source}, with the environment` : source
}

/** What no schema says. */
function checkMeaning({ server_name, rooms, listen }: Configuration, source: string): void {
  if (!isServerName(server_name))
    throw new ConfigurationError('server_name', `${JSON.stringify(server_name)} is no server name`, source)
  if (!roomVersions.has(rooms.default_version))
    throw new ConfigurationError('rooms.default_version', `there is no room version ${rooms.default_version}`, source)
  for (const [at, { trusted_proxies: proxies }] of listen.entries())
    try {
      networkList(proxies)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new ConfigurationError(`listen.${at}.trusted_proxies`, error.message, source)
    }
}
