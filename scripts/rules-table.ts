/**
 * Writes docs/rules.md: where each rule of each room version's page is in the code, and which tests show it.
 * Run `node_modules/.bin/node scripts/rules-table.ts` after a rule, its function or a test's name has changed; with `--check`
 * it writes nothing and says what is amiss.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type RuleName, ruleNumber, ruleOutline, rulesOf } from '@neurite/protocol'
import { otherSections, type Section } from './rules-table/other-parts.ts'
import {
  type Decider,
  deciders,
  type RuleTest,
  read,
  ruleTests,
  type Side,
  sources,
  testsIn,
} from './rules-table/scan.ts'
import { stateResolutionSections } from './rules-table/state-resolution-parts.ts'

/** Where the table goes, from the root of the repository, and how it gets there. */
const path = 'docs/rules.md'
const command = 'node_modules/.bin/node scripts/rules-table.ts'

/** Versions whose pages number the rules alike, by the first of them. */
const groups = [
  { title: '1–2', first: '1' },
  { title: '3–5', first: '3' },
  { title: '6', first: '6' },
  { title: '7', first: '7' },
  { title: '8–9', first: '8' },
  { title: '10', first: '10' },
  { title: '11', first: '11' },
  { title: '12', first: '12' },
]

/** A decision that the code can make and no test asserts, or a rule that decides nothing: one sentence each. */
function gaps(): string[] {
  const made = deciders()
  const tests = ruleTests()
  const untested = made.filter(({ rule, side }) => !tests.some(test => test.rule === rule && test.side === side))
  const idle = leafRules().filter(name => !made.some(({ rule }) => rule === name))
  return [
    ...untested.map(
      ({ rule, side, functionName }) => `no test asserts '${side} ${rule}', which ${functionName} can say`,
    ),
    ...idle.map(name => `nothing decides by the rule ${name}`),
  ]
}

/** The rules that have no parts: one of them decides on every event. */
function leafRules(): RuleName[] {
  return ruleOutline.filter(({ depth }, at) => (ruleOutline[at + 1]?.depth ?? 0) <= depth).map(({ name }) => name)
}

/** The whole page. Throws where it would name a function or a test that is not there. */
function rulesTable(): string {
  const made = deciders()
  const tests = ruleTests()
  const rows = ruleOutline.map(({ name, sense, depth }) => {
    const numbers = groups.map(({ first }) => ruleNumber(name, rulesOf(first)) ?? '')
    const own = made.filter(({ rule }) => rule === name)
    const shown = tests.filter(({ rule }) => rule === name)
    const indented = `${'– '.repeat(depth - 1)}${sense}<br>\`${name}\``
    return row([...numbers, indented, functionsOf(own), testsOf(own, shown)])
  })
  const sections = [...otherSections, ...stateResolutionSections]
  return `${opening}
## Authorisation rules

${row([...groups.map(({ title }) => title), 'rule', 'function', 'tests'])}
${row(Array(groups.length + 3).fill('---'))}
${rows.join('\n')}

${sections.map(sectionOf).join('\n\n')}
`
}

const opening = `# The rules, where they are and what shows them

Written by \`${command}\`; \`tests/rules-table.test.ts\` fails when it is out of date, and when the code can make a
decision that no test asserts. The numbers are those on the pages of the
[room versions](https://spec.matrix.org/v1.19/rooms/); where the pages of several versions number alike, they share a column.
Of the tests that show a rule, one is named for each side: that it allows, that it denies.
`

function functionsOf(own: readonly Decider[]): string {
  const places = new Set(own.map(({ functionName, file }) => link(functionName, file)))
  return [...places].join('<br>')
}

/** For each side that the code can take the number of tests, and the name of one: best from beside the code. */
function testsOf(own: readonly Decider[], shown: readonly RuleTest[]): string {
  const beside = new Set(own.map(({ file }) => file.replace(/\.ts$/, '.test.ts')))
  const sides: readonly Side[] = (['allow', 'deny'] as const).filter(side => own.some(decider => decider.side === side))
  return sides
    .map(side => {
      const ofSide = shown.filter(test => test.side === side)
      const [near, far] = [true, false].map(isNear => ofSide.filter(({ file }) => beside.has(file) === isNear))
      const links = new Set([...(near ?? []), ...(far ?? [])].map(({ test, file }) => link(test, file)))
      const [first = 'none'] = links
      return `${side}: ${first}${links.size > 1 ? ` and ${links.size - 1} more` : ''}`
    })
    .join('<br>')
}

function sectionOf({ title, parts }: Section): string {
  const rows = parts.map(({ versions, sense, places, tests }) =>
    row([versions, sense, places.map(placeOf).join('<br>'), tests.map(testOf).join('<br>')]),
  )
  return [`## ${title}`, '', row(['versions', 'part', 'function', 'tests']), row(Array(4).fill('---')), ...rows].join(
    '\n',
  )
}

function placeOf(place: string): string {
  const [file = '', name = ''] = place.split(': ')
  const declared = new RegExp(`^ *(export )?(function\\*?|class|const) ${name}\\b|^ +#?${name}\\(`, 'm')
  if (!declared.test(read(sources + file))) throw new Error(`${file} has no ${name}`)
  return link(name, sources + file)
}

function testOf(place: string): string {
  const [, file = '', beginning = ''] = /^(\S+): (.*)$/.exec(place) ?? []
  const name = testsIn(read(sources + file)).find(test => test.startsWith(beginning))
  if (name === undefined) throw new Error(`${file} has no test that begins with "${beginning}"`)
  return link(name, sources + file)
}

function link(text: string, path: string): string {
  return `[${text.replace(/[[\]|]/g, '\\$&')}](../${path})`
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** What is amiss: decisions without a test, and a page that is not what would be written. */
function complaints(file: string): string[] {
  const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === rulesTable()
  return isCurrent ? gaps() : [...gaps(), `${path} is out of date: run ${command}`]
}

const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
if (process.argv.includes('--check')) {
  const found = complaints(file)
  for (const complaint of found) console.error(complaint)
  process.exitCode = found.length === 0 ? 0 : 1
} else {
  writeFileSync(file, rulesTable())
}
