/**
 * The operator's own spam check: a module that the configuration names. Its default export is a function that makes the checks.
 *
 * ```js
 * export default ({ serverName }) => ({
 *   send: ({ event }) => (/buy now/i.test(event.content.body ?? '') ? { reason: 'no advertisements here' } : undefined),
 * })
 * ```
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ServerName } from '@neurite/protocol'
import type { SpamCheckOptions, SpamChecks } from '@neurite/roomserver'
import { type Configuration, ConfigurationError, millisecondsOf } from '../config/index.ts'

/** What the module's function is told. */
export interface SpamCheckSetting {
  readonly serverName: ServerName
}

const known: ReadonlySet<string> = new Set<keyof SpamChecks>(['send', 'receive', 'invite', 'join', 'createRoom'])

/** @throws {ConfigurationError} where the module cannot be loaded, or makes something else */
export async function loadSpamChecks(
  { server_name, moderation }: Pick<Configuration, 'server_name' | 'moderation'>,
  directory: string,
): Promise<SpamCheckOptions | undefined> {
  const { spam_check: wanted } = moderation
  if (wanted === undefined) return undefined
  const path = resolve(directory, wanted.module)
  const checks = await checksOf(path, { serverName: server_name as ServerName })
  return { checks, within: millisecondsOf(wanted.within), whenItFails: wanted.when_it_fails }
}

async function checksOf(path: string, setting: SpamCheckSetting): Promise<SpamChecks> {
  const refused = (why: string) => new ConfigurationError('moderation.spam_check.module', why, path)
  let make: unknown
  try {
    make = ((await import(pathToFileURL(path).href)) as { readonly default?: unknown }).default
  } catch (error) {
    throw refused(`it cannot be loaded: ${(error as Error).message}`)
  }
  if (typeof make !== 'function') throw refused('its default export must be a function')
  const checks: unknown = await make(setting)
  if (typeof checks !== 'object' || checks === null) throw refused('its function must give an object of checks')
  for (const [name, check] of Object.entries(checks))
    if (!known.has(name) || typeof check !== 'function')
      throw refused(`${name} is no check: there are ${[...known].join(', ')}, each a function`)
  return checks
}
