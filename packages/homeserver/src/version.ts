/**
 * The version of the software, from package.json.
 */
import { readFileSync } from 'node:fs'

export const softwareName = 'Neurite'
export const softwareVersion: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version
