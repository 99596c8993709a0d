/**
 * The configuration as a YAML file with its explanations, and as a table for the documentation: both read off the schema.
 */
import { stringify } from 'yaml'
import type { Shape } from './defaults.ts'
import { environmentPrefix } from './environment.ts'
import { configuration } from './schema.ts'

/** What a file sets; all other keys stand in it as comments with their defaults. */
export type ChosenSettings = Readonly<Record<string, unknown>>

/** A file for `neurite config generate`. */
export function configurationFile(chosen: ChosenSettings): string {
  const lines = ['# The configuration of Neurite. Keys that are commented out have the value shown.', '']
  writeSection(configuration as unknown as Shape, chosen, '', lines)
  return `${lines.join('\n')}\n`
}

function writeSection(shape: Shape, chosen: ChosenSettings, indent: string, lines: string[]): void {
  for (const [key, property] of Object.entries(shape.properties ?? {})) {
    const isOptional = shape.required?.includes(key) !== true
    lines.push(`${indent}# ${property.description ?? ''}`)
    if (property.type === 'object' && !isOptional) {
      const inner = (chosen[key] ?? {}) as ChosenSettings
      lines.push(`${indent}${Object.keys(inner).length > 0 ? '' : '# '}${key}:`)
      writeSection(property, inner, `${indent}  `, lines)
      continue
    }
    const isChosen = Object.hasOwn(chosen, key)
    const value = isChosen ? chosen[key] : property.default
    const text = value === undefined ? `${key}:` : stringify({ [key]: value }).trimEnd()
    for (const line of text.split('\n')) lines.push(`${indent}${isChosen ? '' : '# '}${line}`)
    if (indent === '') lines.push('')
  }
}

/** The table of docs/configuration.md: key, variable, default, what it is for. `[]` stands for each entry of a list. */
export function configurationTable(): string {
  const rows = ['| key | environment | default | what it is for |', '|---|---|---|---|']
  tableRows(configuration as unknown as Shape, [], rows)
  return rows.join('\n')
}

function tableRows(shape: Shape, path: readonly string[], rows: string[]): void {
  for (const [key, property] of Object.entries(shape.properties ?? {})) {
    const here = [...path, key]
    if (property.type === 'object') {
      tableRows(property, here, rows)
      continue
    }
    const cells = [`\`${here.join('.')}\``, variableOf(here), initialOf(property), senseOf(property)]
    rows.push(`| ${cells.join(' | ')} |`)
    if (property.items?.type === 'object') tableRows(property.items, [...path, `${key}[]`], rows)
  }
}

/** A list is set as a whole: its entries have no variables of their own. */
function variableOf(path: readonly string[]): string {
  if (path.some(key => key.endsWith('[]'))) return '–'
  return `\`${environmentPrefix}${path.join('__').toUpperCase()}\``
}

function initialOf({ default: initial }: Shape): string {
  return initial === undefined ? '–' : `\`${JSON.stringify(initial)}\``
}

function senseOf(property: Shape): string {
  return [property.description ?? '', ...choices(property), ...bounds(property)].join(' ')
}

function choices({ anyOf, items }: Shape): string[] {
  if (anyOf !== undefined) return [`One of: ${anyOf.map(choice => `\`${String(choice.const)}\``).join(', ')}.`]
  return items?.anyOf === undefined ? [] : choices(items).map(text => text.replace('One of', 'Any of'))
}

function bounds({ minimum, maximum }: Shape): string[] {
  const least = minimum === undefined ? [] : [`at least ${minimum}`]
  const most = maximum === undefined ? [] : [`at most ${maximum}`]
  const both = [...least, ...most].join(', ')
  return both === '' ? [] : [`${both[0]?.toUpperCase()}${both.slice(1)}.`]
}
